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

test('a constant schedule stays at the peak after the warm-up, past the end too', (t) => {
  const rate = (step: number): number =>
    learningRateAt({kind: 'constant', peak: 2, warmupSteps: 4, totalSteps: 12}, step);
  t.deepEqual([0, 2, 4, 8, 12, 50].map(rate), [0, 1, 2, 2, 2, 2]);
});

test('a cosine schedule is that of get_cosine_schedule_with_warmup, and 0 past the end', (t) => {
  // transformers' own values for 4 steps of warm-up in 12.
  const wanted = [0, 0.25, 0.5, 0.75, 1, 0.961939766256, 0.853553390593, 0.691341716183, 0.5, 0.308658283817];
  const last = [0.146446609407, 0.038060233744, 0, 0, 0];
  for (const [step, rate] of [...wanted, ...last].entries()) {
    const actual = learningRateAt({kind: 'cosine', peak: 1, warmupSteps: 4, totalSteps: 12}, step);
    t.true(Math.abs(actual - rate) < 1e-12, `${actual} of step ${step} is not ${rate}`);
  }
});
