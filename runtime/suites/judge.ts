/** A model that judges answers, asked until what it says can be read. */
import {heldFor} from '../endpoints/ahead.js';
import type {ChatRequest} from '../endpoints/chat.js';
import type {Endpoint} from '../endpoints/endpoint.js';
import {bareAnswer, endingOf} from '../text/answer-form.js';
import {excerpt} from '../text/excerpt.js';

export type Verdict<T> =
  /** `reply` is what the judge said. */
  | {readonly kind: 'read'; readonly value: T; readonly reply: string}
  /** The endpoint, or a filter of its, does not answer this question. */
  | {readonly kind: 'blocked'; readonly reason: string}
  /** Nothing that could be read came in so many tries; `reply` is the last. */
  | {readonly kind: 'unreadable'; readonly tries: number; readonly reply: string};

export type Question = Pick<ChatRequest, 'system' | 'prompt' | 'examples'>;

export interface Judge {
  readonly model: string;
  /** As its endpoint's. */
  readonly concurrency?: number | undefined;
  /**
   * @param read what a reply says; undefined where it says nothing of the kind, and the judge is asked again by another seed.
   * @throws as `Endpoint.complete`, where the endpoint itself fails.
   */
  ask<T>(question: Question, read: (reply: string) => T | undefined): Promise<Verdict<T>>;
}

/** Of the same question: MixEval asks ten times; a model that keeps to no form in three seldom does in ten. */
const TRIES = 3;

/** A judge behind an endpoint. What it says in thought, before its answer, is not read. */
export const judgeOf = (
  endpoint: Endpoint,
  {model, signal, seed = 0}: {readonly model: string; readonly signal: AbortSignal; readonly seed?: number},
): Judge => ({
  model,
  concurrency: endpoint.concurrency,
  async ask(question, read) {
    let reply = '';
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await endpoint.complete({...question, seed: seed + tries, signal});
      if (answer.kind === 'refused') return {kind: 'blocked', reason: answer.reason};
      reply = answer.text;
      const text = bareAnswer(reply);
      const value = text.kind === 'answer' ? read(text.text) : undefined;
      if (value !== undefined) return {kind: 'read', value, reply};
      if (endingOf(answer.finishReason) === 'withheld')
        return {kind: 'blocked', reason: `the judge's answer was withheld (${answer.finishReason})`};
    }
    return {kind: 'unreadable', tries: TRIES, reply};
  },
});

/** Items that are graded at once where nobody says how many requests a judge takes. */
const AHEAD = 16;

/** Items that are graded at once: enough for all requests that the judge's endpoint takes. */
export const gradedAtOnce = (judge: Judge | undefined): number =>
  judge?.concurrency === undefined ? AHEAD : heldFor(judge.concurrency);

/** Why a verdict is no score, in a few words. */
export const unscoredBecause = (verdict: Exclude<Verdict<unknown>, {readonly kind: 'read'}>): string =>
  verdict.kind === 'blocked' ? 'the judge was blocked' : 'the judge cannot be read';

const MOST_OF_REPLY = 4096;

/** What of a verdict stands with an item. */
export const verdictDetails = (verdict: Verdict<unknown>): Readonly<Record<string, unknown>> =>
  verdict.kind === 'blocked'
    ? {judge_refusal: excerpt(verdict.reason, MOST_OF_REPLY)}
    : {judge_response: excerpt(verdict.reply, MOST_OF_REPLY)};

/** What an item is that has to be judged, without anybody who does. */
export const NO_JUDGE = 'there is no judge';
