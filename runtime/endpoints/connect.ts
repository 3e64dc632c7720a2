/** From where an endpoint is to one that was seen to answer. */
import {setMaxListeners} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {TerminalError} from '../errors.js';
import {checkEndpoint} from './check.js';
import {type Endpoint, type EndpointOptions, openEndpoint} from './endpoint.js';

/** An endpoint that starts beside the actor may come up a little after it. From then on a silent one is told of. */
const START_LIMIT_MS = 10_000;
const START_PAUSE_MS = 250;

/**
 * Opens an endpoint once it has answered something. Throws a `TerminalError` where it cannot be reached, refuses the key,
 * or speaks another protocol; calls `warn` where only a request can tell, and `tell` where requests are later asked otherwise.
 * One that takes the question and is silent may be at work on what was asked before: it has `timeoutMs`, as any answer has.
 */
export const connectEndpoint = async (
  options: EndpointOptions,
  {
    signal,
    warn,
    tell = warn,
    startLimitMs = START_LIMIT_MS,
    patienceMs = startLimitMs,
  }: {
    readonly signal: AbortSignal;
    readonly warn: (line: string) => void;
    readonly tell?: (line: string) => void;
    readonly startLimitMs?: number;
    /** How long one that cannot be reached is waited for in all, where it has answered before; `startLimitMs`, unless given. */
    readonly patienceMs?: number;
  },
): Promise<Endpoint> => {
  // Each request that waits listens: many listeners are no leak.
  setMaxListeners(0, signal);
  const startedMs = performance.now();
  let isTold = false;
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
        if (performance.now() + START_PAUSE_MS >= startedMs + patienceMs)
          throw new TerminalError(check.reason);
        if (!isTold && performance.now() + START_PAUSE_MS >= startedMs + startLimitMs) {
          isTold = true;
          tell(`${check.reason}; it is waited for`);
        }
        await sleep(START_PAUSE_MS);
        signal.throwIfAborted();
        continue;
      case 'unlisted':
      case 'model_missing':
        warn(check.reason);
        break;
      case 'serves':
        break;
    }
    return openEndpoint(options, tell);
  }
};
