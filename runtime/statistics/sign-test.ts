/** Whether a share that was counted could be one half. Pure. */

/**
 * The exact sign test, two-sided: how likely a fair coin is to fall so often, or more often, on one of its sides, which is
 * min(1, 2 Σ_{k ≥ m} C(n, k) / 2ⁿ) with m = max(successes, n − successes) of n trials. From 0 to 1.
 */
export const signTest = (successes: number, trials: number): number => {
  const most = Math.max(successes, trials - successes);
  // In logarithms, since 2ⁿ has no room in a number.
  let logarithm = -trials * Math.LN2;
  for (let each = 1; each <= trials - most; each += 1) logarithm += Math.log((most + each) / each);
  let term = Math.exp(logarithm);
  let tail = 0;
  for (let each = most; each <= trials; each += 1) {
    tail += term;
    term *= (trials - each) / (each + 1);
  }
  return Math.min(1, 2 * tail);
};
