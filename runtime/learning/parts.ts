/** The fixed parts of a batch whose gradients are worked out apart, whoever works them out. */
import type {ModelConfig} from '../model/config.js';
import {pairsPerRun} from './memory.js';
import {inGroups, type PackedRun, packGroups, type RunShape} from './packing.js';
import type {TrainingPair} from './pair.js';
import {cut} from './slices.js';

export interface Part {
  readonly index: number;
  readonly pairs: readonly TrainingPair[];
  /** Where its pairs begin in the batch. */
  readonly begin: number;
  readonly runs: readonly PackedRun[];
  /** Which of the batch's runs is its first. */
  readonly firstRun: number;
}

export interface PackedParts {
  readonly shape: RunShape;
  /** Those with pairs: a batch may have fewer pairs than parts. */
  readonly parts: readonly Part[];
}

export interface PartOptions {
  readonly config: ModelConfig;
  readonly parts: number;
  readonly microBatchSize?: number;
  /** What a run may keep for its backward pass. */
  readonly keptBytes?: number;
}

/**
 * The batch's pairs in their order, in parts as even as can be, all runs of one shape: a function of the batch and of the
 * number of parts alone, and not of who is there to work on them.
 */
export function packParts(pairs: readonly TrainingPair[], options: PartOptions): PackedParts {
  const {config, parts: count, microBatchSize, keptBytes} = options;
  const most = {
    batchSize: Math.ceil(pairs.length / count),
    ...(microBatchSize === undefined ? {} : {microBatchSize}),
    ...(keptBytes === undefined ? {} : {keptBytes}),
  };
  const perRun = pairsPerRun(config, pairs, most);
  const parts = Array.from({length: count}, (_, index) => {
    const begin = cut(pairs.length, index, count);
    const own = pairs.slice(begin, cut(pairs.length, index + 1, count));
    return {index, begin, pairs: own, groups: inGroups(own, perRun)};
  }).filter((part) => part.pairs.length > 0);
  const {shape, runs} = packGroups(
    parts.flatMap(({groups}) => groups),
    perRun,
  );
  let firstRun = 0;
  return {
    shape,
    parts: parts.map(({groups, ...part}) => {
      const first = firstRun;
      firstRun += groups.length;
      return {...part, firstRun: first, runs: runs.slice(first, firstRun)};
    }),
  };
}
