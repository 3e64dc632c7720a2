/** So many of a stream, drawn by a seed. */
import test from 'ava';
import {drawn} from '../../../../runtime/data/describe/sampled.js';

const drawFrom = (count: number, size: number, seed: string | number): readonly number[] => {
  const chance = drawn<number>(size, seed);
  for (let item = 0; item < count; item++) chance.take(item);
  return chance.items;
};

test('A stream that has no more than is drawn comes out as it went in', (t) => {
  t.deepEqual(drawFrom(3, 5, 'a'), [0, 1, 2]);
  t.deepEqual(drawFrom(0, 5, 'a'), []);
});

test('What is drawn is in the order of the stream, each once, and the same for the same seed', (t) => {
  const items = drawFrom(1000, 10, 'a');
  t.is(new Set(items).size, 10);
  t.deepEqual(
    items,
    items.toSorted((one, other) => one - other),
  );
  t.deepEqual(drawFrom(1000, 10, 'a'), items);
  t.notDeepEqual(drawFrom(1000, 10, 'b'), items);
});

test('Each item is drawn as often as any other, over 4,000 seeds', (t) => {
  const times = Array<number>(20).fill(0);
  for (let seed = 0; seed < 4000; seed++)
    for (const item of drawFrom(20, 5, seed)) times[item] = (times[item] ?? 0) + 1;
  // 1,000 expected; five standard deviations of a binomial are 137.
  for (const count of times) t.true(Math.abs(count - 1000) < 137, String(count));
});
