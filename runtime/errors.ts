/**
 * Errors that say what to do next, and no secret. The class is the retry policy: a supervisor restarts an actor that failed with
 * anything but a `TerminalError`, and stops the fleet with a `TerminalError`'s message.
 */

import {redacted} from './redact.js';

/** Thrown where trying again cannot help: bad input, a refused key, a damaged file. The message is one line for a person. */
export class TerminalError extends Error {
  override name = 'TerminalError';

  constructor(message: string, options?: ErrorOptions) {
    super(redacted(message), options);
  }
}

/** Thrown where trying again later can help. */
export class RetryableError extends Error {
  override name = 'RetryableError';
  /** Milliseconds to wait first; undefined leaves it to the caller's backoff. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: {retryAfterMs?: number; cause?: unknown} = {}) {
    super(redacted(message), {cause: options.cause});
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The one line that an unknown thrown value has to say. */
export const messageOf = (error: unknown): string =>
  redacted(error instanceof Error ? error.message : String(error));
