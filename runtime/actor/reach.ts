/** An actor's way to its server, which may be cut off or about to come back when the actor starts. */
import {setTimeout as sleep} from 'node:timers/promises';
import {backoffMs} from '../backoff.js';
import type {Bus, BusOptions} from '../bus/bus.js';
import {openBus} from '../bus/open-bus.js';
import {RetryableError} from '../errors.js';

export interface Reaching {
  /** Gives up, with its reason. */
  readonly signal: AbortSignal;
  /** Told once why it takes long. */
  warn(line: string): void;
}

/**
 * Connects as soon as the server answers. A supervisor would count ends of the process, and soon give it up.
 *
 * @throws RetryableError where no server answers for `serverAwayMs`; TerminalError at once
 */
export const reachBus = async (
  options: BusOptions & {readonly serverAwayMs: number},
  {signal, warn}: Reaching,
): Promise<Bus> => {
  const beganMs = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openBus(options);
    } catch (error) {
      if (!(error instanceof RetryableError) || performance.now() - beganMs > options.serverAwayMs)
        throw error;
      if (attempt === 1) warn(`${error.message}; trying again`);
    }
    await sleep(backoffMs(attempt), undefined, {signal}).catch(() => undefined);
    signal.throwIfAborted();
  }
};
