/** The fixed parts of a batch whose gradients are worked out apart, whoever works them out. */
import {type PackedRun, type Packing, packRuns} from '../packing/packing.js';
import type {TrainingPair} from '../pair.js';
import {cut} from './slices.js';

export interface Part {
  readonly index: number;
  readonly pairs: readonly TrainingPair[];
  /** Where its pairs begin in the batch. */
  readonly begin: number;
  /** Their pairs are numbered in the part. */
  readonly runs: readonly PackedRun[];
  /** Which of the batch's runs is its first. */
  readonly firstRun: number;
}

/**
 * The batch's pairs in their order, in parts as even as can be, of which those with pairs are given: a function of the batch
 * and of the number of parts alone, and not of who is there to work on them.
 */
export function packParts(pairs: readonly TrainingPair[], count: number, packing: Packing): Part[] {
  let firstRun = 0;
  return Array.from({length: count}, (_, index) => {
    const begin = cut(pairs.length, index, count);
    const own = pairs.slice(begin, cut(pairs.length, index + 1, count));
    const part = {index, begin, pairs: own, runs: packRuns(own, packing), firstRun};
    firstRun += part.runs.length;
    return part;
  }).filter((part) => part.pairs.length > 0);
}
