import test from 'ava';
import {seedOf, shuffled} from '../../runtime/seed.js';

test('a seed is FNV-1a of its words', (t) => {
  t.is(seedOf(''), 0x811c9dc5);
  t.is(seedOf('a'), 0xe40c292c);
  t.is(seedOf('foobar'), 0xbf9cf968);
});

test('words do not run into each other', (t) => {
  t.not(seedOf('a', 'bc'), seedOf('ab', 'c'));
  t.not(seedOf(1, 23), seedOf(12, 3));
});

test('a shuffle keeps every item, repeats with its seed and differs with another', (t) => {
  const items = Array.from({length: 20}, (_, item) => item);
  t.deepEqual(
    [...shuffled(items, 7)].sort((a, b) => a - b),
    items,
  );
  t.deepEqual(shuffled(items, 7), shuffled(items, 7));
  t.notDeepEqual(shuffled(items, 7), shuffled(items, 8));
});
