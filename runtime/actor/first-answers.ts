/** Watches the first answers of a model: where none of them gives a pair, those that follow would be paid for in vain. */
import {type Rejection, RejectionReason} from '../../proto/messages.js';
import {excerpt} from '../text/excerpt.js';
import {type AskedForm, answerRemedy} from './answer-remedy.js';
import type {ActorContext, Outcome} from './context.js';
import {type Rejected, reject} from './reject.js';

const {REJECTION_REASON_ENDPOINT, REJECTION_REASON_FORMAT} = RejectionReason;

export interface FirstAnswers {
  /** A pair was made: whatever follows, the model is of use. */
  usable(): void;
  /**
   * An answer was published as a rejection.
   *
   * @param reply what the model said, where it said anything.
   * @returns `fatal` where the run's first answers, those of the other processes of this actor among them, are all of that kind.
   */
  unusable(reply?: string): Promise<Outcome>;
}

/**
 * @param limit how many; 0 never ends the run.
 * @param processes of this actor, which share them.
 */
export const watchFirstAnswers = <F>(
  {bus, name}: Pick<ActorContext<F>, 'bus' | 'name'>,
  asking: AskedForm & {readonly model: string; readonly maxFirstUnusable: number; readonly count: number},
): FirstAnswers => {
  const {maxFirstUnusable: limit, count: processes} = asking;
  let isUseful = limit === 0;
  let own = 0;

  /** The rejections of this actor's answers so far. */
  const unusables = async (): Promise<Rejection[]> => {
    const {lastSequence} = await bus.state('rejections');
    const found: Rejection[] = [];
    if (lastSequence === 0) return found;
    for await (const {message} of bus.read('rejections', {sequence: 1, through: lastSequence})) {
      const isAnswer = [REJECTION_REASON_ENDPOINT, REJECTION_REASON_FORMAT].includes(message.reason);
      if (message.actor === name && isAnswer) found.push(message);
    }
    return found;
  };

  return {
    usable: () => {
      isUseful = true;
    },
    unusable: async (reply = '') => {
      own += 1;
      if (isUseful || own < limit / Math.max(1, processes)) return {kind: 'done'};
      // Another process, or this one before it was started again, may have made pairs.
      isUseful = (await bus.state('candidates')).lastSequence > 0;
      if (isUseful) return {kind: 'done'};
      const details = (await unusables()).map(({detail}) => detail);
      if (details.length < limit) return {kind: 'done'};
      return {kind: 'fatal', isDone: true, reason: complaint(`actors.${name}`, asking, details, reply)};
    },
  };
};

/** Publishes an answer that gives no pair as a rejection, and has it watched. */
export const rejectAnswerWith =
  <F>(context: ActorContext<F>, firstAnswers: FirstAnswers) =>
  async (rejected: Rejected, reason: RejectionReason, detail: string): Promise<Outcome> => {
    await reject(context, rejected, reason, detail);
    return firstAnswers.unusable(rejected.reply);
  };

/** One line: how many, why, an example and what to change. */
const complaint = (
  key: string,
  {model, ...asked}: AskedForm & {readonly model: string},
  details: readonly string[],
  reply: string,
): string => {
  const counts = new Map<string, number>();
  for (const detail of details) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  const ranked = [...counts].sort(([, one], [, other]) => other - one);
  const reasons = ranked.slice(0, 3).map(([detail, times]) => `${times} × ${excerpt(detail, 160)}`);
  if (ranked.length > 3) reasons.push(`${ranked.length - 3} other reasons`);
  const example = excerpt(reply.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), 160);
  return (
    `none of the first ${details.length} answers of ${model} (${key}) gives a pair: ${reasons.join('; ')}` +
    `${example === '' ? '' : `; the last one begins: ${example}`}` +
    `; ${answerRemedy(key, ranked[0]?.[0] ?? '', asked)}, or set ${key}.maxFirstUnusable to 0 to go on whatever it answers`
  );
};
