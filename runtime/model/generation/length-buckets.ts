/** The padded lengths that graphs are compiled for: few enough to compile, close enough to waste little. */
import {TerminalError} from '../../errors.js';

/**
 * The padded length of a sequence: multiples of 8 up to 64, then of a quarter of the power of two below, never beyond
 * `maxTokens`. Throws a TerminalError where the sequence itself is beyond it.
 */
export function lengthBucket(tokens: number, maxTokens: number): number {
  if (tokens > maxTokens) {
    throw new TerminalError(
      `a sequence of ${tokens} tokens is beyond the limit of ${maxTokens}; raise maxTokens or truncate`,
    );
  }
  const step = tokens <= 64 ? 8 : 2 ** Math.floor(Math.log2(tokens - 1)) / 4;
  // Two tokens at least: one to predict from, one to predict.
  return Math.max(2, Math.min(maxTokens, Math.ceil(tokens / step) * step));
}
