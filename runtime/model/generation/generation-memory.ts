/**
 * The memory of a process that generates: its peak was measured with 135M parameters on ONNX Runtime, with rows of 64 to 384
 * tokens and with newer weights, and is by count of bytes at most
 *
 *   process + 3.3 · weights + cache
 *
 * when newer weights are taken in that are all in memory before: they are read, ONNX Runtime has them once as they are and once
 * laid out for products, and of those before some are not collected yet. A sampler takes in those of float32 files for half of it. Weights that are not built in (`MOST_BUILT_IN_BYTES`) are there twice then. What a
 * run computes, and what it leaves to be collected, is within `processMegabytes`.
 */
import {type ExecutorName, executors, MOST_BUILT_IN_BYTES} from '../../tensor/executors.js';
import type {ModelConfig} from '../files/config.js';
import {parameterBytes} from '../files/parameters.js';
import type {CacheShape} from './cache.js';
import {cacheBytes} from './cache-memory.js';

const BUILT_IN = 3.3;
const FED = 2;

export interface GenerationNeeds {
  readonly backend: ExecutorName;
  /** Sets of weights that the process has besides: those that an adapter is added to, those that pairs are scored by. */
  readonly others: number;
}

/** The peak that is expected where all rows are full. */
export const generationMemoryBytes = (
  config: ModelConfig,
  cache: CacheShape,
  {backend, others}: GenerationNeeds,
): number => {
  const weights = parameterBytes(config);
  const sets = (weights <= MOST_BUILT_IN_BYTES ? BUILT_IN : FED) + others;
  return 1e6 * executors[backend].processMegabytes + sets * weights + cacheBytes(config, cache);
};
