/** One answer of the policy as the rejected side of a pair, with what a stronger model wrote as the chosen one. Pure. */
import {
  type CandidatePair,
  type Completion,
  FinishReason,
  type PreferenceSource,
  RejectionReason,
  type Usage,
} from '../../proto/messages.js';
import {usageSum} from '../endpoints/usage.js';
import {askedOf} from '../model/text/conversations.js';

/**
 * Why nothing could make a pair of this completion; undefined where something may. Asking would cost and give nothing.
 *
 * @param truncated whether an answer that was cut off at its limit is kept: it has no end token, and none is trained on.
 */
export const hopelessIn = (
  {completion, finishReason, completionIds}: Completion,
  {truncated = 'reject'}: {readonly truncated?: 'reject' | 'keep'} = {},
) => {
  if (completion.trim() === '') {
    return {reason: RejectionReason.REJECTION_REASON_EMPTY, detail: 'the completion is empty'};
  }
  if (finishReason === FinishReason.FINISH_REASON_LENGTH && truncated === 'reject') {
    const detail = `the completion was cut off at ${completionIds.length} tokens`;
    return {reason: RejectionReason.REJECTION_REASON_TRUNCATED, detail};
  }
  return undefined;
};

/** What the stronger model wrote, taken from its reply. */
export interface Written {
  readonly text: string;
  readonly rationale: string;
}
/** Who wrote it, by which recipe, and what that took. */
export interface Writer {
  readonly source: PreferenceSource;
  readonly model: string;
  readonly requestId: string;
  /** Beside that of the policy's answer. */
  readonly usage: Usage;
}

/**
 * y_l = M(x) is rejected, what was written is chosen. Both begin and end with the same white space: it is the policy's, and it
 * decides how the first word is encoded.
 */
export const pairAgainst = (
  completion: Completion,
  {text, rationale}: Written,
  by: Writer,
): CandidatePair => ({
  promptId: completion.promptId,
  ...askedOf(completion),
  chosen: withOuterSpaceOf(completion.completion, withLineEndsOf(completion.completion, text)),
  rejected: completion.completion,
  // What was written has no tokens of its own yet: the reference encodes it, once.
  chosenIds: [],
  rejectedIds: completion.completionIds,
  source: by.source,
  rationale,
  policyVersion: completion.policyVersion,
  model: by.model,
  requestId: by.requestId,
  usage: usageSum([completion.usage, by.usage]),
  finishReason: completion.finishReason,
  sampling: completion.sampling ?? null,
});

/** A text between the white space that the original begins and ends with: nobody was asked about it. */
const withOuterSpaceOf = (original: string, text: string): string => {
  const begin = original.slice(0, original.length - original.trimStart().length);
  return begin + text.trim() + original.slice(original.trimEnd().length);
};

/** Some gateways write every line end as Windows does: that is no difference between two answers. */
const withLineEndsOf = (original: string, text: string): string =>
  original.includes('\r') ? text : text.replaceAll('\r\n', '\n');
