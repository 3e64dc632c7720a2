/** Which pairs of the log are not trained on, and why. Pure. */
import {type PreferencePair, RejectionReason} from '../../proto/messages.js';
import type {Freshness} from '../../runtime/fleet/feed/admission.js';
import {type TokenLimits, tokensComplaint} from '../../runtime/learning/pair.js';
import {isStale, staleDetail} from './staleness.js';

export interface Unfitness {
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** What a fleet says of its pairs. */
type Limits = Freshness & {readonly policy: Omit<TokenLimits, 'vocabSize'>};

/**
 * Why a pair is not trained on by the step that follows so many others; undefined where it is. It follows from the pair and
 * the step alone, so that every shard, and a learner that goes on from a checkpoint, leaves out the same ones.
 */
export const unfitness =
  (fleet: Limits, {vocabSize}: Pick<TokenLimits, 'vocabSize'>) =>
  (pair: PreferencePair, step: number): Unfitness | undefined => {
    const odd = tokensComplaint(pair, {...fleet.policy, vocabSize});
    if (odd !== undefined) return {reason: RejectionReason.REJECTION_REASON_UNREADABLE, detail: odd};
    if (!isStale(pair, step, fleet)) return undefined;
    return {reason: RejectionReason.REJECTION_REASON_STALE, detail: staleDetail(pair, step, fleet)};
  };
