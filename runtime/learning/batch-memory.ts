/** How much of a batch goes through the model at once, so that what is kept for the backward pass stays within bounds. */
import type {Adapter} from '../model/files/adapter.js';
import type {ModelConfig} from '../model/files/config.js';
import {blocksFor} from '../model/layers/block-attention.js';
import {chunksFor} from '../model/layers/token-logps.js';
import type {PackedRun, Packing} from './packing/packing.js';
import {keptTokens} from './packing/row-layout.js';
import type {PolicyGraph} from './steps/pair-gradients.js';

/** What one run may keep for its backward pass, by count, unless a budget says otherwise. */
export const DEFAULT_KEPT_BYTES = 1.5 * 2 ** 30;

/**
 * Tokens of a run, at most: with more of them products of matrices are no faster, and adding up gradients once more costs
 * less and less beside them.
 */
export const MOST_RUN_TOKENS = 2560;

const FLOAT_BYTES = 4;

/** What the forward pass keeps: two residual streams and two norms; queries, keys, values, attended; gate, up, active, product. */
const keptFloats = ({
  hiddenSize,
  intermediateSize,
  headCount,
  keyValueHeadCount,
  headDim,
}: ModelConfig): {readonly ofToken: number; readonly ofSeat: number} => ({
  ofToken: 4 * hiddenSize + 4 * intermediateSize,
  ofSeat: 2 * (headCount + keyValueHeadCount) * headDim,
});

/** Bytes that the forward pass keeps for each token of rows that are full: so many seats as tokens. */
export function keptBytesPerToken(config: ModelConfig): number {
  const {ofToken, ofSeat} = keptFloats(config);
  return FLOAT_BYTES * config.layerCount * (ofToken + ofSeat);
}

/** Of what is kept for a token of full rows, the part that is its seat's: what a seat without a token of its own keeps. */
export const seatShare = (config: ModelConfig): number => {
  const {ofToken, ofSeat} = keptFloats(config);
  return ofSeat / (ofToken + ofSeat);
};

/** What the runs of a learner's batches are bounded by. */
export interface RunBounds {
  readonly batchSize: number;
  /** The longest sequence, prompt and completion together. */
  readonly maxTokens: number;
  /** Pairs of a run, at most. */
  readonly microBatchSize?: number;
  /** What a run may keep for its backward pass. */
  readonly keptBytes?: number;
}

/** How a learner cuts every batch: the same from its first step to its last, so that a resumed run does the same. */
export function packingOf(
  config: ModelConfig,
  {batchSize, maxTokens, microBatchSize = batchSize, keptBytes = DEFAULT_KEPT_BYTES}: RunBounds,
): Packing {
  const fitting = Math.floor(keptBytes / keptBytesPerToken(config));
  const tokens = Math.min(MOST_RUN_TOKENS, fitting);
  // A pair predicts less than twice the tokens of its longer sequence, and a run less than its tokens and its pairs.
  const predictions = Math.max(2 * maxTokens, tokens);
  return {
    tokens,
    kept: {tokens: fitting, seatShare: seatShare(config)},
    pairs: Math.min(batchSize, microBatchSize),
    blocks: blocksFor(maxTokens),
    chunks: chunksFor(predictions, config),
  };
}

/** Whether a run is to compute its layers again in the backward pass instead of keeping them. */
export const mustRecompute = (config: ModelConfig, {sizes, arrays}: PackedRun, keptBytes: number): boolean =>
  keptTokens(sizes.tokens - 1, arrays.seated.length, seatShare(config)) * keptBytesPerToken(config) >
  keptBytes;

/** Bytes of the probabilities of so many tokens, where they are kept for the output matrix's gradient. */
export const probabilityBytes = (tokens: number, {vocabSize}: Pick<ModelConfig, 'vocabSize'>): number =>
  FLOAT_BYTES * tokens * vocabSize;

/** Whether the largest run's probabilities fit beside its layers: the same for every run, so that one program serves all. */
export function keepsProbabilities(
  config: ModelConfig,
  {tokens}: Pick<Packing, 'tokens'>,
  {maxTokens, keptBytes}: Required<Pick<RunBounds, 'maxTokens' | 'keptBytes'>>,
): boolean {
  // A pair that is alone in a run has less than twice the tokens of its longer sequence.
  const most = Math.max(2 * maxTokens, tokens);
  return most * keptBytesPerToken(config) + probabilityBytes(most, config) <= keptBytes;
}

export const adapterGraph = (adapter: Adapter | undefined): PolicyGraph['adapter'] =>
  adapter === undefined ? undefined : {scale: adapter.alpha / adapter.rank, dropout: adapter.dropout};
