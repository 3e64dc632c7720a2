import test from 'ava';
import {forkOf, layRuns, type RunLayout} from '../../../../runtime/learning/packing/row-layout.js';
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

/** The pairs of each run's rows, in their order. */
const rowsOf = ({rows, places}: RunLayout): number[][] =>
  Array.from({length: rows}, (_, row) => places.filter((place) => place.row === row).map(({pair}) => pair));

test('sequences of one length are rows beside each other, as many as the limits allow', (t) => {
  const runs = layRuns(new Array<number>(5).fill(40), {tokens: 130, pairs: 8}, 8);
  t.deepEqual(runs.map(rowsOf), [
    [[0], [1], [2]],
    [[3], [4]],
  ]);
  t.deepEqual(
    runs.map(({rowLength}) => rowLength),
    [40, 40],
  );
  const alone = layRuns(new Array<number>(3).fill(40), {tokens: 1000, pairs: 1}, 8);
  t.deepEqual(alone.map(rowsOf), [[[0]], [[1]], [[2]]]);
});

test('a row is as long as its longest needs, and others fill what is left of it', (t) => {
  const [run, ...others] = layRuns([800, 500, 300, 790], {tokens: 2400, pairs: 8}, 8);
  t.deepEqual(others, []);
  t.deepEqual(run, {
    rows: 3,
    rowLength: 800,
    places: [
      {pair: 0, row: 0, begin: 0},
      {pair: 3, row: 1, begin: 0},
      {pair: 1, row: 2, begin: 0},
      {pair: 2, row: 2, begin: 500},
    ],
  });
});

test('a sequence beyond the tokens of a run is in a run of its own', (t) => {
  const runs = layRuns([900, 20, 30], {tokens: 256, pairs: 8}, 8);
  t.deepEqual(runs.map(rowsOf), [[[0]], [[2, 1]]]);
  t.deepEqual(
    runs.map(({rowLength}) => rowLength),
    [904, 56],
  );
});

test('every pair is placed once, none over another, and at least nine tenths of real batches are tokens', (t) => {
  // Deciles of prompt and both completions, from chats.
  const deciles = [90, 140, 210, 290, 380, 480, 560, 700, 900, 1400];
  for (let batch = 0; batch < 20; batch++) {
    const lengths = Array.from({length: 16}, (_, i) => {
      const [decile, within] = [(7 * i + 3 * batch) % 10, ((31 * i + 17 * batch) % 23) / 23];
      const from = deciles[decile - 1] ?? 40;
      return Math.round(from + within * ((deciles[decile] ?? from) - from));
    });
    const runs = layRuns(lengths, {tokens: 2048, pairs: 16}, 8);
    const placed = runs.flatMap(({places}) => places.map(({pair}) => pair));
    t.deepEqual(
      placed.toSorted((a, b) => a - b),
      [...lengths.keys()],
    );
    for (const {rowLength, places} of runs) {
      for (const {pair, row, begin} of places) {
        const end = begin + (lengths[pair] ?? 0);
        t.true(end <= rowLength);
        const over = places.filter((other) => other.row === row && other.begin >= begin && other.begin < end);
        t.is(over.length, 1);
      }
    }
    const computed = runs.reduce((sum, {rows, rowLength}) => sum + rows * rowLength, 0);
    const needed = lengths.reduce((sum, length) => sum + length, 0);
    t.true(needed >= 0.9 * computed, `${needed} of ${computed}`);
  }
});
