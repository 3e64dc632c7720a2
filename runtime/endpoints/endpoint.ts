/**
 * A model behind an OpenAI-compatible endpoint: one call that answers, or says why not.
 *
 * All retrying is here. A request keeps trying while its deadline lasts, on what can pass: a connection that fails, 408,
 * 409, 425, 429 and 5xx. Whoever needs more, such as a cache or a ceiling on what is spent, wraps an `Endpoint` in an
 * `Endpoint`.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {backoffMs} from '../backoff.js';
import {RetryableError, TerminalError} from '../errors.js';
import {type ChatRequest, type ChatSettings, openChat, openCompletions} from './chat.js';
import {withoutSecrets} from './discretion.js';
import {type EndpointPlace, explain} from './explain.js';
import {type Load, openGovernor} from './governor.js';
import {type Health, openHealth} from './health.js';
import type {Answer, Attempt, Failure} from './reply.js';
import {costOf, type Price, type Question, type Use} from './usage.js';

export type EndpointReply =
  /** `cached` where it was kept from another time, and nothing was sent; `cost` where the endpoint has a price. */
  | (Answer & {readonly cached?: true; readonly cost?: number})
  | {readonly kind: 'refused'; readonly reason: string};

export interface EndpointRequest extends ChatRequest {
  /** Gives up waiting, for a turn or between tries, with the signal's reason. A request under way is not cut off: it is paid for. */
  readonly signal: AbortSignal;
}

export interface Endpoint {
  /** Requests under way at once, at most, where that is known: whoever asks holds enough for it. */
  readonly concurrency?: number;
  /**
   * Asks once, with as many tries as it takes.
   *
   * @returns the answer, or `refused` where the endpoint will not take this one request.
   * @throws a `TerminalError` where no request can succeed: a bad key, an unknown model, a wrong address, answers that are
   * no chat completions, every request refused, or silence for three deadlines on end.
   * @throws a `RetryableError` where the deadline passed; it carries the wait that the endpoint asked for, if it did.
   */
  complete(request: EndpointRequest): Promise<EndpointReply>;
}

export interface EndpointOptions extends ChatSettings, EndpointPlace {
  /** One request's deadline from its first sending: all tries and the pauses between them, not the wait for a turn. */
  readonly timeoutMs: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  /** Whether another endpoint can be asked instead: a request is then given up after a few tries without any response. */
  readonly hasOthers?: boolean | undefined;
  /** Undefined where the endpoint costs nothing. */
  readonly price?: Price | undefined;
  /** Who gives leave to send a request, and keeps the account; any may be sent, unless given. */
  readonly budget?: Budget | undefined;
}

/** Leave to send requests, each of which is accounted for. */
export interface Budget {
  /** Waits until a request may be sent. Rejects with the signal's reason. */
  claim(question: Pick<Question, 'characters' | 'maxTokens'>, signal: AbortSignal): Promise<Claim>;
}
/** A request that may be sent. */
export interface Claim {
  readonly estimate: Use;
  /** Says what it took, undefined for nothing. Called once; it is not waited for, since an answer is to be kept first. */
  settle(used: Use | undefined): void;
}

const TRIES_BESIDE_OTHERS = 3;
/** What nobody has a reason to refuse: where this is refused too, everything is. */
const PROBE: ChatRequest = {prompt: 'Say yes.'};

/**
 * Prepares an endpoint; nothing is sent yet.
 *
 * @param warn told a line where requests are asked otherwise than the fleet says, since the endpoint refuses a field; and where it
 * does not answer, but for one beside others, whose requests go to them.
 * @param health what is known of it already.
 */
export const openEndpoint = (
  options: EndpointOptions,
  warn: (line: string) => void = () => undefined,
  health: Health = openHealth(options, options.hasOthers ? () => undefined : warn),
): Endpoint => {
  const {timeoutMs} = options;
  const chat = options.api === 'completions' ? openCompletions(options) : openChat(options, warn);
  const governor = openGovernor(options.concurrency);

  const send = async (
    request: EndpointRequest,
    again: boolean,
    leftMs: number,
  ): Promise<Attempt & {tookMs: number}> => {
    const {signal} = request;
    const slot = await governor.acquire({again, signal});
    let load: Load = 'unknown';
    let quietMs: number | undefined;
    try {
      const characters = charactersOf(request);
      const claim = await options.budget?.claim({characters, maxTokens: options.maxTokens}, signal);
      const began = performance.now();
      const attempt = withoutSecrets(await chat(request, leftMs));
      const tookMs = performance.now() - began;
      if (attempt.kind === 'answer') load = 'served';
      else quietMs = attempt.retryAfterMs;
      if (attempt.kind === 'overloaded') load = 'overloaded';
      if (attempt.kind === 'unavailable' || attempt.kind === 'timeout')
        health.unanswered(explain(options, attempt), began);
      claim?.settle(usedBy(attempt, claim.estimate, options.price));
      return {...attempt, tookMs};
    } finally {
      slot.release(load, quietMs);
    }
  };

  let probing: Promise<Attempt> | undefined;
  /**
   * Whom a failure is about: the endpoint is asked something harmless, once for all that wonder at that moment. What else is
   * answered meanwhile shows nothing, for it may have been taken before the credit was used up or the key withdrawn.
   */
  const blame = async (signal: AbortSignal): Promise<'request' | 'endpoint' | 'unknown'> => {
    probing ??= send({...PROBE, signal}, true, timeoutMs).finally(() => {
      probing = undefined;
    });
    const {kind} = await probing;
    if (kind === 'answer') {
      health.answered();
      return 'request';
    }
    return kind === 'refused' || kind === 'denied' || kind === 'garbage' ? 'endpoint' : 'unknown';
  };

  /** What a failure comes to that another try would not mend; undefined where one may. */
  const verdict = async (attempt: Failure, signal: AbortSignal): Promise<EndpointReply | undefined> => {
    const refused = {kind: 'refused', reason: attempt.reason} as const;
    if (attempt.kind === 'refused' && health.everAnswered()) return refused;
    const isKey = attempt.status === 401;
    // A key that never worked opens nothing.
    const about = isKey && !health.everAnswered() ? 'endpoint' : await blame(signal);
    // Where something was answered before, a page or half an answer is one of a gateway that will pass, or the deadline does.
    if (about === 'endpoint' && attempt.kind === 'garbage' && health.everAnswered()) return undefined;
    if (about === 'endpoint') throw new TerminalError(explain(options, attempt));
    // No prompt makes a key wrong.
    return about === 'request' && !isKey ? refused : undefined;
  };

  const complete = async (request: EndpointRequest): Promise<EndpointReply> => {
    const {signal} = request;
    let leftMs = timeoutMs;
    let garbage = 0;
    for (let tries = 1; ; tries += 1) {
      const {tookMs, ...attempt} = await send(request, tries > 1, leftMs);
      leftMs -= tookMs;
      if (attempt.kind === 'answer') {
        health.answered();
        return attempt;
      }
      if (attempt.kind === 'garbage') garbage += 1;
      if (attempt.kind === 'refused' || attempt.kind === 'denied' || garbage > 1) {
        const reply = await verdict(attempt, signal);
        if (reply !== undefined) return reply;
      }
      // On top of what the endpoint asks for, so that requests which were turned away together do not come back together.
      const pauseMs = (attempt.retryAfterMs ?? 0) + backoffMs(tries);
      if (options.hasOthers && attempt.kind === 'unavailable' && tries >= TRIES_BESIDE_OTHERS)
        throw outOfTime(options, attempt, tries, timeoutMs - leftMs);
      if (attempt.kind === 'timeout' || pauseMs >= leftMs) {
        const isGone = health.isGone(health.silentFor(timeoutMs - leftMs));
        // One request that is never answered, and is the last one that is left, makes an endpoint look gone.
        if (isGone && (await blame(signal)) !== 'request')
          throw new TerminalError(explain(options, silence(attempt, health.silentFor(0))));
        throw outOfTime(options, attempt, tries, timeoutMs);
      }
      leftMs -= pauseMs;
      await pause(pauseMs, signal);
    }
  };
  return {concurrency: options.concurrency, complete};
};

/** What a try took: by the endpoint's count, where it gives one. What was at work until its time was up is paid for, too. */
const usedBy = (attempt: Attempt, estimate: Use, price: Price | undefined): Use | undefined => {
  if (attempt.kind === 'answer') {
    const promptTokens = attempt.promptTokens || estimate.promptTokens;
    const completionTokens = attempt.completionTokens || estimate.completionTokens;
    const cost = costOf({promptTokens, completionTokens}, price);
    return {...estimate, promptTokens, completionTokens, cost};
  }
  const {kind, status, isPaid = false} = attempt;
  const isAnswered = (kind === 'refused' || kind === 'garbage') && status === undefined;
  return kind === 'timeout' || isAnswered || isPaid ? estimate : undefined;
};

const pause = async (pauseMs: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(pauseMs, undefined, {signal});
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};

const silence = (failure: Failure, silentMs: number): Failure => ({
  ...failure,
  reason: `no answer to anything for ${seconds(silentMs)}, the last: ${failure.reason}`,
});

/** The error for a request that has no time for another try. */
const outOfTime = (
  options: EndpointOptions,
  failure: Failure,
  tries: number,
  tookMs: number,
): RetryableError => {
  const {retryAfterMs} = failure;
  const reason = `no answer within ${seconds(tookMs)} in ${tries} ${tries === 1 ? 'try' : 'tries'}, the last: ${failure.reason}`;
  return new RetryableError(
    explain(options, {...failure, reason}),
    retryAfterMs === undefined ? {} : {retryAfterMs},
  );
};

/** Of all that is sent. */
const charactersOf = ({system = '', examples = [], history = [], prompt}: ChatRequest): number =>
  [
    system,
    ...examples.flatMap((example) => [example.prompt, example.answer]),
    ...history.map(({content}) => content),
    prompt,
  ].reduce((sum, {length}) => sum + length, 0);

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
