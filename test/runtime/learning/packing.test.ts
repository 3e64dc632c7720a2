import test from 'ava';
import {type PackedRun, packRuns} from '../../../runtime/learning/packing.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';

const pair = (promptIds: number[], chosenIds: number[], rejectedIds: number[]): TrainingPair => ({
  promptIds,
  chosenIds,
  rejectedIds,
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2.5,
});

function onlyRun(pairs: readonly TrainingPair[]): PackedRun {
  const [run, ...others] = packRuns(pairs, {tokens: 64, pairs: 8, blocks: 8, chunks: 2});
  if (run === undefined || others.length > 0) throw new Error(`${others.length} more runs`);
  return run;
}

/** Which tokens each token of the first row sees. */
const seen = ({arrays: {index, sharedBegin, sharedEnd, ownBegin}}: PackedRun, count: number): number[][] =>
  Array.from({length: count}, (_, token) =>
    [...index].filter(
      (other) =>
        (other >= (sharedBegin[token] ?? 0) && other < (sharedEnd[token] ?? 0)) ||
        (other >= (ownBegin[token] ?? 0) && other <= token),
    ),
  );

/** Of each prediction of a pair: position, target, and the sides that it counts for. */
const predictions = ({arrays: {indices, targets, owners, sides}}: PackedRun, pair: number) =>
  [...owners.keys()]
    .filter((prediction) => owners[prediction] === pair)
    .map((prediction) => [
      indices[prediction],
      targets[prediction],
      ...['chosen', 'rejected'].filter((_, side) => sides[side * owners.length + prediction] === 1),
    ]);

test('a pair is written once, forked, with each branch blind to the other', (t) => {
  const run = onlyRun([pair([1, 2], [3, 4, 5], [3, 6, 7])]);
  t.deepEqual(run.sizes, {pairs: 1, rows: 1, block: 1, chunk: 3});
  // 1 2 3, then 4, then 6: 5 and 7 are predicted and never run.
  t.deepEqual([...run.arrays.tokens], [1, 2, 3, 4, 6, 0, 0, 0]);
  t.deepEqual([...run.arrays.positions], [0, 1, 2, 3, 3, 0, 0, 0]);
  t.deepEqual(seen(run, 6), [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 4], [5]]);
});

test('every completion token is predicted once, where it is shared for both, and where they fork twice', (t) => {
  const run = onlyRun([pair([1, 2], [3, 4, 5], [3, 6, 7])]);
  t.deepEqual(predictions(run, 0), [
    [1, 3, 'chosen', 'rejected'],
    [2, 4, 'chosen'],
    [2, 6, 'rejected'],
    [3, 5, 'chosen'],
    [4, 7, 'rejected'],
  ]);
  // The last is a filler.
  t.deepEqual([...run.arrays.owners], [0, 0, 0, 0, 0, -1]);
  t.deepEqual([...run.arrays.first], [5, 0, 1, 3, 4, 5, 5, 5]);
  t.deepEqual([...run.arrays.second], [5, 5, 2, 5, 5, 5, 5, 5]);
});

test('pairs of one row do not see each other', (t) => {
  const run = onlyRun([pair([1], [2, 3], [4]), pair([5], [6], [7, 8])]);
  t.deepEqual(run.sizes, {pairs: 2, rows: 1, block: 1, chunk: 4});
  t.deepEqual([...run.arrays.tokens], [1, 2, 5, 7, 0, 0, 0, 0]);
  t.deepEqual([...run.arrays.positions], [0, 1, 0, 1, 0, 0, 0, 0]);
  t.deepEqual(seen(run, 4), [[0], [0, 1], [2], [2, 3]]);
  t.deepEqual(predictions(run, 1), [
    [2, 6, 'chosen'],
    [2, 7, 'rejected'],
    [3, 8, 'rejected'],
  ]);
});

test('what only one completion says is predicted where the other has ended', (t) => {
  const run = onlyRun([pair([1], [2], [2, 3])]);
  // 1 predicts 2 for both, 2 predicts 3 for the rejected one; no position predicts twice.
  t.deepEqual([...run.arrays.tokens.subarray(0, 2)], [1, 2]);
  t.deepEqual(predictions(run, 0), [
    [0, 2, 'chosen', 'rejected'],
    [1, 3, 'rejected'],
  ]);
  t.true(run.arrays.second.every((prediction) => prediction === run.arrays.owners.length - 1));
});

test('each run has what its own pairs need, and says which they are', (t) => {
  const long = Array.from({length: 40}, (_, index) => index);
  const pairs = [pair([1], [2, 3], [4]), pair([5], long, [7]), pair([8], [9], [10])];
  const runs = packRuns(pairs, {tokens: 32, pairs: 2, blocks: 8, chunks: 1});
  t.deepEqual(
    runs.map((run) => run.pairs),
    [[1], [0, 2]],
  );
  t.deepEqual(
    runs.map(({sizes}) => sizes),
    [
      {pairs: 1, rows: 1, block: 5, chunk: 42},
      {pairs: 2, rows: 1, block: 1, chunk: 6},
    ],
  );
  t.deepEqual([...(runs[1]?.arrays.referenceLogps ?? [])], [-1.5, -1.5, -2.5, -2.5]);
  t.deepEqual([...(runs[1]?.arrays.tokenCounts ?? [])], [2, 1, 1, 1]);
  t.deepEqual([...(runs[1]?.arrays.weights ?? [])], [1, 1]);
});
