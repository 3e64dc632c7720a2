/** Which pairs a step takes. */
import test from 'ava';
import {type PlanOptions, trainingPlan} from '../../../runtime/learning/training-plan.js';

const options: PlanOptions = {pairs: 10, batchSize: 4, length: {epochs: 2}, shuffle: false, seed: 0};
const batches = (change: Partial<PlanOptions>) => {
  const plan = trainingPlan({...options, ...change});
  return Array.from({length: plan.steps}, (_, step) => plan.batchAt(step));
};

test('in file order, each epoch begins with the first pair and its last batch takes what is left', (t) => {
  const epoch = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ];
  t.deepEqual(batches({}), [...epoch, ...epoch]);
});

test('steps may end within an epoch, or go on over several', (t) => {
  t.is(batches({length: {steps: 2}}).length, 2);
  t.deepEqual(batches({length: {steps: 4}}).at(-1), [0, 1, 2, 3]);
});

test('shuffled, each epoch takes every pair once, in an order of its own that the seed decides', (t) => {
  const all = batches({shuffle: true});
  const epochs = [all.slice(0, 3).flat(), all.slice(3).flat()];
  for (const epoch of epochs)
    t.deepEqual(
      epoch.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  t.notDeepEqual(epochs[0], epochs[1]);
  t.deepEqual(batches({shuffle: true}), all);
  t.notDeepEqual(batches({shuffle: true, seed: 1}), all);
});

test('the pairs that are taken are those of its steps, in file order', (t) => {
  const short = trainingPlan({...options, length: {steps: 2}, shuffle: true});
  t.deepEqual(
    short.taken(),
    [...short.batchAt(0), ...short.batchAt(1)].toSorted((a, b) => a - b),
  );
  t.deepEqual(trainingPlan({...options, length: {steps: 50}}).taken(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a step may be asked for again, and out of order', (t) => {
  const plan = trainingPlan({...options, shuffle: true});
  const [first, last] = [plan.batchAt(0), plan.batchAt(5)];
  t.deepEqual(plan.batchAt(0), first);
  t.deepEqual(plan.batchAt(5), last);
});
