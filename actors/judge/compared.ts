/** What a judge made of a chosen answer and a fresh one of the policy, as a message. Pure. */
import {Better, type Comparison, type CompletionPair} from '../../proto/messages.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import type {Side} from './judge.js';

/** Which is better, or why none is. */
type Found =
  | {readonly better: Side; readonly rationale: string; readonly model: string}
  | {readonly detail: string};

/** @param pair the chosen answer is its first. */
export const comparisonOf = (
  {promptId, first: chosen, second: fresh, policyVersion, ...asked}: CompletionPair,
  found: Found,
): Comparison => ({
  promptId,
  ...askedOf(asked),
  chosen,
  fresh,
  policyVersion,
  ...('better' in found
    ? {
        better: found.better === 'first' ? Better.BETTER_CHOSEN : Better.BETTER_FRESH,
        rationale: found.rationale,
        model: found.model,
      }
    : {better: Better.BETTER_NEITHER, rationale: found.detail, model: ''}),
});
