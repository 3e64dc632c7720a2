/** The end of a prompt that gives no pair: a message that says why, with the texts that it is about, and its count. */
import {type CandidatePair, type Rejection, RejectionReason, type Turn} from '../../proto/messages.js';
import type {ChannelName, MessageOf} from '../bus/channels/subjects.js';
import {MessageTooLarge} from '../bus/connection/failures.js';
import {datasetOf} from '../datasets.js';
import {rejectionsOf} from '../metrics/names.js';
import {type AskedPrompt, askedOf} from '../model/text/conversations.js';
import {excerpt} from '../text/excerpt.js';
import {redacted} from '../text/redact.js';
import type {ActorContext} from './context.js';

/** What became of a prompt until it was rejected. */
export interface Rejected extends AskedPrompt {
  readonly promptId: string;
  /** The policy's answers. */
  readonly completions: readonly string[];
  /** What the reviser or the judge sent. */
  readonly reply?: string;
}

/** A message has room for six such texts, whatever their letters, where the server takes what servers do by default. */
const MOST_CHARACTERS = 16_384;
/** A server that has no room for as much takes nothing of a run. */
const LEAST_CHARACTERS = 16;

/**
 * Publishes a rejection under its prompt's id, with as much of its texts as the server takes; the caller then acknowledges
 * what it rejected.
 */
export const reject = async <F>(
  {bus, name, grace, count}: ActorContext<F>,
  {promptId, prompt, history = [], completions, reply}: Rejected,
  reason: RejectionReason,
  detail: string,
): Promise<void> => {
  const said = redacted(detail);
  const longest = Math.max(
    ...[said, prompt, reply ?? '', ...completions].map(({length}) => length),
    charactersOf(history),
  );
  const rejectionOf = (most: number): Rejection => {
    const cut = (text: string): string => excerpt(text, most);
    return {
      promptId,
      actor: name,
      reason,
      detail: cut(said),
      prompt: cut(prompt),
      history: lastTurns(history, most),
      completions: completions.map(cut),
      ...(reply === undefined ? {} : {reply: cut(reply)}),
      ...(longest > most ? {truncated: true} : {}),
    };
  };
  for (let most = MOST_CHARACTERS; ; most /= 2) {
    try {
      await bus.publish('rejections', rejectionOf(most), promptId, grace);
      break;
    } catch (error) {
      if (!(error instanceof MessageTooLarge) || most <= LEAST_CHARACTERS) throw error;
    }
  }
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

const charactersOf = (history: readonly Turn[]): number =>
  history.reduce((sum, {content}) => sum + content.length, 0);

/** The last turns that have no more characters together. */
const lastTurns = (history: readonly Turn[], most: number): Turn[] => {
  const first = history.findIndex((_, index) => charactersOf(history.slice(index)) <= most);
  return first < 0 ? [] : history.slice(first);
};

type Texts = Pick<CandidatePair, 'promptId' | 'prompt' | 'history' | 'chosen' | 'rejected' | 'source'>;

/** A pair as what is rejected: the policy's answers in it, and what a model behind an endpoint sent. */
export const rejectedPair = ({promptId, source, chosen, rejected, ...asked}: Texts): Rejected => ({
  promptId,
  ...askedOf(asked),
  ...(datasetOf(source)?.writes
    ? {completions: [rejected], reply: chosen}
    : {completions: [chosen, rejected]}),
});
