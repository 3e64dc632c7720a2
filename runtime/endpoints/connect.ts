/** From where an endpoint is to one that was seen to answer. */
import {setMaxListeners} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {RetryableError, TerminalError} from '../errors.js';
import {checkEndpoint} from './check.js';
import {type Endpoint, type EndpointOptions, openEndpoint} from './endpoint.js';
import {openHealth, TOLD_AFTER_MS} from './health.js';

const PAUSE_MS = 250;

/**
 * Opens an endpoint once it has answered something. Throws a `TerminalError` where it refuses the key, or speaks another protocol;
 * calls `warn` where only a request can tell, and `tell` where requests are later asked otherwise.
 * One that takes the question and is silent may be at work on what was asked before: it has `timeoutMs`, as any answer has.
 *
 * One that cannot be reached for `startLimitMs` is told of, and opened where it is waited for: requests then wait as they do for
 * one that goes away later. Otherwise, or beside others, it is a `RetryableError`.
 */
export const connectEndpoint = async (
  options: EndpointOptions,
  {
    signal,
    warn,
    tell = warn,
    isWaitedFor = false,
    startLimitMs = TOLD_AFTER_MS,
  }: {
    readonly signal: AbortSignal;
    readonly warn: (line: string) => void;
    readonly tell?: (line: string) => void;
    readonly isWaitedFor?: boolean;
    readonly startLimitMs?: number;
  },
): Promise<Endpoint> => {
  // Each request that waits listens: many listeners are no leak.
  setMaxListeners(0, signal);
  const startedMs = performance.now();
  const health = openHealth(options, options.hasOthers ? () => undefined : tell, startLimitMs);
  for (;;) {
    const silent = setTimeout(
      () =>
        warn(
          `endpoint ${options.baseUrl} is silent: it has ${options.timeoutMs / 1000} s to list its models`,
        ),
      startLimitMs,
    );
    const check = await checkEndpoint(options, options.timeoutMs).finally(() => clearTimeout(silent));
    switch (check.kind) {
      case 'denied':
      case 'garbage':
        throw new TerminalError(check.reason);
      case 'unreachable':
        if (performance.now() - startedMs < startLimitMs) {
          await sleep(PAUSE_MS);
          signal.throwIfAborted();
          continue;
        }
        if (!isWaitedFor || options.hasOthers) throw new RetryableError(check.reason);
        health.unanswered(check.reason, startedMs);
        break;
      case 'unlisted':
      case 'model_missing':
        warn(check.reason);
        break;
      case 'serves':
        break;
    }
    return openEndpoint(options, tell, health);
  }
};
