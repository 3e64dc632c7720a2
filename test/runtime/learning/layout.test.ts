import test from 'ava';
import {forkOf, placeInRows, sizeStep} from '../../../runtime/learning/layout.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';

const pair = (promptIds: number[], chosenIds: number[], rejectedIds: number[]): TrainingPair => ({
  promptIds,
  chosenIds,
  rejectedIds,
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2.5,
});

test('a pair forks where its completions first differ, and last tokens are not run', (t) => {
  // 1 2 3 | 4 | 5 6 7 and 8 9: runs 1 2 3 4, then 5 6, then 8.
  t.deepEqual(forkOf(pair([1, 2, 3], [4, 5, 6, 7], [4, 8, 9])), {
    shared: 4,
    common: 1,
    chosenRest: 2,
    rejectedRest: 1,
    length: 7,
    // 3 predicts 4; 4 predicts 5 and 8; 5, 6 and 8 predict what follows them.
    predicting: 5,
  });
});

test('completions that begin differently share the prompt alone', (t) => {
  const {shared, common, length, predicting} = forkOf(pair([1, 2], [3], [4, 5]));
  t.deepEqual({shared, common, length, predicting}, {shared: 2, common: 0, length: 3, predicting: 2});
});

test('a completion that begins the other ends where the other goes on', (t) => {
  t.deepEqual(forkOf(pair([1], [2, 3], [2, 3, 4, 5])), {
    shared: 3,
    common: 2,
    chosenRest: 0,
    rejectedRest: 1,
    length: 4,
    predicting: 4,
  });
});

test('equal completions are one sequence', (t) => {
  t.deepEqual(forkOf(pair([1, 2], [3, 4], [3, 4])), {
    shared: 3,
    common: 2,
    chosenRest: 0,
    rejectedRest: 0,
    length: 3,
    predicting: 2,
  });
});

test('the longest sequences are placed first, each in the first row that has room', (t) => {
  const {places, rows} = placeInRows([3, 7, 5, 2], 8);
  t.is(rows, 3);
  t.deepEqual(places, [
    {row: 1, begin: 5},
    {row: 0, begin: 0},
    {row: 1, begin: 0},
    {row: 2, begin: 0},
  ]);
});

test('sizes are steps of at most an eighth', (t) => {
  t.deepEqual(
    [1, 7, 8, 9, 17, 31, 33, 120, 129, 1000].map(sizeStep),
    [1, 7, 8, 9, 18, 32, 36, 120, 144, 1024],
  );
  for (let count = 1; count < 3000; count++) {
    const size = sizeStep(count);
    t.true(size >= count && size <= count * 1.125, `${count} → ${size}`);
    t.is(sizeStep(size), size);
  }
});
