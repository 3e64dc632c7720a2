import test from 'ava';
import {
  differenceOf,
  dot,
  estimateOf,
  meanOf,
  quantile,
  resamplesOf,
  standardDeviation,
} from '../../../runtime/statistics/paired-bootstrap.js';

test('quantiles are numpy’s: between two values by proportion', (t) => {
  // numpy.quantile([1, 2, 4, 8], [0, .025, .5, .9, 1])
  const sorted = [1, 2, 4, 8];
  t.deepEqual(
    [0, 0.025, 0.5, 0.9, 1].map((share) => Number(quantile(sorted, share).toFixed(6))),
    [1, 1.075, 3, 6.8, 8],
  );
});

test('the standard deviation is that of a sample, and 0 of one value', (t) => {
  // statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9])
  t.is(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]).toFixed(6), '2.138090');
  t.is(standardDeviation([3]), 0);
});

test('a draw has as many items and seeds as there are, and the same numbers give the same draws', (t) => {
  const draws = [...resamplesOf(10, 3, 50)];
  t.is(draws.length, 50);
  for (const {items, seeds} of draws) {
    t.true(Math.abs(dot(items, new Float64Array(10).fill(1)) - 1) < 1e-12);
    t.is(seeds.length, 3);
    t.true(seeds.every((seed) => seed >= 0 && seed < 3));
  }
  t.deepEqual([...resamplesOf(10, 3, 50)], draws);
  t.true(new Set(draws.map(({items}) => items.join())).size > 40);
});

test('the interval of a share is about that of the normal approximation, and that of a paired difference is narrower', (t) => {
  // 200 items, 120 of them right; another policy is right on the same ones and on 10 more.
  const one = Float64Array.from({length: 200}, (_, item) => (item < 120 ? 1 : 0));
  const other = Float64Array.from({length: 200}, (_, item) => (item < 130 ? 1 : 0));
  const resamples = [...resamplesOf(200, 1)];
  const drawn = (values: Float64Array) => ({
    value: meanOf(values),
    draws: Float64Array.from(resamples, ({items}) => dot(items, values)),
  });
  const {low, high} = estimateOf(0.6, drawn(one).draws);
  // 1.96 √(.6 × .4 / 200) = .0679
  t.true(Math.abs(low - (0.6 - 0.0679)) < 0.006 && Math.abs(high - (0.6 + 0.0679)) < 0.006, `${low} ${high}`);
  const difference = differenceOf(drawn(other), drawn(one));
  t.true(Math.abs(difference.value - 0.05) < 1e-12);
  // 1.96 √(.05 × .95 / 200) = .0302; unpaired it would be three times as wide.
  t.true(difference.low > 0.015 && difference.high < 0.085, JSON.stringify(difference));
});
