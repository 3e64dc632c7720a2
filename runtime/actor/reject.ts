/** The end of a prompt that gives no pair: a message that says why, with the texts that it is about, and its count. */
import {type CandidatePair, PreferenceSource, RejectionReason} from '../../proto/messages.js';
import type {ChannelName, MessageOf} from '../bus/channels/subjects.js';
import {MessageTooLarge} from '../bus/connection/failures.js';
import {excerpt} from '../excerpt.js';
import {rejectionsOf} from '../metrics/names.js';
import {redacted} from '../redact.js';
import type {ActorContext} from './context.js';

/** What became of a prompt until it was rejected. */
export interface Rejected {
  readonly promptId: string;
  readonly prompt: string;
  /** The policy's answers. */
  readonly completions: readonly string[];
  /** What the reviser or the judge sent. */
  readonly reply?: string;
}

/** A message has room for four such texts, whatever their letters. */
const MOST_CHARACTERS = 16_384;

/** Publishes a rejection under its prompt's id; the caller then acknowledges what it rejected. */
export const reject = async <F>(
  {bus, name, grace, count}: ActorContext<F>,
  {promptId, prompt, completions, reply}: Rejected,
  reason: RejectionReason,
  detail: string,
): Promise<void> => {
  const cut = (text: string): string => excerpt(text, MOST_CHARACTERS);
  const texts = {
    prompt: cut(prompt),
    completions: completions.map(cut),
    ...(reply === undefined ? {} : {reply: cut(reply)}),
  };
  const rejection = {promptId, actor: name, reason, detail: cut(redacted(detail)), ...texts};
  await bus.publish('rejections', rejection, promptId, grace);
  count(rejectionsOf(reason));
};

/**
 * Publishes what became of a prompt, under its id: or, where no message of the server has room for it, its rejection.
 *
 * @returns whether it was published.
 */
export const publishOrReject = async <F, N extends ChannelName>(
  context: ActorContext<F>,
  rejected: Rejected,
  channel: N,
  message: MessageOf<N>,
): Promise<boolean> => {
  try {
    await context.bus.publish(channel, message, rejected.promptId, context.grace);
    return true;
  } catch (error) {
    if (!(error instanceof MessageTooLarge)) throw error;
    await reject(context, rejected, RejectionReason.REJECTION_REASON_TOO_LARGE, error.message);
    return false;
  }
};

type Texts = Pick<CandidatePair, 'promptId' | 'prompt' | 'chosen' | 'rejected' | 'source'>;

/** A pair as what is rejected: of a revision the policy's answer and the reviser's, of a judgment the policy's two. */
export const rejectedPair = ({promptId, prompt, chosen, rejected, source}: Texts): Rejected =>
  source === PreferenceSource.PREFERENCE_SOURCE_REVISION
    ? {promptId, prompt, completions: [rejected], reply: chosen}
    : {promptId, prompt, completions: [chosen, rejected]};
