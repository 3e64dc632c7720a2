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

/** The tokens that each token sees from its seat. */
const seen = (run: PackedRun): number[][] =>
  [...run.arrays.seats].map((seat) => seenFrom(run, seat).map((other) => run.arrays.seated[other] ?? -1));

/** The seats that are seen from one. */
function seenFrom({arrays: {index, sharedBegin, sharedEnd, ownBegin}}: PackedRun, seat: number): number[] {
  const [row, place] = [Math.floor(seat / index.length), seat % index.length];
  return [...index]
    .filter(
      (other) =>
        (other >= (sharedBegin[seat] ?? 0) && other < (sharedEnd[seat] ?? 0)) ||
        (other >= (ownBegin[seat] ?? 0) && other <= place),
    )
    .map((other) => row * index.length + other);
}

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
  t.deepEqual(run.sizes, {pairs: 1, tokens: 6, rows: 1, block: 1, chunk: 3});
  // 1 2 3, then 4, then 6: 5 and 7 are predicted and never run.
  t.deepEqual([...run.arrays.tokens], [1, 2, 3, 4, 6, 0]);
  t.deepEqual([...run.arrays.positions], [0, 1, 2, 3, 3, 0]);
  t.deepEqual(seen(run), [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 4], [5]]);
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
  t.deepEqual([...run.arrays.first], [5, 0, 1, 3, 4, 5]);
  t.deepEqual([...run.arrays.second], [5, 5, 2, 5, 5, 5]);
});

test('pairs do not see each other', (t) => {
  const run = onlyRun([pair([1], [2, 3], [4]), pair([5], [6], [7, 8])]);
  t.deepEqual(run.sizes, {pairs: 2, tokens: 5, rows: 2, block: 1, chunk: 4});
  t.deepEqual([...run.arrays.tokens], [1, 2, 5, 7, 0]);
  t.deepEqual([...run.arrays.positions], [0, 1, 0, 1, 0]);
  t.deepEqual(seen(run), [[0], [0, 1], [2], [2, 3], [4]]);
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
      {pairs: 1, tokens: 41, rows: 1, block: 6, chunk: 42},
      {pairs: 2, tokens: 4, rows: 2, block: 1, chunk: 6},
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

/** What a token sees, itself included, in the order of places in the sequence. */
const contextOf = (run: PackedRun, token: number): number[] =>
  seenFrom(run, run.arrays.seats[token] ?? -1)
    .map((seat) => run.arrays.seated[seat] ?? -1)
    .toSorted((one, other) => (run.arrays.positions[one] ?? 0) - (run.arrays.positions[other] ?? 0));

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
          const context = contextOf(run, indices[prediction] ?? -1);
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

test('a token that sits twice attends from one seat, and gets its gradient as a key from both', (t) => {
  const run = onlyRun([pair([1], [2, 3, 4, 5, 6], [7, 8, 9, 10, 11])]);
  // 1, then 2 to 5, then 7 to 10: in two rows of 8, of which 5 are taken.
  t.deepEqual(run.sizes, {pairs: 1, tokens: 10, rows: 2, block: 1, chunk: 6});
  const {seated, attending, seats, otherSeats} = run.arrays;
  t.deepEqual([...seated], [0, 1, 2, 3, 4, 9, 9, 9, 0, 5, 6, 7, 8, 9, 9, 9]);
  t.deepEqual([...attending], [0, 1, 2, 3, 4, 9, 9, 9, 9, 5, 6, 7, 8, 9, 9, 9]);
  t.deepEqual([...seats], [0, 1, 2, 3, 4, 9, 10, 11, 12, 15]);
  t.deepEqual([...otherSeats], [8, ...new Array<number>(9).fill(15)]);
});

test('every seat is a token’s own, its other one, or the filler’s', (t) => {
  for (let seed = 200; seed < 240; seed++) {
    for (const {arrays} of packRuns(drawnPairs(seed), {tokens: 64, pairs: 8, blocks: 2, chunks: 2})) {
      const {seated, attending, seats, otherSeats} = arrays;
      const [filler, free] = [seats.length - 1, seated.length - 1];
      t.is(seats[filler], free);
      for (const [seat, token] of seated.entries()) {
        if (token === filler) t.is(attending[seat], filler, `seed ${seed}`);
        else if (attending[seat] === token) t.is(seats[token], seat, `seed ${seed}`);
        else t.deepEqual([attending[seat], otherSeats[token]], [filler, seat], `seed ${seed}`);
      }
      for (const [token, seat] of otherSeats.entries())
        t.true(seat === free || seated[seat] === token, `seed ${seed}`);
    }
  }
});
