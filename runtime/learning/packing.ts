/** Pairs as the arrays of one run of a graph. */
import {MASKED} from '../model/layers.js';
import {type Fork, forkOf, type Place, placeInRows, sizeStep} from './layout.js';
import type {TrainingPair} from './pair.js';

/** What a graph is compiled for. */
export interface RunShape {
  /** Pairs, P; fewer are filled up. */
  readonly pairs: number;
  /** Rows, R, and the tokens of each, T. */
  readonly rows: number;
  readonly rowLength: number;
  /** Predicting positions, U, at least one of them a filler. */
  readonly predicting: number;
}

/**
 * The arrays of one run. N = R · T tokens; a pair has three sums of token log-probabilities: of what both completions begin
 * with, of the rest of the chosen one, and of the rest of the rejected one.
 */
export interface PackedRun {
  /** [R, T]: fillers are 0. */
  readonly tokens: Int32Array;
  /** [N]: the place of each token in its sequence, the same in both branches. */
  readonly positions: Int32Array;
  /** [R, 1, T, T]: 0 where a token attends to another, else `MASKED`. */
  readonly mask: Float32Array;
  /** [U]: which of the N predict; see `RowChoice`. */
  readonly indices: Int32Array;
  /** [N] */
  readonly inverse: Int32Array;
  /** [P]: which of the U is where a pair forks, and predicts a second token. */
  readonly forks: Int32Array;
  /** [U + P]: the token predicted at each of U, then at each fork: there the rejected completion's. */
  readonly targets: Int32Array;
  /** [U + P]: the sum that each counts in: 3 · pair + 0, 1 or 2; 3P for fillers. */
  readonly sums: Int32Array;
  /** [2P] log π_ref: of the chosen completions, then of the rejected ones. */
  readonly referenceLogps: Float32Array;
  /** [2P] completion tokens. */
  readonly tokenCounts: Float32Array;
  /** [P]: 1 for a pair, 0 where there is none. */
  readonly weights: Float32Array;
}

/** Runs that one graph takes. */
export interface PackedRuns {
  readonly shape: RunShape;
  readonly runs: readonly PackedRun[];
}

/** The batch in runs of at most `pairsPerRun` pairs, all of the shape that the largest of them needs. */
export const packRuns = (pairs: readonly TrainingPair[], pairsPerRun: number): PackedRuns =>
  packGroups(inGroups(pairs, pairsPerRun), pairsPerRun);

/** In their order, `size` to a group, the last with what is left. */
export const inGroups = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({length: Math.ceil(items.length / size)}, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** A run for each group of at most `pairsPerRun` pairs, all of the shape that the largest of them needs. */
export function packGroups(groups: readonly (readonly TrainingPair[])[], pairsPerRun: number): PackedRuns {
  const forks = groups.map((pairs) => pairs.map(forkOf));
  const rowLength = rowLengthFor(Math.max(...forks.flat().map(({length}) => length)));
  const parts = groups.map((pairs, index) => {
    const part = forks[index] ?? [];
    const predicting = part.reduce((sum, fork) => sum + fork.predicting, 0);
    const lengths = part.map(({length}) => length);
    return {pairs, forks: part, predicting, ...placeInRows(lengths, rowLength)};
  });
  const shape = {
    pairs: pairsPerRun,
    rows: sizeStep(Math.max(...parts.map(({rows}) => rows))),
    rowLength,
    predicting: sizeStep(Math.max(...parts.map(({predicting}) => predicting)) + 1),
  };
  return {shape, runs: parts.map((part) => packRun(part.pairs, part.forks, part.places, shape))};
}

/**
 * A pair in a run of its own, of few shapes: its values depend on the pair only. Rows are of eighths, as a batch's, and what
 * predicts is a quarter, a half, three quarters or all of the row, since each shape is a graph to compile.
 */
export function packAlone(pair: TrainingPair): {readonly shape: RunShape; readonly run: PackedRun} {
  const fork = forkOf(pair);
  const rowLength = rowLengthFor(fork.length);
  const quarter = Math.max(1, rowLength / 4);
  const predicting = Math.ceil((fork.predicting + 1) / quarter) * quarter;
  const shape = {pairs: 1, rows: 1, rowLength, predicting};
  return {shape, run: packRun([pair], [fork], [{row: 0, begin: 0}], shape)};
}

/** Eights, because vectors are that long. */
const rowLengthFor = (longest: number): number => Math.ceil(sizeStep(longest) / 8) * 8;

function packRun(
  pairs: readonly TrainingPair[],
  forks: readonly Fork[],
  places: readonly Place[],
  shape: RunShape,
): PackedRun {
  const {pairs: capacity, rows, rowLength, predicting} = shape;
  const [filler, uncounted] = [predicting - 1, 3 * capacity];
  const run = {
    tokens: new Int32Array(rows * rowLength),
    positions: new Int32Array(rows * rowLength),
    mask: new Float32Array(rows * rowLength * rowLength).fill(MASKED),
    indices: new Int32Array(predicting),
    inverse: new Int32Array(rows * rowLength).fill(filler),
    forks: new Int32Array(capacity).fill(filler),
    targets: new Int32Array(predicting + capacity),
    sums: new Int32Array(predicting + capacity).fill(uncounted),
    referenceLogps: new Float32Array(2 * capacity),
    tokenCounts: new Float32Array(2 * capacity),
    weights: new Float32Array(capacity),
  };
  let next = 0;
  for (const [index, pair] of pairs.entries()) {
    const [fork, place] = [forks[index], places[index]];
    if (fork === undefined || place === undefined) throw new RangeError(`pair ${index} has no place`);
    writeTokens(run, pair, fork, place, rowLength);
    next = writePredictions(run, pair, fork, {
      index,
      begin: place.row * rowLength + place.begin,
      next,
      predicting,
    });
    run.referenceLogps[index] = pair.referenceChosenLogps;
    run.referenceLogps[capacity + index] = pair.referenceRejectedLogps;
    run.tokenCounts[index] = pair.chosenIds.length;
    run.tokenCounts[capacity + index] = pair.rejectedIds.length;
    run.weights[index] = 1;
  }
  return run;
}

type Arrays = Pick<PackedRun, 'tokens' | 'positions' | 'mask'>;

/** Tokens, places and whom each attends to: all before it of the shared part, and of its own branch. */
function writeTokens(
  run: Arrays,
  pair: TrainingPair,
  fork: Fork,
  {row, begin}: Place,
  rowLength: number,
): void {
  const {promptIds, chosenIds, rejectedIds} = pair;
  const {shared, common, chosenRest, rejectedRest} = fork;
  const start = row * rowLength + begin;
  const both = chosenIds.slice(0, shared - promptIds.length);
  const parts = [...promptIds, ...both, ...chosenIds.slice(common, common + chosenRest)];
  run.tokens.set([...parts, ...rejectedIds.slice(common, common + rejectedRest)], start);
  const attend = (token: number, from: number, to: number): void => {
    const line = (row * rowLength + begin + token) * rowLength + begin;
    run.mask.fill(0, line + from, line + to);
  };
  for (let token = 0; token < shared; token++) {
    run.positions[start + token] = token;
    attend(token, 0, token + 1);
  }
  for (const [offset, count] of [
    [shared, chosenRest],
    [shared + chosenRest, rejectedRest],
  ] as const) {
    for (let token = 0; token < count; token++) {
      run.positions[start + offset + token] = shared + token;
      attend(offset + token, 0, shared);
      attend(offset + token, offset, offset + token + 1);
    }
  }
}

/** Which positions predict which tokens, from number `next` on; gives the number after the last. */
function writePredictions(
  run: Pick<PackedRun, 'indices' | 'inverse' | 'forks' | 'targets' | 'sums'>,
  {promptIds, chosenIds, rejectedIds}: TrainingPair,
  {shared, common, chosenRest, rejectedRest}: Fork,
  at: {readonly index: number; readonly begin: number; readonly next: number; readonly predicting: number},
): number {
  let {next} = at;
  const [bothSum, chosenSum, rejectedSum] = [3 * at.index, 3 * at.index + 1, 3 * at.index + 2];
  const predict = (position: number, target: number | undefined, sum: number): void => {
    run.indices[next] = at.begin + position;
    run.inverse[at.begin + position] = next;
    run.targets[next] = target ?? 0;
    run.sums[next] = sum;
    next++;
  };
  const first = promptIds.length - 1;
  for (let token = 0; token < common; token++) predict(first + token, chosenIds[token], bothSum);
  const [chosenForks, rejectedForks] = [common < chosenIds.length, common < rejectedIds.length];
  if (chosenForks && rejectedForks) {
    run.forks[at.index] = next;
    run.targets[at.predicting + at.index] = rejectedIds[common] ?? 0;
    run.sums[at.predicting + at.index] = rejectedSum;
  }
  if (chosenForks) predict(shared - 1, chosenIds[common], chosenSum);
  else if (rejectedForks) predict(shared - 1, rejectedIds[common], rejectedSum);
  for (let token = 0; token < chosenRest; token++) {
    predict(shared + token, chosenIds[common + 1 + token], chosenSum);
  }
  for (let token = 0; token < rejectedRest; token++) {
    predict(shared + chosenRest + token, rejectedIds[common + 1 + token], rejectedSum);
  }
  return next;
}
