/** How much of a batch goes through the model at once, so that what is kept for the backward pass stays within bounds. */
import type {Adapter} from '../model/adapter.js';
import type {ModelConfig} from '../model/config.js';
import {forkOf} from './layout.js';
import type {TrainingPair} from './pair.js';
import type {PolicyGraph} from './pair-gradients.js';

/** What one run may keep for its backward pass, by count, unless a budget says otherwise. */
export const DEFAULT_KEPT_BYTES = 1.5 * 2 ** 30;

const FLOAT_BYTES = 4;

/** Bytes that the forward pass keeps for each token where rows have `rowLength` of them. */
export function keptBytesPerToken(config: ModelConfig, rowLength: number): number {
  const {hiddenSize, intermediateSize, headCount, keyValueHeadCount, headDim, layerCount} = config;
  // Two residual streams and two norms; queries, keys, values, attended; gate, up, active, product; attention weights.
  const layer =
    4 * hiddenSize +
    2 * (headCount + keyValueHeadCount) * headDim +
    4 * intermediateSize +
    headCount * rowLength;
  return FLOAT_BYTES * layerCount * layer;
}

/** What bounds a run. */
export interface RunLimits {
  readonly batchSize: number;
  /** Pairs of a run, at most. */
  readonly microBatchSize?: number;
  /** What a run may keep for its backward pass. */
  readonly keptBytes?: number;
}

/** Pairs of one run: as many as were asked for, or as fit; at least one. A function of the batch alone, so that a resumed run does the same. */
export function pairsPerRun(
  config: ModelConfig,
  pairs: readonly TrainingPair[],
  {batchSize, microBatchSize = batchSize, keptBytes = DEFAULT_KEPT_BYTES}: RunLimits,
): number {
  const longest = Math.max(...pairs.map((pair) => forkOf(pair).length));
  const fitting = Math.floor(keptBytes / (longest * keptBytesPerToken(config, longest)));
  const most = Math.max(1, Math.min(batchSize, microBatchSize, fitting));
  // Runs of about the same size: what the largest needs, all have.
  return Math.ceil(pairs.length / Math.ceil(pairs.length / most));
}

/** Whether a run of that many tokens is to compute its layers again in the backward pass instead of keeping them. */
export const mustRecompute = (
  config: ModelConfig,
  tokens: number,
  rowLength: number,
  keptBytes: number,
): boolean => tokens * keptBytesPerToken(config, rowLength) > keptBytes;

export const adapterGraph = (adapter: Adapter | undefined): PolicyGraph['adapter'] =>
  adapter === undefined ? undefined : {scale: adapter.alpha / adapter.rank, dropout: adapter.dropout};
