/** Pairs as the arrays of runs of a program. */
import type {Sizes, TensorSpec} from '../../tensor/executor.js';
import type {TrainingPair} from '../pair.js';
import {type Fork, forkOf, layRuns, type Place, type RunLayout, type RunLimits} from './row-layout.js';

/**
 * What differs from run to run: pairs, P; rows, R; a block's tokens, a row being T = blocks · block; and the predictions of a
 * chunk, a run having V = chunks · chunk.
 */
export type RunSize = 'pairs' | 'rows' | 'block' | 'chunk';
export type RunSizes = Sizes<RunSize>;
export const RUN_SIZES: readonly RunSize[] = ['pairs', 'rows', 'block', 'chunk'];

/** Into how many parts every run of a program is cut, whatever its sizes. */
export interface RunParts {
  /** Blocks of a row, each of which attends to those up to itself. */
  readonly blocks: number;
  /** Parts in which a run's predictions are worked out, each with its logits. */
  readonly chunks: number;
}

export interface Packing extends RunLimits, RunParts {}

/** The arrays of one run. N = R · T tokens. */
export interface RunArrays {
  /** [R, T]: fillers are 0. */
  readonly tokens: Int32Array;
  /** [N]: the place of each token in its sequence, the same in both branches. */
  readonly positions: Int32Array;
  /** [T] and three times [R, T]: which tokens of its row each sees; see `Sight`. */
  readonly index: Int32Array;
  readonly sharedBegin: Int32Array;
  readonly sharedEnd: Int32Array;
  readonly ownBegin: Int32Array;
  /** [V]: which of the N makes each prediction; the last is a filler. See `RowChoice`. */
  readonly indices: Int32Array;
  /** [N] each: the prediction of each token, and the second one of where a pair forks; the filler for none. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** [chunks, V / chunks]: the token predicted. */
  readonly targets: Int32Array;
  /** [P]: 0 to P − 1. */
  readonly numbers: Int32Array;
  /** [V]: the pair that each counts for, by its number in the run; −1 for fillers. */
  readonly owners: Int32Array;
  /** [2, V]: 1 where it counts for the chosen completion, and for the rejected one. */
  readonly sides: Float32Array;
  /** [2P] log π_ref: of the chosen completions, then of the rejected ones. */
  readonly referenceLogps: Float32Array;
  /** [2P] completion tokens. */
  readonly tokenCounts: Float32Array;
  /** [P]: 1 for each pair. */
  readonly weights: Float32Array;
}

export interface PackedRun {
  readonly sizes: RunSizes;
  readonly arrays: RunArrays;
  /** The pairs' numbers in the batch, in the order of the run. */
  readonly pairs: readonly number[];
}

/** The shapes of a run's arrays, but for what a loss reads. */
export const placeSpecs = ({pairs, rows, block, chunk}: RunSizes, {blocks, chunks}: RunParts) => {
  const [rowLength, predictions] = [blocks * block, chunks * chunk];
  const tokens = rows * rowLength;
  const ints = (...shape: number[]): TensorSpec => ({shape, dtype: 'int32'});
  return {
    tokens: ints(rows, rowLength),
    positions: ints(tokens),
    index: ints(rowLength),
    sharedBegin: ints(rows, rowLength),
    sharedEnd: ints(rows, rowLength),
    ownBegin: ints(rows, rowLength),
    indices: ints(predictions),
    first: ints(tokens),
    second: ints(tokens),
    targets: ints(chunks, chunk),
    numbers: ints(pairs),
    owners: ints(predictions),
    sides: {shape: [2, predictions], dtype: 'float32'},
  } satisfies Record<string, TensorSpec>;
};

/** The batch in runs: a function of the batch and the limits alone. */
export function packRuns(pairs: readonly TrainingPair[], packing: Packing): PackedRun[] {
  const forks = pairs.map(forkOf);
  const lengths = forks.map(({length}) => length);
  return layRuns(lengths, packing, packing.blocks).map((layout) => packRun(pairs, forks, layout, packing));
}

/** @param batchForks of each pair of the batch */
export function packRun(
  batch: readonly TrainingPair[],
  batchForks: readonly Fork[],
  {rows, rowLength, places}: RunLayout,
  {blocks, chunks}: RunParts,
): PackedRun {
  const tokens = rows * rowLength;
  const forks = places.map(({pair}) => at(batchForks, pair));
  const needed = places.reduce((sum, {pair}, index) => {
    const {chosenIds, rejectedIds} = at(batch, pair);
    return sum + chosenIds.length + rejectedIds.length - at(forks, index).common;
  }, 0);
  // And a filler.
  const chunk = Math.ceil((needed + 1) / chunks);
  const [predictions, pairs] = [chunks * chunk, places.length];
  const arrays = {
    tokens: new Int32Array(tokens),
    positions: new Int32Array(tokens),
    index: Int32Array.from({length: rowLength}, (_, place) => place),
    sharedBegin: new Int32Array(tokens),
    sharedEnd: new Int32Array(tokens),
    // Fillers see themselves: a softmax over nothing would be over all.
    ownBegin: Int32Array.from({length: tokens}, (_, token) => token % rowLength),
    indices: new Int32Array(predictions),
    first: new Int32Array(tokens).fill(predictions - 1),
    second: new Int32Array(tokens).fill(predictions - 1),
    targets: new Int32Array(predictions),
    numbers: Int32Array.from({length: pairs}, (_, pair) => pair),
    owners: new Int32Array(predictions).fill(-1),
    sides: new Float32Array(2 * predictions),
    referenceLogps: new Float32Array(2 * pairs),
    tokenCounts: new Float32Array(2 * pairs),
    weights: new Float32Array(pairs).fill(1),
  };
  let next = 0;
  for (const [index, place] of places.entries()) {
    const [pair, fork] = [at(batch, place.pair), at(forks, index)];
    const start = place.row * rowLength + place.begin;
    writeTokens(arrays, pair, fork, place, start);
    next = writePredictions(arrays, pair, fork, {index, start, next});
    arrays.referenceLogps[index] = pair.referenceChosenLogps;
    arrays.referenceLogps[pairs + index] = pair.referenceRejectedLogps;
    arrays.tokenCounts[index] = pair.chosenIds.length;
    arrays.tokenCounts[pairs + index] = pair.rejectedIds.length;
  }
  return {
    sizes: {pairs, rows, block: rowLength / blocks, chunk},
    arrays,
    pairs: places.map(({pair}) => pair),
  };
}

/** Tokens, places and what each sees: all before it of the shared part, and of its own branch. */
function writeTokens(
  run: Pick<RunArrays, 'tokens' | 'positions' | 'sharedBegin' | 'sharedEnd' | 'ownBegin'>,
  {promptIds, chosenIds, rejectedIds}: TrainingPair,
  {shared, common, chosenRest, rejectedRest}: Fork,
  {begin}: Place,
  start: number,
): void {
  const both = chosenIds.slice(0, shared - promptIds.length);
  const parts = [...promptIds, ...both, ...chosenIds.slice(common, common + chosenRest)];
  run.tokens.set([...parts, ...rejectedIds.slice(common, common + rejectedRest)], start);
  run.ownBegin.fill(begin, start, start + shared);
  for (let token = 0; token < shared; token++) run.positions[start + token] = token;
  for (const [offset, count] of [
    [shared, chosenRest],
    [shared + chosenRest, rejectedRest],
  ] as const) {
    const [first, end] = [start + offset, start + offset + count];
    run.sharedBegin.fill(begin, first, end);
    run.sharedEnd.fill(begin + shared, first, end);
    run.ownBegin.fill(begin + offset, first, end);
    for (let token = 0; token < count; token++) run.positions[first + token] = shared + token;
  }
}

type Side = 'chosen' | 'rejected';
const BOTH: readonly Side[] = ['chosen', 'rejected'];

/** Which positions predict which tokens, from number `next` on; gives the number after the last. */
function writePredictions(
  run: Pick<RunArrays, 'indices' | 'first' | 'second' | 'targets' | 'owners' | 'sides'>,
  {promptIds, chosenIds, rejectedIds}: TrainingPair,
  {shared, common, chosenRest, rejectedRest}: Fork,
  at: {readonly index: number; readonly start: number; readonly next: number},
): number {
  let {next} = at;
  const predict = (
    position: number,
    target: number | undefined,
    sides: readonly Side[],
    inverse: Int32Array = run.first,
  ): void => {
    run.indices[next] = at.start + position;
    inverse[at.start + position] = next;
    run.targets[next] = target ?? 0;
    run.owners[next] = at.index;
    for (const side of sides) run.sides[BOTH.indexOf(side) * run.owners.length + next] = 1;
    next++;
  };
  const first = promptIds.length - 1;
  for (let token = 0; token < common; token++) predict(first + token, chosenIds[token], BOTH);
  const [chosenForks, rejectedForks] = [common < chosenIds.length, common < rejectedIds.length];
  if (chosenForks) predict(shared - 1, chosenIds[common], ['chosen']);
  if (rejectedForks)
    predict(shared - 1, rejectedIds[common], ['rejected'], chosenForks ? run.second : run.first);
  for (let token = 0; token < chosenRest; token++)
    predict(shared + token, chosenIds[common + 1 + token], ['chosen']);
  for (let token = 0; token < rejectedRest; token++)
    predict(shared + chosenRest + token, rejectedIds[common + 1 + token], ['rejected']);
  return next;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no pair ${index}`);
  return item;
}
