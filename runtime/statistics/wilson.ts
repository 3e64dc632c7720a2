/** How sure a share is that was counted on a sample. Pure. */

/** Of the standard normal distribution, what 95 % lie within. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of 95 %: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), both ends from 0 to 1.
 *
 * @param count above 0.
 */
export const wilson = (share: number, count: number): {readonly low: number; readonly high: number} => {
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * count)) / (1 + z2 / count);
  const half = (Z / (1 + z2 / count)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  // Both ends are met but for rounding.
  return {
    low: share === 0 ? 0 : Math.max(0, middle - half),
    high: share === 1 ? 1 : Math.min(1, middle + half),
  };
};
