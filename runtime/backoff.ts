/** How long to wait before the next try. */

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** The share of a wait that chance takes away, at most: 1 is full jitter. */
  readonly jitter: number;
}

/** Of what is started again, or asked of an endpoint again: what failed together comes back apart. */
const DEFAULT: Backoff = {firstMs: 250, longestMs: 10_000, jitter: 1};

/**
 * Uniform between (1 − jitter) and 1 times min(longest, first · 2^(attempt − 1)).
 *
 * @param attempt tries that have failed, from 1.
 * @param random a number from 0 up to 1.
 */
export const backoffMs = (
  attempt: number,
  {firstMs, longestMs, jitter}: Backoff = DEFAULT,
  random: number = Math.random(),
): number => Math.round(Math.min(longestMs, firstMs * 2 ** (attempt - 1)) * (1 - jitter + jitter * random));
