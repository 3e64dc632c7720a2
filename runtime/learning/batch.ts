/** Preference pairs as the arrays that a training step reads: fixed shapes, padded at the end, filled up with empty rows. */
import {TerminalError} from '../errors.js';
import {lengthBucket} from '../model/length-buckets.js';
import {packRows, type Rows} from '../model/rows.js';

/** A pair as token ids, with what the frozen reference says of it. */
export interface TrainingPair {
  readonly promptIds: readonly number[];
  /** The completion's tokens, the end token included. At least one. */
  readonly chosenIds: readonly number[];
  readonly rejectedIds: readonly number[];
  /** log π_ref(y|x) of the chosen completion, nats, summed over its tokens. */
  readonly referenceChosenLogps: number;
  readonly referenceRejectedLogps: number;
}

/** The arrays of one batch: B chosen sequences, then the B rejected ones in the same order; [2B, T] row-major. */
export interface PackedPairs extends Rows {
  /** T. */
  readonly length: number;
  /** [2B] log π_ref. */
  readonly referenceLogps: Float32Array;
  /** [B]: 1 for a pair, 0 for a row that only fills the batch. */
  readonly weights: Float32Array;
}

export interface PackOptions {
  /** B. */
  readonly batchSize: number;
  /** The longest sequence allowed, prompt and completion together. */
  readonly maxTokens: number;
  readonly padTokenId: number;
}

/**
 * Packs 1 to `batchSize` pairs. A pair that does not fit `maxTokens`, or has a completion without tokens, is a
 * `TerminalError`: whoever tokenizes truncates, and drops what has no answer.
 */
export function packPairs(pairs: readonly TrainingPair[], options: PackOptions): PackedPairs {
  const {batchSize, maxTokens, padTokenId} = options;
  if (pairs.length === 0 || pairs.length > batchSize) {
    throw new TerminalError(`a step takes 1 to ${batchSize} pairs, not ${pairs.length}`);
  }
  const longest = Math.max(...pairs.map((pair, index) => checkedLength(pair, index, maxTokens)));
  const length = lengthBucket(longest, maxTokens);
  const rows = Array.from({length: batchSize}, (_, row) => pairs[row]);
  const chosen = rows.map((pair) => pair && {promptIds: pair.promptIds, completionIds: pair.chosenIds});
  const rejected = rows.map((pair) => pair && {promptIds: pair.promptIds, completionIds: pair.rejectedIds});
  return {
    length,
    ...packRows([...chosen, ...rejected], length, padTokenId),
    referenceLogps: Float32Array.from([
      ...rows.map((pair) => pair?.referenceChosenLogps ?? 0),
      ...rows.map((pair) => pair?.referenceRejectedLogps ?? 0),
    ]),
    weights: Float32Array.from(rows, (pair) => (pair === undefined ? 0 : 1)),
  };
}

/** The longer sequence's tokens, prompt included, of a pair that can be trained on. */
function checkedLength(pair: TrainingPair, index: number, maxTokens: number): number {
  const {promptIds, chosenIds, rejectedIds, referenceChosenLogps, referenceRejectedLogps} = pair;
  if (promptIds.length === 0) {
    throw new TerminalError(
      `pair ${index} of the batch has no prompt token; a completion's first token needs one before it`,
    );
  }
  if (chosenIds.length === 0 || rejectedIds.length === 0) {
    throw new TerminalError(
      `pair ${index} of the batch has a completion without tokens; reject such pairs before training`,
    );
  }
  if (!Number.isFinite(referenceChosenLogps) || !Number.isFinite(referenceRejectedLogps)) {
    throw new TerminalError(
      `pair ${index} of the batch has reference log-probabilities ${referenceChosenLogps} and ${referenceRejectedLogps}; ` +
        'both must be finite',
    );
  }
  const length = promptIds.length + Math.max(chosenIds.length, rejectedIds.length);
  if (length > maxTokens) {
    throw new TerminalError(
      `pair ${index} of the batch has ${length} tokens and the learner takes ${maxTokens}; truncate when tokenizing`,
    );
  }
  return length;
}
