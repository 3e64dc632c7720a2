/** What becomes of a prompt that the policy was to answer: one on its way to a pair, or one whose answer is only compared. */
import {Better, RejectionReason} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {publishComparison} from '../../../runtime/actor/publish-comparison.js';
import {publishOrReject, type Rejected, reject} from '../../../runtime/actor/reject.js';
import type {MessageOf} from '../../../runtime/bus/channels/subjects.js';
import {MessageTooLarge} from '../../../runtime/bus/connection/failures.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {askedOf} from '../../../runtime/model/text/conversations.js';
import type {answersFor} from '../requests.js';

type Queue = keyof typeof answersFor;

export interface End {
  /** It has answers. */
  some<Q extends Queue>(prompt: Rejected, queue: Q, answers: MessageOf<Q>): Promise<void>;
  /** It has none. */
  none(prompt: Rejected, reason: RejectionReason, detail: string): Promise<void>;
}

export const endOfPrompt = (context: ActorContext<Fleet>): End => ({
  async some(prompt, queue, answers) {
    await publishOrReject(context, prompt, queue, answers);
    context.count('prompts');
  },
  none: (prompt, reason, detail) => reject(context, prompt, reason, detail),
});

/** No pair comes of it, and nobody counts it among the prompts. */
export const endOfComparison = (context: ActorContext<Fleet>): End => {
  const none: End['none'] = ({promptId, completions: [fresh = ''], ...prompt}, _, rationale) =>
    publishComparison(context, {
      promptId,
      ...askedOf(prompt),
      chosen: '',
      fresh,
      policyVersion: 0,
      better: Better.BETTER_NEITHER,
      rationale,
      model: '',
    });
  return {
    none,
    async some(prompt, queue, answers) {
      try {
        await context.bus.publish(queue, answers, prompt.promptId, context.grace);
      } catch (error) {
        if (!(error instanceof MessageTooLarge)) throw error;
        await none(prompt, RejectionReason.REJECTION_REASON_TOO_LARGE, error.message);
      }
    },
  };
};
