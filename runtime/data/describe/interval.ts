/** How sure a share is that was counted on a sample. Pure. */

export interface Share {
  readonly successes: number;
  readonly trials: number;
  /** Of the share, from 0 to 1. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of 97.5 %: intervals are of 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
 *
 * @param trials above 0.
 */
export const wilson = (successes: number, trials: number): Share => {
  const share = successes / trials;
  const square = Z ** 2 / trials;
  const middle = share + square / 2;
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return {
    successes,
    trials,
    share,
    low: Math.max(0, (middle - spread) / (1 + square)),
    high: Math.min(1, (middle + spread) / (1 + square)),
  };
};
