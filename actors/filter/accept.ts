/** Which candidates become pairs (Appendix A.2). The paper gives no numbers for length; ours are in the fleet. Pure. */
import {type CandidatePair, FinishReason, PreferenceSource, RejectionReason} from '../../proto/messages.js';

/** A revision's length over the original's, in characters, must lie from `minLengthRatio` to `maxLengthRatio`. */
export interface LengthLimits {
  readonly minLengthRatio: number;
  readonly maxLengthRatio: number;
}

export type Verdict =
  | {readonly kind: 'accepted'}
  | {readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string};

/**
 * Applies the rules in order; the first that is broken gives the reason. `EMPTY`: a side has no text. `TRUNCATED`: a
 * policy's answer was cut off. `UNCHANGED`: both sides are the same but for outer space. `LENGTH`, revisions only: a
 * reviser that misunderstood its prompt mostly shows in the length; a judge may pick answers of any lengths.
 */
export const accept = (pair: CandidatePair, {minLengthRatio, maxLengthRatio}: LengthLimits): Verdict => {
  const chosen = pair.chosen.trim();
  const rejected = pair.rejected.trim();
  const lengths = `chosen has ${chosen.length} characters, rejected ${rejected.length}`;
  if (chosen === '' || rejected === '') return reject(RejectionReason.REJECTION_REASON_EMPTY, lengths);
  if (pair.finishReason === FinishReason.FINISH_REASON_LENGTH) {
    return reject(
      RejectionReason.REJECTION_REASON_TRUNCATED,
      `an answer was cut off at its token limit; ${lengths}`,
    );
  }
  if (chosen === rejected) {
    return reject(
      RejectionReason.REJECTION_REASON_UNCHANGED,
      `chosen and rejected are the same ${chosen.length} characters`,
    );
  }
  const ratio = chosen.length / rejected.length;
  const isRevision = pair.source === PreferenceSource.PREFERENCE_SOURCE_REVISION;
  if (isRevision && (ratio < minLengthRatio || ratio > maxLengthRatio)) {
    const range = `outside ${minLengthRatio} to ${maxLengthRatio}`;
    return reject(
      RejectionReason.REJECTION_REASON_LENGTH,
      `length ratio ${ratio.toFixed(3)}, ${range}: ${lengths}`,
    );
  }
  return {kind: 'accepted'};
};

const reject = (reason: RejectionReason, detail: string): Verdict => ({kind: 'rejected', reason, detail});
