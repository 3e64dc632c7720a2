/** The one place where what a handler made of a message becomes an ack, a nak or the end of the actor. */
import {mergeMap, type OperatorFunction} from 'rxjs';
import {backoffMs} from '../backoff.js';
import type {Delivery} from '../bus/bus.js';
import {RetryableError, TerminalError} from '../errors.js';
import type {Outcome} from './context.js';

/**
 * Runs `handle` for each delivery, at most `concurrency` at once, and ends the delivery by its outcome:
 *
 * | outcome | delivery | stream |
 * |---|---|---|
 * | `done` | `ack()`, after the effect | goes on |
 * | `retry`, or a thrown `RetryableError` | `nak(delayMs)` | goes on |
 * | `fatal`, or a thrown `TerminalError` | `nak(0)`: nothing is lost; `ack()` where it `isDone` | errors with a `TerminalError` |
 * | anything else thrown | `nak(0)` | errors with it |
 *
 * @param concurrency deliveries at work at once; the source holds no more than its own `maxInFlight`.
 */
export const settle = <T>(
  handle: (message: T, delivery: Delivery<T>) => Promise<Outcome>,
  concurrency: number,
): OperatorFunction<Delivery<T>, Outcome> =>
  mergeMap(async (delivery) => {
    const outcome = await outcomeOf(handle, delivery);
    switch (outcome.kind) {
      case 'done':
        await delivery.ack();
        return outcome;
      case 'retry':
        delivery.nak(outcome.delayMs);
        return outcome;
      case 'fatal':
        if (outcome.isDone) await delivery.ack();
        else delivery.nak(0);
        throw new TerminalError(outcome.reason);
    }
  }, concurrency);

const outcomeOf = async <T>(
  handle: (message: T, delivery: Delivery<T>) => Promise<Outcome>,
  delivery: Delivery<T>,
): Promise<Outcome> => {
  try {
    return await handle(delivery.message, delivery);
  } catch (error) {
    if (error instanceof TerminalError) return {kind: 'fatal', reason: error.message};
    if (error instanceof RetryableError) {
      const delayMs = error.retryAfterMs ?? backoffMs(delivery.deliveryCount);
      return {kind: 'retry', reason: error.message, delayMs};
    }
    delivery.nak(0);
    throw error;
  }
};
