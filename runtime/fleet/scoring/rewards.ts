/** How far a policy tells chosen answers from rejected ones. Pure. */
import type {PreferencePair} from '../../../proto/messages.js';
import type {PairLogps} from '../../learning/metrics.js';
import type {Score} from './score.js';

type Referenced = Pick<PreferencePair, 'referenceChosenLogps' | 'referenceRejectedLogps'>;

/**
 * The implicit reward of an answer is β (log π − log π_ref), Eq. 5. The score is the share of pairs whose chosen answer has
 * the higher one, as TRL's `rewards/accuracies` counts it: a tie, as before training, is not higher. 0 of no pairs.
 *
 * @param policy log π of both answers of each pair; nats.
 */
export const rewardScore = (
  pairs: readonly Referenced[],
  policy: readonly PairLogps[],
  beta: number,
): Pick<Score, 'score' | 'margin'> & {readonly grades: number[]} => {
  const margins = pairs.map(({referenceChosenLogps, referenceRejectedLogps}, index) => {
    const {chosen, rejected} = policy[index] ?? {chosen: Number.NaN, rejected: Number.NaN};
    return beta * (chosen - referenceChosenLogps - (rejected - referenceRejectedLogps));
  });
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const margin = mean(margins);
  const grades = margins.map((each) => (each > 0 ? 1 : 0));
  return {
    score: mean(grades),
    grades,
    // Of a policy whose weights are no numbers any more there is none to tell.
    ...(Number.isFinite(margin) ? {margin} : {}),
  };
};
