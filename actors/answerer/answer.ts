/**
 * How a stronger model's own answer is read (Eq. 4). Pure.
 *
 * It is asked the prompt as it stands: the paper gives no other words, and an answer to them would not be one to the prompt. There
 * is no form to keep to, so only what is no answer is refused: an empty one, a cut one, thoughts that do not end.
 */

import {RejectionReason} from '../../proto/messages.js';
import type {Asked} from '../../runtime/actor/ask.js';
import type {Answer} from '../../runtime/endpoints/reply.js';
import {type AskedPrompt, askedOf} from '../../runtime/model/text/conversations.js';
import {bareAnswer, endingOf, rationaleOf} from '../../runtime/text/answer-form.js';

export type StrongerAnswer =
  | {readonly kind: 'answer'; readonly text: string; readonly rationale: string}
  | {readonly kind: 'malformed'; readonly detail: string};

/** The turns as they are; a system message of their own goes before the fleet's. */
export const questionFor = (asked: AskedPrompt, system: string | undefined) => ({
  ...askedOf(asked),
  system: asked.history?.[0]?.role === 'system' ? undefined : system,
});

/** Takes the answer out of a reply; thoughts aloud before it are the rationale. */
export const parseAnswer = ({
  text,
  finishReason,
  reasoning,
}: Pick<Answer, 'text' | 'finishReason' | 'reasoning'>): StrongerAnswer => {
  const ending = endingOf(finishReason);
  if (ending !== 'whole') return malformed(`the answer is ${ending}: finish_reason is ${finishReason}`);
  const bare = bareAnswer(text);
  if (bare.kind === 'malformed') return bare;
  return {kind: 'answer', text: bare.text, rationale: rationaleOf(reasoning, bare.thoughts)};
};

const malformed = (detail: string): StrongerAnswer => ({kind: 'malformed', detail});

/** Why fewer than two models gave an answer that could be read: the first that did not says it. */
export const whyFew = (asked: readonly Asked<unknown>[]) => {
  for (const found of asked) {
    if (found.kind === 'refused')
      return {reason: RejectionReason.REJECTION_REASON_ENDPOINT, detail: found.reason};
    if (found.kind === 'malformed')
      return {reason: RejectionReason.REJECTION_REASON_FORMAT, detail: found.detail};
  }
  return {reason: RejectionReason.REJECTION_REASON_EMPTY, detail: 'no other model answered'};
};
