/** The way to a server that may be cut off or about to come back. */
import {setTimeout as sleep} from 'node:timers/promises';
import {RetryableError, TerminalError} from '../../errors.js';
import {JetStreamMute} from './failures.js';
import {createMuteMeter, stoodStillMs} from './mute.js';
import {ANSWER_TIMEOUT_MS} from './request-reply.js';

/** A connection, and the first answer on it. */
const CONNECTED_MS = 2 * ANSWER_TIMEOUT_MS;

export interface Reaching {
  /** How long it is tried; milliseconds. */
  readonly serverAwayMs: number;
  /** How long to wait before another try, by how many there were; milliseconds. */
  pauseMs(attempt: number): number;
  /** Gives up, with its reason. */
  readonly signal?: AbortSignal;
  /** Told once why it takes long. */
  warn?(line: string): void;
}

/**
 * Connects as soon as the server answers.
 *
 * @throws RetryableError where no server answers for `serverAwayMs`; TerminalError at once, and for a server whose JetStream
 * stays mute.
 */
export const reach = async <T>(
  open: () => Promise<T>,
  {serverAwayMs, pauseMs, signal, warn}: Reaching,
): Promise<T> => {
  const beganMs = performance.now();
  const isMuteForGood = createMuteMeter();
  for (let attempt = 1; ; attempt += 1) {
    const triedMs = performance.now();
    try {
      return await open();
    } catch (error) {
      const nowMs = performance.now();
      if (!(error instanceof RetryableError) || nowMs - beganMs > serverAwayMs) throw error;
      const tookMs = nowMs - triedMs;
      const isMute = error instanceof JetStreamMute && stoodStillMs(tookMs, CONNECTED_MS) === 0;
      if (isMuteForGood(isMute, tookMs)) throw new TerminalError(error.message, {cause: error});
      if (attempt === 1) warn?.(`${error.message}; trying again`);
    }
    await sleep(pauseMs(attempt), undefined, signal && {signal}).catch(() => undefined);
    signal?.throwIfAborted();
  }
};
