/**
 * When a run changes its anchor. Pure: from the advice at each checkpoint alone.
 *
 * An interval of 95 % is wrong now and then, and near one half advice would go to and fro: an objective is left once as many
 * checkpoints in a row advise the other one, and none of them could not tell.
 */
import type {Anchored} from './advice.js';

/** Checkpoints that have to agree. */
export const CHECKPOINTS_IN_A_ROW = 2;

/**
 * @param advised of each checkpoint, the oldest first; null where it could not be told.
 * @param objective that is in force, or is asked for already.
 * @returns the objective to change to; undefined where the one in force stays.
 */
export const turnTo = (advised: readonly (Anchored | null)[], objective: string): Anchored | undefined => {
  const newest = advised.slice(-CHECKPOINTS_IN_A_ROW);
  const [first] = newest;
  if (newest.length < CHECKPOINTS_IN_A_ROW || !first || first === objective) return undefined;
  return newest.every((each) => each === first) ? first : undefined;
};
