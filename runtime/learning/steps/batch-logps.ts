/** Numbers of a batch's pairs, one for each completion: as its runs have them, and as the whole batch has. */
import type {PairLogps} from '../metrics.js';
import type {TrainingPair} from '../pair.js';

/** [2B] values of B pairs: of the chosen completions, then of the rejected ones. */
export interface Logps {
  readonly values: Float32Array;
  /** Sets those of some of the pairs, [2P]. */
  add(pairs: readonly number[], own: Float32Array): void;
  /** Those of some of the pairs, [2P]. */
  of(pairs: readonly number[]): Float32Array;
  byPair(): PairLogps[];
}

/** @param values [2B]; not numbers, unless given */
export function logpsOfBatch(
  count: number,
  values: Float32Array = new Float32Array(2 * count).fill(Number.NaN),
): Logps {
  const at = (index: number): number => values[index] ?? Number.NaN;
  return {
    values,
    add(pairs, own) {
      for (const [index, pair] of pairs.entries()) {
        values[pair] = own[index] ?? Number.NaN;
        values[count + pair] = own[pairs.length + index] ?? Number.NaN;
      }
    },
    of: (pairs) => Float32Array.from([...pairs.map(at), ...pairs.map((pair) => at(count + pair))]),
    byPair: () => Array.from({length: count}, (_, pair) => ({chosen: at(pair), rejected: at(count + pair)})),
  };
}

/** What a loss reads of the whole batch. */
export const batchArrays = (pairs: readonly TrainingPair[]) => ({
  referenceLogps: Float32Array.from([
    ...pairs.map(({referenceChosenLogps}) => referenceChosenLogps),
    ...pairs.map(({referenceRejectedLogps}) => referenceRejectedLogps),
  ]),
  tokenCounts: Float32Array.from([
    ...pairs.map(({chosenIds}) => chosenIds.length),
    ...pairs.map(({rejectedIds}) => rejectedIds.length),
  ]),
  weights: new Float32Array(pairs.length).fill(1),
});
