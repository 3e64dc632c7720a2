/** How a completion becomes a candidate whose chosen side a stronger model writes, whatever it is asked. */
import {type Completion, type PreferenceSource, RejectionReason} from '../../proto/messages.js';
import type {Endpoint} from '../endpoints/endpoint.js';
import {askedOf} from '../model/text/conversations.js';
import {ask, type Question} from './ask.js';
import type {ActorContext, Outcome} from './context.js';
import {rejectAnswerWith, watchFirstAnswers} from './first-answers.js';
import {hopelessIn, pairAgainst, type Written} from './policy-answer.js';
import {publishOrReject, reject} from './reject.js';

/** The endpoint, with what its actor's settings say of answers that are of no use. */
interface Writer extends Endpoint {
  readonly settings: Parameters<typeof watchFirstAnswers>[1] & {readonly retryMalformed: boolean};
}

interface Recipe<T> {
  readonly source: PreferenceSource;
  /** What counts the candidates. */
  readonly metric: string;
  /** Made for each completion, by the fleet as it then is. */
  questionOf(completion: Completion): Question<T>;
}

const DONE: Outcome = {kind: 'done'};

/** Whatever becomes of a completion is published before it is acknowledged: a candidate or a rejection, with its prompt's id. */
export const writeChosenWith = <
  F extends {readonly filter: Parameters<typeof hopelessIn>[1]},
  T extends Written & {readonly kind: string},
>(
  context: ActorContext<F>,
  writer: Writer,
  {source, metric, questionOf}: Recipe<T>,
) => {
  const {fleet, count} = context;
  const firstAnswers = watchFirstAnswers(context, writer.settings);
  const rejectAnswer = rejectAnswerWith(context, firstAnswers);

  return async (completion: Completion): Promise<Outcome> => {
    const {promptId, completion: answer} = completion;
    const rejected = {promptId, ...askedOf(completion), completions: [answer]};
    const hopeless = hopelessIn(completion, fleet.filter);
    if (hopeless !== undefined) {
      await reject(context, rejected, hopeless.reason, hopeless.detail);
      return DONE;
    }
    const asked = await ask(context, writer, questionOf(completion), writer.settings.retryMalformed);
    if (asked.kind === 'refused')
      return rejectAnswer(rejected, RejectionReason.REJECTION_REASON_ENDPOINT, asked.reason);
    if (asked.kind === 'malformed') {
      const unread = {...rejected, reply: asked.text};
      return rejectAnswer(unread, RejectionReason.REJECTION_REASON_FORMAT, asked.detail);
    }
    firstAnswers.usable();
    const pair = pairAgainst(completion, asked.read, {...asked.reply, source, usage: asked.usage});
    if (await publishOrReject(context, {...rejected, reply: pair.chosen}, 'candidates', pair)) count(metric);
    return DONE;
  };
};
