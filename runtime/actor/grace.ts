/** Time to bring home what was paid for. */
import {setMaxListeners} from 'node:events';

/** Long enough to publish an answer to a bus that is at work; short beside the patience of whoever asked for the end. */
const GRACE_MS = 5_000;

/**
 * A signal that aborts `graceMs` after `signal` does, with the same reason: for publishing an endpoint's answer, which
 * would cost again if an actor that was asked to stop threw it away.
 */
export const withGrace = (signal: AbortSignal, graceMs: number = GRACE_MS): AbortSignal => {
  const late = new AbortController();
  // Each publication under way listens: many listeners are no leak.
  setMaxListeners(0, late.signal);
  const begin = (): void => {
    setTimeout(() => late.abort(signal.reason), graceMs).unref();
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, {once: true});
  return late.signal;
};
