/** Batching by demand: work on what has come, and meanwhile let the next batch come together. */
import {Observable, type OperatorFunction} from 'rxjs';

/**
 * Works on the source's values in batches, one batch at a time, in order. A batch is whatever has arrived since the last
 * one began, at most `size`: alone and at once while little arrives, full while much does. Nothing waits for a timer.
 *
 * The source is not held back here; one whose messages are bounded until they are ended, such as `bus.deliveries`, is
 * bounded by itself. The result completes when the source has and every value is worked on; an error of `work` errors it.
 *
 * @param size values a batch, at most.
 */
export const gather =
  <T, R>(size: number, work: (batch: readonly T[]) => Promise<R>): OperatorFunction<T, R> =>
  (source) =>
    new Observable((subscriber) => {
      let waiting: T[] = [];
      let working = false;
      let ended = false;
      const next = async (): Promise<void> => {
        // Values that arrive in one turn of the event loop belong together.
        await new Promise(setImmediate);
        while (waiting.length > 0 && !subscriber.closed) {
          const batch = waiting.slice(0, size);
          waiting = waiting.slice(size);
          subscriber.next(await work(batch));
        }
        working = false;
        if (ended) subscriber.complete();
      };
      const begin = (): void => {
        if (working) return;
        working = true;
        next().catch((error) => subscriber.error(error));
      };
      return source.subscribe({
        next(value) {
          waiting.push(value);
          begin();
        },
        error: (error) => subscriber.error(error),
        complete() {
          ended = true;
          begin();
        },
      });
    });
