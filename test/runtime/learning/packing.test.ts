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

function onlyRun(pairs: readonly TrainingPair[]) {
  const {shape, runs} = packRuns(pairs, pairs.length);
  const [run, ...others] = runs;
  if (run === undefined || others.length > 0) throw new Error(`${runs.length} runs`);
  return {shape, run};
}

/** Which tokens each token of the first row attends to. */
const attended = ({mask}: PackedRun, rowLength: number, count: number): number[][] =>
  Array.from({length: count}, (_, token) =>
    Array.from({length: rowLength}, (_, other) => other).filter(
      (other) => mask[token * rowLength + other] === 0,
    ),
  );

test('a pair is written once, forked, with each branch blind to the other', (t) => {
  const {shape, run} = onlyRun([pair([1, 2], [3, 4, 5], [3, 6, 7])]);
  t.deepEqual(shape, {pairs: 1, rows: 1, rowLength: 8, predicting: 5});
  // 1 2 3, then 4, then 6: 5 and 7 are predicted and never run.
  t.deepEqual([...run.tokens], [1, 2, 3, 4, 6, 0, 0, 0]);
  t.deepEqual([...run.positions], [0, 1, 2, 3, 3, 0, 0, 0]);
  t.deepEqual(attended(run, 8, 5), [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 4]]);
});

test('every completion token is predicted once, where it is shared for both', (t) => {
  const {run} = onlyRun([pair([1, 2], [3, 4, 5], [3, 6, 7])]);
  // 2 predicts 3 (shared), 3 predicts 4 (chosen), 4 predicts 5 (chosen), 6 predicts 7 (rejected); then a filler.
  t.deepEqual([...run.indices], [1, 2, 3, 4, 0]);
  t.deepEqual([...run.targets.subarray(0, 5)], [3, 4, 5, 7, 0]);
  t.deepEqual([...run.sums.subarray(0, 5)], [0, 1, 1, 2, 3]);
  // 3, the second that predicts, also predicts 6.
  t.deepEqual([...run.forks], [1]);
  t.deepEqual([run.targets[5], run.sums[5]], [6, 2]);
  t.deepEqual([...run.inverse], [4, 0, 1, 2, 3, 4, 4, 4]);
});

test('pairs of one row do not see each other', (t) => {
  const {shape, run} = onlyRun([pair([1], [2, 3], [4]), pair([5], [6], [7, 8])]);
  t.deepEqual(shape, {pairs: 2, rows: 1, rowLength: 8, predicting: 5});
  t.deepEqual([...run.tokens], [1, 2, 5, 7, 0, 0, 0, 0]);
  t.deepEqual([...run.positions], [0, 1, 0, 1, 0, 0, 0, 0]);
  t.deepEqual(attended(run, 8, 4), [[0], [0, 1], [2], [2, 3]]);
  t.deepEqual([...run.sums.subarray(0, 4)], [1, 1, 4, 5]);
});

test('what only one completion says is predicted where the other has ended', (t) => {
  const {run} = onlyRun([pair([1], [2], [2, 3])]);
  // 1 predicts 2 for both, 2 predicts 3 for the rejected one; no position predicts twice.
  t.deepEqual([...run.tokens.subarray(0, 2)], [1, 2]);
  t.deepEqual([...run.targets.subarray(0, 2)], [2, 3]);
  t.deepEqual([...run.sums.subarray(0, 2)], [0, 2]);
  t.is(run.sums.at(-1), 3);
});

test('a batch in several runs has one shape, and fillers that weigh nothing', (t) => {
  const pairs = [pair([1], [2, 3], [4]), pair([5], [6], [7]), pair([8], [9], [10])];
  const {shape, runs} = packRuns(pairs, 2);
  t.is(runs.length, 2);
  t.deepEqual(
    runs.map(({weights}) => [...weights]),
    [
      [1, 1],
      [1, 0],
    ],
  );
  t.deepEqual(
    runs.map(({referenceLogps}) => [...referenceLogps]),
    [
      [-1.5, -1.5, -2.5, -2.5],
      [-1.5, 0, -2.5, 0],
    ],
  );
  t.deepEqual(
    runs.map(({tokenCounts}) => [...tokenCounts]),
    [
      [2, 1, 1, 1],
      [1, 0, 1, 0],
    ],
  );
  for (const {indices, forks, sums} of runs) {
    t.is(indices.length, shape.predicting);
    t.is(forks.length, 2);
    t.is(sums.length, shape.predicting + 2);
  }
  // The second pair of the second run is none: its fork is the filler and counts nowhere.
  t.is(runs[1]?.forks[1], shape.predicting - 1);
  t.is(runs[1]?.sums.at(-1), 6);
});
