/** Which two answers a judgment makes a pair of (Eq. 2), and which none could. Pure. */
import {
  type CandidatePair,
  type CompletionPair,
  FinishReason,
  type PreferenceSource,
  RejectionReason,
  type Usage,
} from '../../proto/messages.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import type {Side} from './judge.js';

/** Why no judgment could make a pair of these answers; undefined where one may. Asking would cost and give nothing. */
export const unjudgeable = (
  pair: CompletionPair,
  {truncated = 'reject'}: {readonly truncated?: 'reject' | 'keep'} = {},
) => {
  const {first, second} = pair;
  if (first.trim() === '' || second.trim() === '') {
    const detail = `the ${first.trim() === '' ? 'first' : 'second'} answer is empty`;
    return {reason: RejectionReason.REJECTION_REASON_EMPTY, detail};
  }
  if (truncated === 'reject' && finishReasonOf(pair) === FinishReason.FINISH_REASON_LENGTH) {
    return {
      reason: RejectionReason.REJECTION_REASON_TRUNCATED,
      detail: 'an answer was cut off at its token limit',
    };
  }
  if (first.trim() === second.trim()) {
    return {reason: RejectionReason.REJECTION_REASON_UNCHANGED, detail: 'both answers are the same text'};
  }
  return undefined;
};

/** Eq. 2: y_w, y_l = Judge(x, y_1, y_2). */
export const judgedPair = (
  pair: CompletionPair,
  better: Side,
  rationale: string,
  by: {
    readonly source: PreferenceSource;
    readonly model: string;
    readonly requestId: string;
    readonly usage: Usage;
  },
): CandidatePair => {
  const firstIsBetter = better === 'first';
  const {firstIds, secondIds} = pair;
  return {
    promptId: pair.promptId,
    ...askedOf(pair),
    chosen: firstIsBetter ? pair.first : pair.second,
    rejected: firstIsBetter ? pair.second : pair.first,
    chosenIds: firstIsBetter ? firstIds : secondIds,
    rejectedIds: firstIsBetter ? secondIds : firstIds,
    source: by.source,
    rationale,
    policyVersion: pair.policyVersion,
    model: by.model,
    requestId: by.requestId,
    usage: by.usage,
    finishReason: finishReasonOf(pair),
    sampling: pair.sampling ?? null,
  };
};

const finishReasonOf = ({firstFinishReason, secondFinishReason}: CompletionPair): FinishReason =>
  secondFinishReason === FinishReason.FINISH_REASON_LENGTH ? secondFinishReason : firstFinishReason;
