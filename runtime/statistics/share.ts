/** How sure a share is that was counted on a sample. Pure. */

import {wilson} from './wilson.js';

export interface Share {
  readonly successes: number;
  readonly trials: number;
  /** Of the share, from 0 to 1. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A share with its interval.
 *
 * @param trials above 0.
 */
export const shareOf = (successes: number, trials: number): Share => {
  const share = successes / trials;
  return {successes, trials, share, ...wilson(share, trials)};
};
