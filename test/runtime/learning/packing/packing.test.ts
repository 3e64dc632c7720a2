import test from 'ava';
import {type PackedRun, packRuns} from '../../../../runtime/learning/packing/packing.js';
import type {TrainingPair} from '../../../../runtime/learning/pair.js';

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

/** Numbers without pattern from 0 to before `end`, the same every time. */
function drawing(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    // Numerical Recipes' linear congruential generator; its high bits are the good ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** Pairs whose completions begin alike to any length, or are equal; few tokens, so that much repeats. */
function drawnPairs(seed: number): TrainingPair[] {
  const draw = drawing(seed);
  const ids = (length: number): number[] => Array.from({length}, () => 1 + draw(3));
  return Array.from({length: 1 + draw(9)}, () => {
    const both = ids(draw(6));
    const completion = (): number[] => [...both, ...ids(draw(12))];
    const atLeastOne = (completionIds: number[]): number[] =>
      completionIds.length > 0 ? completionIds : ids(1);
    return pair(ids(1 + draw(15)), atLeastOne(completion()), atLeastOne(completion()));
  });
}

/** What a token sees in its own row, itself included, in the order of places in the sequence. */
function contextOf({arrays, sizes}: PackedRun, blocks: number, token: number): number[] {
  const rowLength = sizes.block * blocks;
  const [row, place] = [Math.floor(token / rowLength), token % rowLength];
  const [shared, end, own] = [arrays.sharedBegin, arrays.sharedEnd, arrays.ownBegin].map(
    (ranges) => ranges[token] ?? 0,
  ) as [number, number, number];
  return [...arrays.index]
    .filter((other) => (other >= shared && other < end) || (other >= own && other <= place))
    .map((other) => row * rowLength + other)
    .toSorted((one, other) => (arrays.positions[one] ?? 0) - (arrays.positions[other] ?? 0));
}

for (const [blocks, chunks] of [
  [1, 1],
  [2, 3],
  [8, 2],
] as const) {
  test(`each token of each completion is predicted once, from its prompt and what precedes it alone: ${blocks} blocks, ${chunks} chunks`, (t) => {
    for (let seed = 0; seed < 60; seed++) {
      const pairs = drawnPairs(seed);
      const found = pairs.map(() => ({
        chosen: new Map<number, number>(),
        rejected: new Map<number, number>(),
      }));
      for (const run of packRuns(pairs, {tokens: 48, pairs: 4, blocks, chunks})) {
        const {owners, sides, indices, targets, tokens, positions} = run.arrays;
        for (const [prediction, owner] of owners.entries()) {
          if (owner === -1) continue;
          const number = run.pairs[owner] ?? -1;
          const whole = pairs[number] ?? pair([], [], []);
          const context = contextOf(run, blocks, indices[prediction] ?? -1);
          t.deepEqual(
            context.map((token) => positions[token]),
            [...context.keys()],
            `seed ${seed}: places follow each other`,
          );
          for (const [side, name] of (['chosen', 'rejected'] as const).entries()) {
            if (sides[side * owners.length + prediction] !== 1) continue;
            const ids = whole[`${name}Ids`];
            const at = context.length - whole.promptIds.length;
            t.deepEqual(
              context.map((token) => tokens[token]),
              [...whole.promptIds, ...ids.slice(0, at)],
              `seed ${seed}, ${name} of pair ${number}`,
            );
            t.false(found[number]?.[name].has(at), `seed ${seed}: predicted twice`);
            found[number]?.[name].set(at, targets[prediction] ?? -1);
          }
        }
      }
      for (const [number, {chosenIds, rejectedIds}] of pairs.entries()) {
        const said = (side: 'chosen' | 'rejected') =>
          [...(found[number]?.[side] ?? [])].toSorted(([one], [other]) => one - other).map(([, id]) => id);
        t.deepEqual(said('chosen'), [...chosenIds], `seed ${seed}, pair ${number}`);
        t.deepEqual(said('rejected'), [...rejectedIds], `seed ${seed}, pair ${number}`);
      }
    }
  });
}

test('a token that predicts gets its gradient back from each of its predictions, and no other gets any', (t) => {
  for (let seed = 100; seed < 130; seed++) {
    for (const {arrays} of packRuns(drawnPairs(seed), {tokens: 64, pairs: 8, blocks: 2, chunks: 2})) {
      const {first, second, indices, owners} = arrays;
      const filler = owners.length - 1;
      t.is(owners[filler], -1);
      const returned = [...first.keys()].flatMap((token) =>
        [first[token] ?? filler, second[token] ?? filler]
          .filter((prediction) => prediction !== filler)
          .map((prediction) => [prediction, token]),
      );
      const made = [...owners.keys()]
        .filter((prediction) => owners[prediction] !== -1)
        .map((prediction) => [prediction, indices[prediction] ?? -1]);
      t.deepEqual(
        returned.toSorted(([one = 0], [other = 0]) => one - other),
        made,
        `seed ${seed}`,
      );
    }
  }
});
