/** One question to a model, and once more with another seed where what it answers cannot be read. */
import type {Usage} from '../../proto/messages.js';
import {countAnswer} from '../endpoints/answer-cache.js';
import type {Endpoint, EndpointReply, EndpointRequest} from '../endpoints/endpoint.js';
import {usageOf, usageSum} from '../endpoints/usage.js';
import type {ActorContext} from './context.js';

/** What was read from an answer, as its actor has it, or why nothing was. */
export type Readable<T> = T | {readonly kind: 'malformed'; readonly detail: string};
type Answer = Exclude<EndpointReply, {readonly kind: 'refused'}>;

/** With what both tries took. */
export type Asked<T> = {readonly usage: Usage} & (
  | {readonly kind: 'refused'; readonly reason: string}
  /** Both answers were, where it was asked twice; this is the last. */
  | {readonly kind: 'malformed'; readonly detail: string; readonly text: string}
  | {readonly kind: 'read'; readonly read: T; readonly reply: Answer}
);

export interface Question<T> extends Omit<EndpointRequest, 'signal' | 'seed'> {
  /** Of the first try and of the second. A question that is asked again after a kill has the same seeds, and so the same answers. */
  readonly seeds: readonly [number, number];
  /** Takes an answer apart. */
  readonly read: (reply: Answer) => Readable<T>;
}

/** @param retryMalformed whether a malformed answer is worth a second try. */
export const ask = async <F, T extends {readonly kind: string}>(
  {signal, count}: Pick<ActorContext<F>, 'signal' | 'count'>,
  endpoint: Endpoint,
  {seeds: [first, second], read, ...request}: Question<T>,
  retryMalformed: boolean,
): Promise<Asked<T>> => {
  const askOnce = async (seed: number): Promise<Asked<T>> => {
    const reply = await endpoint.complete({...request, seed, signal});
    if (reply.kind === 'refused') return {...reply, usage: usageSum([])};
    countAnswer(count, reply);
    const found = read(reply);
    const usage = usageOf(reply);
    return isMalformed(found)
      ? {kind: 'malformed', detail: reply.emptyReason ?? found.detail, text: reply.text, usage}
      : {kind: 'read', read: found, reply, usage};
  };
  const asked = await askOnce(first);
  if (asked.kind !== 'malformed' || !retryMalformed) return asked;
  count('malformed/retried');
  const again = await askOnce(second);
  if (again.kind === 'read') count('malformed/mended');
  // Of a prompt that was answered once, the first answer says more than a refusal of the second try.
  return {...(again.kind === 'refused' ? asked : again), usage: usageSum([asked.usage, again.usage])};
};

const isMalformed = <T extends {readonly kind: string}>(
  found: Readable<T>,
): found is {readonly kind: 'malformed'; readonly detail: string} => found.kind === 'malformed';
