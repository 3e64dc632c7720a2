/** Which of two answers a judge prefers, asked in one order or in both. */
import {RejectionReason, type Usage} from '../../../proto/messages.js';
import {ask} from '../../../runtime/actor/ask.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import type {Endpoint} from '../../../runtime/endpoints/endpoint.js';
import {usageSum} from '../../../runtime/endpoints/usage.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {AskedPrompt} from '../../../runtime/model/text/conversations.js';
import {seedOf} from '../../../runtime/seed.js';
import {rationaleOf} from '../../../runtime/text/answer-form.js';
import {
  type JudgmentWords,
  judgmentAnswerForm,
  judgmentPrompt,
  parseJudgment,
  preferredIn,
  type Side,
  show,
  turned,
} from '../judge.js';

/** With what all of its questions took. */
export type Comparison = {readonly usage: Usage} & (
  | {
      readonly kind: 'better';
      readonly better: Side;
      readonly rationale: string;
      readonly model: string;
      readonly requestId: string;
    }
  /** The judge was understood, and prefers neither. */
  | {readonly kind: 'even'; readonly reason: RejectionReason; readonly detail: string; readonly reply: string}
  /** It was not. */
  | {
      readonly kind: 'unusable';
      readonly reason: RejectionReason;
      readonly detail: string;
      readonly reply: string | undefined;
    }
);

/** Two answers to a prompt; `id` names the comparison. */
export interface Compared extends AskedPrompt {
  readonly id: string;
  readonly first: string;
  readonly second: string;
}

const {
  REJECTION_REASON_ENDPOINT,
  REJECTION_REASON_FORMAT,
  REJECTION_REASON_TIE,
  REJECTION_REASON_DISAGREEMENT,
} = RejectionReason;

export const compareWith = (
  context: Pick<ActorContext<Fleet>, 'fleet' | 'signal' | 'count'>,
  endpoint: Endpoint,
  words: JudgmentWords,
) => {
  const {fleet, count} = context;
  const {orders: shownIn, system, structured, retryMalformed = true} = fleet.actors.judge ?? {};

  return async ({id, ...texts}: Compared): Promise<Comparison> => {
    const begun = show({...texts, promptId: id}, fleet.seed);
    const orders = shownIn === 'seeded' ? [begun] : [begun, turned(begun)];
    const rationales: string[] = [];
    let found: Side | undefined;
    let by = {model: '', requestId: ''};
    let usage = usageSum([]);
    for (const [turn, shown] of orders.entries()) {
      const named = turn === 0 ? ['judgment', id] : ['judgment', id, 'turned'];
      const asked = await ask(
        context,
        endpoint,
        {
          system,
          prompt: judgmentPrompt(shown, words),
          form: structured ? judgmentAnswerForm(words.form) : undefined,
          seeds: [seedOf(fleet.seed, ...named), seedOf(fleet.seed, ...named, 'again')],
          read: (reply) => parseJudgment(reply, words),
        },
        retryMalformed,
      );
      usage = usageSum([usage, asked.usage]);
      if (asked.kind === 'refused') {
        const {reason: detail} = asked;
        return {kind: 'unusable', reason: REJECTION_REASON_ENDPOINT, detail, reply: undefined, usage};
      }
      if (asked.kind === 'malformed') {
        const {detail, text: reply} = asked;
        return {kind: 'unusable', reason: REJECTION_REASON_FORMAT, detail, reply, usage};
      }
      const {better, rationale} = asked.read;
      const {text: reply} = asked.reply;
      if (better === 0) {
        const detail = 'the judge finds neither better';
        return {kind: 'even', reason: REJECTION_REASON_TIE, detail, reply, usage};
      }
      count('judgments/verdicts');
      if (better === 1) count('judgments/first');
      const preferred = preferredIn(shown, better);
      if (turn > 0) count('judgments/twice');
      if (found !== undefined && preferred !== found) {
        const detail = `in both orders the judge prefers the answer shown ${better === 1 ? 'first' : 'second'}`;
        return {kind: 'even', reason: REJECTION_REASON_DISAGREEMENT, detail, reply, usage};
      }
      if (turn > 0) count('judgments/agreed');
      found = preferred;
      by = turn === 0 ? asked.reply : by;
      rationales.push(rationale);
    }
    if (found === undefined) throw new Error('a judgment without an order');
    const {model, requestId} = by;
    return {kind: 'better', better: found, rationale: rationaleOf(...rationales), model, requestId, usage};
  };
};
