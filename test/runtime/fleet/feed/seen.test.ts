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

test('A text has the number of those before it, however often it is met', (t) => {
  const seen = new Seen();
  const texts = Array.from({length: 5_000}, (_, number) => `text ${number}`);
  for (const [number, text] of texts.entries()) t.deepEqual(seen.meet(text), {isNew: true, number});
  t.true(texts.every((text, number) => seen.meet(text).number === number && !seen.meet(text).isNew));
});

test('Numbers are those that came, as many as there are', (t) => {
  const numbers = new Numbers();
  for (let number = 0; number < 5_000; number++) numbers.push(number * 2 ** 33);
  t.is(numbers.length, 5_000);
  t.is(numbers.at(4_999), 4_999 * 2 ** 33);
  t.throws(() => numbers.at(5_000), {instanceOf: RangeError});
});
