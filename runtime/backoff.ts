/** How long to wait before the next try. */

const BASE_MS = 250;
const CAP_MS = 10_000;

/**
 * Full jitter: uniform between 0 and min(10 s, 250 ms · 2^(attempt − 1)). What failed together then comes back apart.
 *
 * @param attempt tries that have failed, from 1.
 * @param random a number from 0 up to 1.
 */
export const backoffMs = (attempt: number, random: number = Math.random()): number =>
  Math.round(random * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1)));
