/** Which of several answers make a pair: the best, and one that is worse. Pure. */
import {
  type AnswerSet,
  type CandidatePair,
  FinishReason,
  type GivenAnswer,
  type PreferenceSource,
  RejectionReason,
  type Usage,
} from '../proto/messages.js';
import type {RejectedRank} from './datasets.js';
import {usageSum} from './endpoints/usage.js';
import {askedOf} from './model/text/conversations.js';

export type Usable =
  | {readonly kind: 'usable'; readonly answers: readonly GivenAnswer[]}
  | {readonly kind: 'hopeless'; readonly reason: RejectionReason; readonly detail: string};

/** The answers that can be ranked: each with text, whole unless the fleet keeps others, no text twice. */
export const usableIn = (
  {answers}: Pick<AnswerSet, 'answers'>,
  {truncated = 'reject'}: {readonly truncated?: 'reject' | 'keep'} = {},
): Usable => {
  const written = answers.filter(({text}) => text.trim() !== '');
  const whole = written.filter(
    ({finishReason}) => truncated === 'keep' || finishReason !== FinishReason.FINISH_REASON_LENGTH,
  );
  const texts = whole.map(({text}) => text.trim());
  const distinct = whole.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
  if (distinct.length >= 2) return {kind: 'usable', answers: distinct};
  const detail = `of ${answers.length} answers ${answers.length - written.length} are empty, ${written.length - whole.length} were cut off, and ${distinct.length} are left that differ`;
  const reason =
    written.length < 2
      ? RejectionReason.REJECTION_REASON_EMPTY
      : whole.length < 2
        ? RejectionReason.REJECTION_REASON_TRUNCATED
        : RejectionReason.REJECTION_REASON_UNCHANGED;
  return {kind: 'hopeless', reason, detail};
};

/**
 * The places of chosen and rejected. Of equals the first counts: they are samples of one policy, in no order.
 *
 * @returns undefined where no answer is worse than the best.
 */
export const ranked = (
  values: readonly number[],
  rejected: RejectedRank,
): {readonly chosen: number; readonly rejected: number} | undefined => {
  const order = values.map((value, place) => ({value, place})).sort((one, other) => other.value - one.value);
  const [best] = order;
  const worse = order.filter(({value}) => value < (best?.value ?? 0));
  const at = {worst: worse.length - 1, median: Math.floor((worse.length - 1) / 2), next: 0}[rejected];
  const lowest = rejected === 'worst' ? worse.find(({value}) => value === worse.at(-1)?.value) : worse[at];
  return best === undefined || lowest === undefined
    ? undefined
    : {chosen: best.place, rejected: lowest.place};
};

/** The pair of two of a set's answers. */
export const rankedPair = (
  set: AnswerSet,
  {chosen, rejected}: {readonly chosen: GivenAnswer; readonly rejected: GivenAnswer},
  by: {
    readonly source: PreferenceSource;
    readonly rationale: string;
    readonly model: string;
    readonly requestId: string;
    /** Beside that of the answers; undefined where nobody was asked. */
    readonly usage?: Usage;
  },
): CandidatePair => ({
  promptId: set.promptId,
  ...askedOf(set),
  chosen: chosen.text,
  rejected: rejected.text,
  chosenIds: [...(chosen.ids ?? [])],
  rejectedIds: [...(rejected.ids ?? [])],
  source: by.source,
  rationale: by.rationale,
  policyVersion: set.policyVersion,
  model: by.model,
  requestId: by.requestId,
  usage: set.usage || by.usage ? usageSum([set.usage, by.usage]) : null,
  finishReason: [chosen, rejected].some(
    ({finishReason}) => finishReason === FinishReason.FINISH_REASON_LENGTH,
  )
    ? FinishReason.FINISH_REASON_LENGTH
    : FinishReason.FINISH_REASON_STOP,
  sampling: set.sampling ?? null,
});
