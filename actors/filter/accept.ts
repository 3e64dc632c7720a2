/** Which candidates become pairs (Appendix A.2). The paper gives no numbers for length; ours are in the fleet. Pure. */
import {distance} from 'fastest-levenshtein';
import {type CandidatePair, FinishReason, RejectionReason} from '../../proto/messages.js';
import {datasetOf, type FilterRule} from '../../runtime/datasets.js';
import {allusionIn} from './allusion.js';
import {languageOf} from './language.js';

export interface FilterSettings {
  /** A revision's length over the original's, in characters, must lie between these two. */
  readonly minLengthRatio: number;
  readonly maxLengthRatio: number;
  /** Characters that differ between the two sides, over the longer one's length, at least. */
  readonly minEditRatio?: number;
  /** What becomes of a policy's answer that was cut off at its limit. */
  readonly truncated?: 'reject' | 'keep';
  /** Rules that are not applied. */
  readonly without?: readonly FilterRule[];
}

export type Verdict =
  | {readonly kind: 'accepted'}
  | {readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string};

/** What the rules look at; texts without their outer space. */
interface Texts {
  readonly prompt: string;
  /** Of all turns. */
  readonly asked: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly lengths: string;
  readonly finishReason: FinishReason;
}

/** The detail of a rule that is broken; undefined where it is kept. */
type Rule = (texts: Texts, settings: FilterSettings) => string | undefined;

const rules: {readonly [R in FilterRule]: readonly [reason: RejectionReason, rule: Rule]} = {
  /** A side has no text. */
  empty: [
    RejectionReason.REJECTION_REASON_EMPTY,
    ({chosen, rejected, lengths}) => (chosen === '' || rejected === '' ? lengths : undefined),
  ],
  /** A policy's answer was cut off. */
  truncated: [
    RejectionReason.REJECTION_REASON_TRUNCATED,
    ({finishReason, lengths}, {truncated}) =>
      finishReason === FinishReason.FINISH_REASON_LENGTH && truncated !== 'keep'
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
  /** Both sides are almost the same. */
  near_duplicate: [
    RejectionReason.REJECTION_REASON_NEAR_DUPLICATE,
    ({chosen, rejected}, {minEditRatio = 0}) => {
      if (minEditRatio === 0) return undefined;
      const edited = distance(chosen, rejected);
      const ratio = edited / Math.max(chosen.length, rejected.length);
      if (ratio >= minEditRatio) return undefined;
      return `${edited} characters differ, a share of ${ratio.toFixed(4)}, below ${minEditRatio}`;
    },
  ],
  /** The revision speaks of being one. */
  allusion: [
    RejectionReason.REJECTION_REASON_ALLUSION,
    ({asked, chosen, rejected}) => {
      const found = allusionIn(chosen, asked, rejected);
      return found === undefined ? undefined : `the revision says "${found}"`;
    },
  ],
  /** The revision is neither in the answer's language nor in the prompt's, nor in that of all its turns. */
  language: [
    RejectionReason.REJECTION_REASON_LANGUAGE,
    ({prompt, asked, chosen, rejected}) => {
      const [is, was, ...spoken] = [chosen, rejected, prompt, asked].map(languageOf);
      if (is === undefined || was === undefined || is === was || spoken.includes(is)) return undefined;
      return `the answer is ${was}, the revision ${is}`;
    },
  ],
};
const everyRule = Object.keys(rules) as FilterRule[];

/** Applies the rules of the pair's dataset in order; the first that is broken gives the reason. */
export const accept = (pair: CandidatePair, settings: FilterSettings): Verdict => {
  const chosen = pair.chosen.trim();
  const rejected = pair.rejected.trim();
  const lengths = `chosen has ${chosen.length} characters, rejected ${rejected.length}`;
  const asked = [...(pair.history ?? []).map(({content}) => content), pair.prompt].join('\n');
  const texts = {prompt: pair.prompt, asked, chosen, rejected, lengths, finishReason: pair.finishReason};
  for (const name of datasetOf(pair.source)?.filters ?? everyRule) {
    if (settings.without?.includes(name)) continue;
    const [reason, rule] = rules[name];
    const detail = rule(texts, settings);
    if (detail !== undefined) return {kind: 'rejected', reason, detail};
  }
  return {kind: 'accepted'};
};
