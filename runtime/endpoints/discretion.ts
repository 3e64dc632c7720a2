/** What an endpoint says may repeat the key that it was sent, in an error, a header or an answer: none of it goes further. */
import {holdsSecret, redacted} from '../text/redact.js';
import type {Attempt} from './reply.js';

/** The same, without this process's secrets. An answer that has one in it is no text to train on, and is refused whole. */
export const withoutSecrets = (attempt: Attempt): Attempt => {
  if (attempt.kind !== 'answer') return {...attempt, reason: redacted(attempt.reason)};
  if (holdsSecret(attempt.text)) {
    const reason = 'the answer has the key of an endpoint in it, or another secret of this machine';
    return {kind: 'refused', reason, status: undefined, retryAfterMs: undefined};
  }
  const {finishReason, model, requestId} = attempt;
  return {
    ...attempt,
    finishReason: redacted(finishReason),
    model: redacted(model),
    requestId: redacted(requestId),
  };
};
