import test from 'ava';
import {wilson} from '../../../runtime/statistics/wilson.js';
import {bootstrap, meanOf, scaled, weightedMean} from '../../../runtime/suites/estimate.js';

const near = (
  t: {true(value: boolean, message?: string): void},
  found: number,
  wanted: number,
  within: number,
) => t.true(Math.abs(found - wanted) <= within, `${found} is not ${wanted}`);

test('Wilson’s interval is that of statsmodels’ proportion_confint', (t) => {
  // proportion_confint(8, 10, method='wilson'); and of 0 of 4 by hand, z² / (4 + z²).
  near(t, wilson(0.8, 10).low, 0.4901624715, 1e-9);
  near(t, wilson(0.8, 10).high, 0.9433178485, 1e-9);
  t.is(wilson(0, 4).low, 0);
  near(t, wilson(0, 4).high, 1.959963984540054 ** 2 / (4 + 1.959963984540054 ** 2), 1e-12);
});

test('A share of items that count once has Wilson’s interval', (t) => {
  const values = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0].map((value) => ({value, weight: 1}));
  t.like(meanOf(values, 'share'), {value: 0.8, items: 10, weight: 10, interval: 'wilson'});
});

test('Items that count several times are resampled as one each', (t) => {
  const values = Array.from({length: 100}, (_, at) => ({value: at % 2, weight: at % 2 === 1 ? 3 : 1}));
  const found = meanOf(values, 'weighted');
  if (found === undefined) return t.fail('there is a mean');
  t.is(found.value, 0.75);
  t.is(found.items, 100);
  t.is(found.weight, 200);
  t.is(found.interval, 'bootstrap');
  // The delta method: the ratio's deviation is √(Σ w²(x − m)²) / Σw = √(50·9·.0625 + 50·.5625) / 200 = .0375.
  near(t, found.low, 0.75 - 1.96 * 0.0375, 0.012);
  near(t, found.high, 0.75 + 1.96 * 0.0375, 0.012);
  t.deepEqual(meanOf(values, 'weighted'), found);
});

test('Items that all came out alike leave a doubt that resamples would not show', (t) => {
  const found = meanOf(
    [
      {value: 0, weight: 2},
      {value: 0, weight: 2},
    ],
    'ARC',
  );
  t.is(found?.value, 0);
  t.is(found?.interval, 'wilson');
  t.true((found?.high ?? 0) > 0.6);
});

test('Amounts that happen to be 0 and 1 are no shares', (t) => {
  const zeros = Array.from({length: 3}, () => ({value: 0, weight: 1}));
  t.like(meanOf(zeros, 'rewards/margins', 'amount'), {value: 0, low: 0, high: 0, interval: 'bootstrap'});
});

test('Of nothing there is no mean', (t) => {
  t.is(meanOf([], 'nothing'), undefined);
  t.true(Number.isNaN(weightedMean([])));
});

test('A bootstrap covers what a mean of normal numbers varies by', (t) => {
  const values = Array.from({length: 400}, (_, at) => Math.sin(at * 12.9898) * 2);
  const mean = values.reduce((sum, each) => sum + each, 0) / 400;
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 399 / 400);
  const {low, high} = bootstrap(
    400,
    (places) => places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / 400,
    {seed: 'sine'},
  );
  near(t, low, mean - 1.96 * deviation, 0.3 * deviation);
  near(t, high, mean + 1.96 * deviation, 0.3 * deviation);
});

test('Another unit moves the value and both ends', (t) => {
  const found = meanOf(
    [
      {value: 0.5, weight: 1},
      {value: 0.5, weight: 1},
    ],
    'half',
  );
  if (found === undefined) return t.fail('there is a mean');
  t.like(scaled(found, 100), {value: 50, low: 50, high: 50, items: 2});
});
