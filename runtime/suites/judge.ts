/** A model that judges answers, asked until what it says can be read. */
import {answerRemedy} from '../actor/answer-remedy.js';
import {heldFor} from '../endpoints/ahead.js';
import type {ChatRequest} from '../endpoints/chat.js';
import type {Endpoint} from '../endpoints/endpoint.js';
import {bareAnswer, endingOf} from '../text/answer-form.js';
import {excerpt} from '../text/excerpt.js';
import type {ReadVerdict, VerdictWords} from './verdict.js';

export type Verdict<T> =
  /** `reply` is what the judge said. */
  | {readonly kind: 'read'; readonly value: T; readonly reply: string}
  /** The endpoint, or a filter of its, does not answer this question. */
  | {readonly kind: 'blocked'; readonly reason: string}
  /** Nothing that could be read came in so many tries; `reply` is the last, and `cause` is of it: `form` unless given. */
  | {
      readonly kind: 'unreadable';
      readonly cause?: UnreadableCause;
      readonly tries: number;
      readonly reply: string;
    };

/** Its answer was ended by the limit on its tokens, by a fault, was empty, or has no verdict in the form that was asked for. */
export type UnreadableCause = 'cut' | 'broken' | 'empty' | 'form';

export type Question = Pick<ChatRequest, 'system' | 'prompt' | 'examples' | 'form'>;

export interface Judge {
  readonly model: string;
  /** As its endpoint's. */
  readonly concurrency?: number | undefined;
  /** What suites ask it for; the form of their publications unless given. */
  readonly words?: VerdictWords | undefined;
  /** Where its settings are: the fleet's key, such as `evaluation.judge`, or what a command's options begin with. */
  readonly key?: string | undefined;
  /** It is given up where none of so many first verdicts can be had; 0 or undefined asks on. */
  readonly maxFirstUnusable?: number | undefined;
  /**
   * @param read what a reply says; undefined where it says nothing of the kind, and the judge is asked again by another seed.
   * @throws as `Endpoint.complete`, where the endpoint itself fails.
   */
  ask<T>(question: Question, read: ReadVerdict<T>): Promise<Verdict<T>>;
}

/** Of the same question: MixEval asks ten times; a model that keeps to no form in three seldom does in ten. */
const TRIES = 3;

/** As whoever sets it up says. */
export type JudgeSettings = Pick<Judge, 'model' | 'words' | 'key' | 'maxFirstUnusable'>;

/**
 * A judge behind an endpoint. What it says in thought, before its answer, is not read. It is not asked again where its answer was
 * cut, since the same limit holds; nor where another seed brought the same words, as of a server that decodes greedily.
 */
export const judgeOf = (
  endpoint: Endpoint,
  {signal, seed = 0, ...settings}: JudgeSettings & {readonly signal: AbortSignal; readonly seed?: number},
): Judge => ({
  ...settings,
  concurrency: endpoint.concurrency,
  async ask(question, read) {
    for (let tries = 1, before = ''; ; tries++) {
      const answer = await endpoint.complete({...question, seed: seed + tries - 1, signal});
      if (answer.kind === 'refused') return {kind: 'blocked', reason: answer.reason};
      const {text: reply, finishReason} = answer;
      const ending = endingOf(finishReason);
      const text = bareAnswer(reply);
      // A limit that ended a line has cut nothing of it.
      const cut = ending === 'cut' && reply.endsWith('\n') ? 'whole' : ending;
      const value = text.kind === 'answer' ? read(text.text, cut) : undefined;
      if (value !== undefined) return {kind: 'read', value, reply};
      if (ending === 'withheld')
        return {kind: 'blocked', reason: `the judge's answer was withheld (${finishReason})`};
      const cause = ending === 'whole' ? (reply.trim() === '' ? 'empty' : 'form') : ending;
      if (cause === 'cut' || tries === TRIES || (tries > 1 && reply === before))
        return {kind: 'unreadable', cause, tries, reply};
      before = reply;
    }
  },
});

/** Items that are graded at once where nobody says how many requests a judge takes. */
const AHEAD = 16;

/** Items that are graded at once: enough for all requests that the judge's endpoint takes. */
export const gradedAtOnce = (judge: Judge | undefined): number =>
  judge?.concurrency === undefined ? AHEAD : heldFor(judge.concurrency);

/** Why a verdict is no score, in a few words. */
export const unscoredBecause = (verdict: Exclude<Verdict<unknown>, {readonly kind: 'read'}>): string =>
  verdict.kind === 'blocked' ? BLOCKED : UNREADABLE[verdict.cause ?? 'form'];

const BLOCKED = 'the judge was blocked';
const UNREADABLE: Readonly<Record<UnreadableCause, string>> = {
  cut: "the judge's answer is cut",
  broken: "the judge's answer is broken off",
  empty: "the judge's answer is empty",
  form: 'the judge cannot be read',
};

/** What to change where that is why; undefined of another reason. @param key as `Judge.key`. */
export const judgeRemedy = (key: string, reason: string): string | undefined =>
  [BLOCKED, ...Object.values(UNREADABLE)].includes(reason) ? answerRemedy(key, reason) : undefined;

const MOST_OF_REPLY = 4096;

/** What of a verdict stands with an item. */
export const verdictDetails = (verdict: Verdict<unknown>): Readonly<Record<string, unknown>> =>
  verdict.kind === 'blocked'
    ? {judge_refusal: excerpt(verdict.reason, MOST_OF_REPLY)}
    : {judge_response: excerpt(verdict.reply, MOST_OF_REPLY)};

/** What an item is that has to be judged, without anybody who does. */
export const NO_JUDGE = 'there is no judge';
