import test from 'ava';
import {
  type Fork,
  forkOf,
  layRuns,
  type RunLayout,
  SIDES,
} from '../../../../runtime/learning/packing/row-layout.js';
import type {TrainingPair} from '../../../../runtime/learning/pair.js';

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

/** Pairs whose completions have only the prompt in common. */
const fork = (shared: number, chosenRest: number, rejectedRest: number): Fork => ({
  shared,
  common: 0,
  chosenRest,
  rejectedRest,
  length: shared + chosenRest + rejectedRest,
  predicting: chosenRest + rejectedRest + 1,
});
const pairsOf = (runs: readonly RunLayout[]): (readonly number[])[] => runs.map(({pairs}) => pairs);

test('a run takes the longest pairs, and of the others those that still fit', (t) => {
  const forks = [20, 50, 30, 40, 10].map((rest) => fork(10, rest, rest));
  // 50, 110, 70, 90 and 30 tokens.
  t.deepEqual(pairsOf(layRuns(forks, {tokens: 180, pairs: 8}, 8)), [
    [1, 2],
    [3, 0, 4],
  ]);
  t.deepEqual(pairsOf(layRuns(forks, {tokens: 350, pairs: 2}, 8)), [[1, 3], [2, 0], [4]]);
});

test('a pair beyond the tokens of a run is in a run of its own', (t) => {
  const runs = layRuns([fork(1, 5, 3), fork(10, 500, 390), fork(2, 20, 8)], {tokens: 256, pairs: 8}, 8);
  t.deepEqual(pairsOf(runs), [[1], [2, 0]]);
});

test('completions that have little in common are in rows of their own, each with what they have', (t) => {
  const [run] = layRuns([fork(10, 300, 290)], {tokens: 1000, pairs: 8}, 8);
  t.deepEqual(run, {
    pairs: [0],
    rows: 2,
    // 310 tokens, and the next that is a multiple of 8.
    rowLength: 312,
    strips: [
      {pair: 0, sides: ['chosen'], row: 0, begin: 0},
      {pair: 0, sides: ['rejected'], row: 1, begin: 0},
    ],
  });
});

test('completions that have most in common are in one row, and shorter pairs fill what is left of it', (t) => {
  const [run] = layRuns([fork(300, 20, 30), fork(90, 5, 4), fork(200, 10, 15)], {tokens: 1000, pairs: 8}, 1);
  t.deepEqual(run, {
    pairs: [0, 2, 1],
    rows: 2,
    rowLength: 351,
    strips: [
      {pair: 0, sides: SIDES, row: 0, begin: 0},
      {pair: 2, sides: SIDES, row: 1, begin: 0},
      {pair: 1, sides: SIDES, row: 1, begin: 225},
    ],
  });
});

test('every pair sits once or in two halves, none over another, and the last seat of every row is free', (t) => {
  for (let batch = 0; batch < 20; batch++) {
    const forks = Array.from({length: 16}, (_, i) => {
      const wave = (step: number, most: number): number => (step * i * i + 17 * batch * i + 5 * step) % most;
      return fork(1 + wave(7, 400), wave(31, 512), wave(13, 512));
    });
    const runs = layRuns(forks, {tokens: 2048, pairs: 16}, 8);
    t.deepEqual(
      runs.flatMap(({pairs}) => pairs).toSorted((a, b) => a - b),
      [...forks.keys()],
    );
    for (const {pairs, rows, rowLength, strips} of runs) {
      t.true(pairs.reduce((sum, pair) => sum + (forks[pair]?.length ?? 0), 0) <= 2048);
      const taken = Array.from({length: rows}, () => new Set<number>());
      for (const {pair, sides, row, begin} of strips) {
        const {shared, chosenRest, rejectedRest} = forks[pair] ?? fork(0, 0, 0);
        const rests = sides.map((side) => (side === 'chosen' ? chosenRest : rejectedRest));
        const end = rests.reduce((sum, rest) => sum + rest, begin + shared);
        t.true(end < rowLength);
        for (let seat = begin; seat < end; seat++) t.false(taken[row]?.has(seat));
        for (let seat = begin; seat < end; seat++) taken[row]?.add(seat);
      }
      for (const pair of pairs) {
        const sides = strips.filter((strip) => strip.pair === pair).flatMap(({sides}) => sides);
        t.deepEqual(sides, [...SIDES]);
      }
    }
  }
});
