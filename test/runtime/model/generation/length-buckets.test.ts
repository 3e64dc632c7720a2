/** Padded lengths. */
import test from 'ava';
import {lengthBucket} from '../../../../runtime/model/generation/length-buckets.js';

test('lengths are padded to multiples of 8, then of a quarter of the power of two below', (t) => {
  const cases = [
    [1, 8],
    [8, 8],
    [9, 16],
    [64, 64],
    [65, 80],
    [128, 128],
    [129, 160],
    [257, 320],
    [513, 640],
  ] as const;
  for (const [tokens, padded] of cases) t.is(lengthBucket(tokens, 4096), padded, `${tokens}`);
});

test('a padded length never exceeds the limit', (t) => {
  t.is(lengthBucket(43, 44), 44);
  t.throws(() => lengthBucket(45, 44), {message: /45 tokens is beyond the limit of 44/});
});
