/**
 * Errors that say what to do next, and no secret. The class is the retry policy: a supervisor restarts an actor that failed with
 * anything but a `TerminalError`, and stops the fleet with a `TerminalError`'s message.
 */

import {excerpt} from './text/excerpt.js';
import {redacted} from './text/redact.js';

/** Characters of a message, at most: it may repeat a value of a file of many megabytes. The remedy stands at its end. */
const MOST = 8_192;
const MOST_OF_END = 1_024;

const told = (message: string): string => {
  const said = redacted(message);
  if (said.length <= MOST) return said;
  return `${excerpt(said, MOST - MOST_OF_END)} … ${said.slice(-MOST_OF_END)}`;
};

/** Thrown where trying again cannot help: bad input, a refused key, a damaged file. The message is one line for a person. */
export class TerminalError extends Error {
  override name = 'TerminalError';

  constructor(message: string, options?: ErrorOptions) {
    super(told(message), options);
  }
}

/** Thrown where trying again later can help. */
export class RetryableError extends Error {
  override name = 'RetryableError';
  /** Milliseconds to wait first; undefined leaves it to the caller's backoff. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: {retryAfterMs?: number; cause?: unknown} = {}) {
    super(told(message), {cause: options.cause});
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The one line that an unknown thrown value has to say. */
export const messageOf = (error: unknown): string =>
  told(error instanceof Error ? error.message : String(error));

/** True for the error of a path where nothing is. A path through a file is another error: what is there must not be written over. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
