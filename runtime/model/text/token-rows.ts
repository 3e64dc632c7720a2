/** Sequences as the rows of one run of a graph. */
import type {EncodedCompletion} from './encode.js';

/** B rows of T tokens, row-major. */
export interface Rows {
  /** [B, T]: prompt, completion, padding. */
  readonly tokens: Int32Array;
  /** [B, T]: 1 at the completion's tokens. 0 at a row's first token whatever it is, since nothing predicts it. */
  readonly completionMask: Float32Array;
}

/** One row for each sequence, padded to `length`; undefined gives a row of padding that counts nothing. */
export function packRows(
  sequences: readonly (EncodedCompletion | undefined)[],
  length: number,
  padTokenId: number,
): Rows {
  const tokens = new Int32Array(sequences.length * length).fill(padTokenId);
  const completionMask = new Float32Array(sequences.length * length);
  for (const [row, sequence] of sequences.entries()) {
    if (sequence === undefined) continue;
    const {promptIds, completionIds} = sequence;
    const begin = row * length;
    const completionBegin = begin + promptIds.length;
    tokens.set(promptIds, begin);
    tokens.set(completionIds, completionBegin);
    completionMask.fill(1, completionBegin, completionBegin + completionIds.length);
    completionMask[begin] = 0;
  }
  return {tokens, completionMask};
}
