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
import {
  type Answer,
  type Attempt,
  type ChatRequest,
  type ChatSettings,
  type Failure,
  openChat,
} from './chat.js';
import {withoutSecrets} from './discretion.js';
import {type EndpointPlace, explain} from './explain.js';
import {type Load, openGovernor} from './governor.js';

export type EndpointReply =
  /** `cached` where it was kept from another time, and nothing was sent. */
  (Answer & {readonly cached?: true}) | {readonly kind: 'refused'; readonly reason: string};

export interface EndpointRequest extends ChatRequest {
  /** Gives up waiting, for a turn or between tries, with the signal's reason. A request under way is not cut off: it is paid for. */
  readonly signal: AbortSignal;
}

export interface Endpoint {
  /**
   * Asks once, with as many tries as it takes.
   *
   * @returns the answer, or `refused` where the endpoint will not take this one request.
   * @throws a `TerminalError` where no request can succeed: a bad key, an unknown model, a wrong address, answers that are
   * no chat completions, a first answer that never comes because every request is refused, or silence for three deadlines
   * on end.
   * @throws a `RetryableError` where the deadline passed; it carries the wait that the endpoint asked for, if it did.
   */
  complete(request: EndpointRequest): Promise<EndpointReply>;
}

export interface EndpointOptions extends ChatSettings, EndpointPlace {
  /** One request's deadline from its first sending: all tries and the pauses between them, not the wait for a turn. */
  readonly timeoutMs: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
}

/** Deadlines without one reply after which an endpoint counts as gone: the third in a row ends it, however timers round. */
const SILENT_DEADLINES = 2.5;
/** Refusals, and no answer yet, that show that it is not about the single request. */
const FIRST_REFUSALS = 8;

/** Prepares an endpoint; nothing is sent yet. */
export const openEndpoint = (options: EndpointOptions): Endpoint => {
  const {timeoutMs} = options;
  const chat = openChat(options);
  const governor = openGovernor(options.concurrency);
  const health = openHealth(options);

  const send = async (
    request: EndpointRequest,
    again: boolean,
    leftMs: number,
  ): Promise<Attempt & {tookMs: number}> => {
    const slot = await governor.acquire({again, signal: request.signal});
    const began = performance.now();
    let load: Load = 'unknown';
    try {
      const attempt = withoutSecrets(await chat(request, leftMs));
      if (attempt.kind === 'answer') load = 'served';
      if (attempt.kind === 'overloaded') load = 'overloaded';
      return {...attempt, tookMs: performance.now() - began};
    } finally {
      slot.release(load);
    }
  };

  const complete = async (request: EndpointRequest): Promise<EndpointReply> => {
    let leftMs = timeoutMs;
    let garbage = 0;
    for (let tries = 1; ; tries += 1) {
      const {tookMs, ...attempt} = await send(request, tries > 1, leftMs);
      leftMs -= tookMs;
      switch (attempt.kind) {
        case 'answer':
          health.answered();
          return attempt;
        case 'refused':
          health.refused(attempt);
          return {kind: 'refused', reason: attempt.reason};
        case 'denied':
          throw new TerminalError(explain(options, attempt));
        case 'garbage':
          garbage += 1;
          if (garbage > 1) throw new TerminalError(explain(options, attempt));
          break;
        default:
          break;
      }
      // On top of what the endpoint asks for, so that requests which were turned away together do not come back together.
      const pauseMs = (attempt.retryAfterMs ?? 0) + backoffMs(tries);
      if (attempt.kind === 'timeout' || pauseMs >= leftMs) {
        throw health.silent(attempt, tries, timeoutMs - leftMs);
      }
      leftMs -= pauseMs;
      await pause(pauseMs, request.signal);
    }
  };
  return {complete};
};

const pause = async (pauseMs: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(pauseMs, undefined, {signal});
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};

/** What all requests together say about the endpoint, which none can say alone. */
const openHealth = (options: EndpointOptions) => {
  const {timeoutMs} = options;
  let everAnswered = false;
  let firstRefusals = 0;
  let silentSince: number | undefined;
  return {
    answered: (): void => {
      everAnswered = true;
      silentSince = undefined;
    },
    refused: (failure: Failure): void => {
      silentSince = undefined;
      firstRefusals += 1;
      if (everAnswered || firstRefusals < FIRST_REFUSALS) return;
      const reason = `each of the first ${firstRefusals} requests was refused, the last with: ${failure.reason}`;
      throw new TerminalError(explain(options, {...failure, reason}));
    },
    /** The error for a request that began `spentMs` ago and has no time for another try. */
    silent: (failure: Failure, tries: number, spentMs: number): TerminalError | RetryableError => {
      const now = performance.now();
      silentSince ??= now - spentMs;
      const silentMs = now - silentSince;
      if (silentMs >= SILENT_DEADLINES * timeoutMs) {
        const reason = `no answer to anything for ${seconds(silentMs)}, the last: ${failure.reason}`;
        return new TerminalError(explain(options, {...failure, reason}));
      }
      const reason = `no answer within ${seconds(timeoutMs)} in ${tries} ${tries === 1 ? 'try' : 'tries'}, the last: ${failure.reason}`;
      const {retryAfterMs} = failure;
      return new RetryableError(
        explain(options, {...failure, reason}),
        retryAfterMs === undefined ? {} : {retryAfterMs},
      );
    },
  };
};

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
