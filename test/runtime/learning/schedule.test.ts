import test from 'ava';
import {learningRateAt} from '../../../runtime/learning/schedule.js';

const rates = (warmupSteps: number, totalSteps: number, steps: number[]): number[] =>
  steps.map((step) => learningRateAt({peak: 1, warmupSteps, totalSteps}, step));

test('without a warm-up the rate falls from its peak at step 0 to 0 at the end', (t) => {
  t.deepEqual(rates(0, 12, [0, 1, 3, 6, 11, 12]), [1, 11 / 12, 0.75, 0.5, 1 / 12, 0]);
});

test('with a warm-up the rate climbs from 0, peaks when the warm-up ends, then falls', (t) => {
  t.deepEqual(rates(4, 12, [0, 1, 2, 4, 8, 10, 12]), [0, 0.25, 0.5, 1, 0.5, 0.25, 0]);
});

test('the rate stays 0 past the end', (t) => {
  t.deepEqual(rates(0, 12, [13, 1000]), [0, 0]);
});

test('a run that is all warm-up, or has no step, has no rate to divide by zero', (t) => {
  t.deepEqual(rates(3, 3, [0, 1, 2, 3]), [0, 1 / 3, 2 / 3, 0]);
  t.deepEqual(rates(0, 0, [0]), [0]);
});

test('the peak scales it', (t) => {
  t.is(learningRateAt({peak: 2e-7, warmupSteps: 0, totalSteps: 4}, 1), 1.5e-7);
});
