/** Texts that were met before are known among many. */
import test from 'ava';
import {Numbers} from '../../../../runtime/fleet/feed/numbers.js';
import {Seen} from '../../../../runtime/fleet/feed/seen.js';

test('A text is new once, among tens of thousands', (t) => {
  const seen = new Seen();
  const texts = Array.from({length: 20_000}, (_, number) => `text ${number}`);
  t.true(texts.every((text) => seen.add(text)));
  t.false(texts.some((text) => seen.add(text)));
  t.true(seen.add(''));
  t.false(seen.add(''));
});

test('Numbers are those that came, as many as there are', (t) => {
  const numbers = new Numbers();
  for (let number = 0; number < 5_000; number++) numbers.push(number * 2 ** 33);
  t.is(numbers.length, 5_000);
  t.is(numbers.at(4_999), 4_999 * 2 ** 33);
  t.throws(() => numbers.at(5_000), {instanceOf: RangeError});
});
