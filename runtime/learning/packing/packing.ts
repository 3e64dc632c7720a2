/** Pairs as the arrays of runs of a program. */
import type {Sizes, TensorSpec} from '../../tensor/executor.js';
import type {TrainingPair} from '../pair.js';
import {
  type Fork,
  forkAt,
  forkOf,
  layRuns,
  type RunLayout,
  type RunLimits,
  SIDES,
  type Side,
  type Strip,
} from './row-layout.js';

/**
 * What differs from run to run: pairs, P; tokens, N, of which the last is a filler; rows in which they attend, R; a block's
 * tokens, a row being T = blocks · block; and the predictions of a chunk, a run having V = chunks · chunk.
 */
export type RunSize = 'pairs' | 'tokens' | 'rows' | 'block' | 'chunk';
export type RunSizes = Sizes<RunSize>;
export const RUN_SIZES: readonly RunSize[] = ['pairs', 'tokens', 'rows', 'block', 'chunk'];

/** Into how many parts every run of a program is cut, whatever its sizes. */
export interface RunParts {
  /** Blocks of a row, each of which attends to those up to itself. */
  readonly blocks: number;
  /** Parts in which a run's predictions are worked out, each with its logits. */
  readonly chunks: number;
}

export interface Packing extends RunLimits, RunParts {}

/** The arrays of one run. */
export interface RunArrays {
  /** [1, N]: the filler is 0. */
  readonly tokens: Int32Array;
  /** [N]: the place of each token in its sequence, the same in both branches. */
  readonly positions: Int32Array;
  /** [R · T]: the token in each seat of the rows; the filler in free ones. */
  readonly seated: Int32Array;
  /** [R · T]: the token that attends from there; the filler where that token attends from another seat. */
  readonly attending: Int32Array;
  /** [N] each: the seat from which a token attends, and another that it has; a free one for the filler and for none. */
  readonly seats: Int32Array;
  readonly otherSeats: Int32Array;
  /** [T] and three times [R, T]: which tokens of its row each seat sees; see `Sight`. */
  readonly index: Int32Array;
  readonly sharedBegin: Int32Array;
  readonly sharedEnd: Int32Array;
  readonly ownBegin: Int32Array;
  /** [V]: which of the N makes each prediction; the last is a filler. See `RowChoice`, as for those above. */
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
export const placeSpecs = ({pairs, tokens, rows, block, chunk}: RunSizes, {blocks, chunks}: RunParts) => {
  const [rowLength, predictions] = [blocks * block, chunks * chunk];
  const ints = (...shape: number[]): TensorSpec => ({shape, dtype: 'int32'});
  return {
    tokens: ints(1, tokens),
    positions: ints(tokens),
    seated: ints(rows * rowLength),
    attending: ints(rows * rowLength),
    seats: ints(tokens),
    otherSeats: ints(tokens),
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
  return layRuns(forks, packing, packing.blocks).map((layout) => packRun(pairs, forks, layout, packing));
}

/** @param batchForks of each pair of the batch */
export function packRun(
  batch: readonly TrainingPair[],
  batchForks: readonly Fork[],
  {pairs: numbers, rows, rowLength, strips}: RunLayout,
  {blocks, chunks}: RunParts,
): PackedRun {
  const forks = numbers.map((number) => forkAt(batchForks, number));
  // And a filler.
  const tokens = forks.reduce((sum, {length}) => sum + length, 0) + 1;
  const needed = numbers.reduce((sum, number, index) => {
    const {chosenIds, rejectedIds} = at(batch, number);
    return sum + chosenIds.length + rejectedIds.length - forkAt(forks, index).common;
  }, 0);
  const chunk = Math.ceil((needed + 1) / chunks);
  const [predictions, pairs, places] = [chunks * chunk, numbers.length, rows * rowLength];
  const arrays = {
    tokens: new Int32Array(tokens),
    positions: new Int32Array(tokens),
    seated: new Int32Array(places).fill(tokens - 1),
    attending: new Int32Array(places).fill(tokens - 1),
    seats: new Int32Array(tokens).fill(places - 1),
    otherSeats: new Int32Array(tokens).fill(places - 1),
    index: Int32Array.from({length: rowLength}, (_, place) => place),
    sharedBegin: new Int32Array(places),
    sharedEnd: new Int32Array(places),
    // Free seats see themselves: a softmax over nothing would be over all.
    ownBegin: Int32Array.from({length: places}, (_, seat) => seat % rowLength),
    indices: new Int32Array(predictions).fill(tokens - 1),
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
  let [start, next] = [0, 0];
  for (const [index, number] of numbers.entries()) {
    const [pair, fork] = [at(batch, number), forkAt(forks, index)];
    writeTokens(arrays, pair, fork, start);
    for (const strip of strips.filter((strip) => strip.pair === number))
      takeSeats(arrays, fork, strip, {start, row: strip.row * rowLength});
    next = writePredictions(arrays, pair, fork, {index, start, next});
    arrays.referenceLogps[index] = pair.referenceChosenLogps;
    arrays.referenceLogps[pairs + index] = pair.referenceRejectedLogps;
    arrays.tokenCounts[index] = pair.chosenIds.length;
    arrays.tokenCounts[pairs + index] = pair.rejectedIds.length;
    start += fork.length;
  }
  return {sizes: {pairs, tokens, rows, block: rowLength / blocks, chunk}, arrays, pairs: numbers};
}

/** A pair's tokens and their places, one branch after the other. */
function writeTokens(
  run: Pick<RunArrays, 'tokens' | 'positions'>,
  {promptIds, chosenIds, rejectedIds}: TrainingPair,
  {shared, common, chosenRest, rejectedRest}: Fork,
  start: number,
): void {
  const both = chosenIds.slice(0, shared - promptIds.length);
  const parts = [...promptIds, ...both, ...chosenIds.slice(common, common + chosenRest)];
  run.tokens.set([...parts, ...rejectedIds.slice(common, common + rejectedRest)], start);
  const rejected = shared + chosenRest;
  for (let token = 0; token < rejected + rejectedRest; token++)
    run.positions[start + token] = token < rejected ? token : token - chosenRest;
}

/** The seats of a strip, and what each sees: all before it of the shared part, and of its own branch. */
function takeSeats(
  run: Pick<
    RunArrays,
    'seated' | 'attending' | 'seats' | 'otherSeats' | 'sharedBegin' | 'sharedEnd' | 'ownBegin'
  >,
  {shared, chosenRest, rejectedRest}: Fork,
  {sides, begin}: Strip,
  {start, row}: {readonly start: number; readonly row: number},
): void {
  const free = run.seated.length - 1;
  const take = (token: number, seat: number): void => {
    run.seated[seat] = token;
    const isSecond = run.seats[token] !== free;
    if (!isSecond) run.attending[seat] = token;
    (isSecond ? run.otherSeats : run.seats)[token] = seat;
  };
  for (let token = 0; token < shared; token++) take(start + token, row + begin + token);
  run.ownBegin.fill(begin, row + begin, row + begin + shared);
  let end = begin + shared;
  for (const side of sides) {
    const count = side === 'chosen' ? chosenRest : rejectedRest;
    const first = start + shared + (side === 'chosen' ? 0 : chosenRest);
    for (let token = 0; token < count; token++) take(first + token, row + end + token);
    const [from, to] = [row + end, row + end + count];
    run.sharedBegin.fill(begin, from, to);
    run.sharedEnd.fill(begin + shared, from, to);
    run.ownBegin.fill(end, from, to);
    end += count;
  }
}

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
    for (const side of sides) run.sides[SIDES.indexOf(side) * run.owners.length + next] = 1;
    next++;
  };
  const first = promptIds.length - 1;
  for (let token = 0; token < common; token++) predict(first + token, chosenIds[token], SIDES);
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
