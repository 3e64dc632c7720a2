/** Which candidates become pairs (Appendix A.2). The paper gives no numbers for length; ours are in the fleet. Pure. */
import {type CandidatePair, FinishReason, RejectionReason} from '../../proto/messages.js';
import {datasetOf, type FilterRule} from '../../runtime/datasets.js';

/** A revision's length over the original's, in characters, must lie from `minLengthRatio` to `maxLengthRatio`. */
export interface LengthLimits {
  readonly minLengthRatio: number;
  readonly maxLengthRatio: number;
}

export type Verdict =
  | {readonly kind: 'accepted'}
  | {readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string};

/** What the rules look at; texts without their outer space. */
interface Texts {
  readonly chosen: string;
  readonly rejected: string;
  readonly lengths: string;
  readonly finishReason: FinishReason;
}

/** The detail of a rule that is broken; undefined where it is kept. */
type Rule = (texts: Texts, limits: LengthLimits) => string | undefined;

const rules: {readonly [R in FilterRule]: readonly [reason: RejectionReason, rule: Rule]} = {
  /** A side has no text. */
  empty: [
    RejectionReason.REJECTION_REASON_EMPTY,
    ({chosen, rejected, lengths}) => (chosen === '' || rejected === '' ? lengths : undefined),
  ],
  /** A policy's answer was cut off. */
  truncated: [
    RejectionReason.REJECTION_REASON_TRUNCATED,
    ({finishReason, lengths}) =>
      finishReason === FinishReason.FINISH_REASON_LENGTH
        ? `an answer was cut off at its token limit; ${lengths}`
        : undefined,
  ],
  /** Both sides are the same but for outer space. */
  unchanged: [
    RejectionReason.REJECTION_REASON_UNCHANGED,
    ({chosen, rejected}) =>
      chosen === rejected ? `chosen and rejected are the same ${chosen.length} characters` : undefined,
  ],
  length: [
    RejectionReason.REJECTION_REASON_LENGTH,
    ({chosen, rejected, lengths}, {minLengthRatio, maxLengthRatio}) => {
      const ratio = chosen.length / rejected.length;
      if (ratio >= minLengthRatio && ratio <= maxLengthRatio) return undefined;
      return `length ratio ${ratio.toFixed(3)}, outside ${minLengthRatio} to ${maxLengthRatio}: ${lengths}`;
    },
  ],
};
const everyRule = Object.keys(rules) as FilterRule[];

/** Applies the rules of the pair's dataset in order; the first that is broken gives the reason. */
export const accept = (pair: CandidatePair, limits: LengthLimits): Verdict => {
  const chosen = pair.chosen.trim();
  const rejected = pair.rejected.trim();
  const lengths = `chosen has ${chosen.length} characters, rejected ${rejected.length}`;
  const texts = {chosen, rejected, lengths, finishReason: pair.finishReason};
  for (const name of datasetOf(pair.source)?.filters ?? everyRule) {
    const [reason, rule] = rules[name];
    const detail = rule(texts, limits);
    if (detail !== undefined) return {kind: 'rejected', reason, detail};
  }
  return {kind: 'accepted'};
};
