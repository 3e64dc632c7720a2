/** Concurrency for async iterables that holds their source back, which `from(iterable).pipe(mergeMap(fn, n))` does not. */
import {Observable} from 'rxjs';

/**
 * Runs `fn` on each item and emits its results as they come. An item is taken from the iterable only while fewer than
 * `concurrency` are at work. Unsubscribing, or an error of `fn` or of the iterable, returns the iterator.
 *
 * @param open called once a subscription
 * @param concurrency at least 1
 */
export const pullMap = <T, R>(
  open: () => AsyncIterable<T>,
  fn: (item: T) => Promise<R>,
  concurrency: number,
): Observable<R> =>
  new Observable<R>((subscriber) => {
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`concurrency must be a whole number of at least 1, not ${concurrency}`);
    }
    const iterator = open()[Symbol.asyncIterator]();
    const atWork = new Set<Promise<void>>();
    let ended = false;

    const take = async (): Promise<void> => {
      while (!subscriber.closed) {
        const next = await iterator.next().catch((error) => {
          ended = true;
          throw error;
        });
        ended = next.done === true;
        if (next.done === true) break;
        if (subscriber.closed) break;
        const work: Promise<void> = fn(next.value).then(
          (result) => {
            atWork.delete(work);
            subscriber.next(result);
          },
          (error) => subscriber.error(error),
        );
        atWork.add(work);
        if (atWork.size >= concurrency) await Promise.race(atWork);
      }
      await Promise.all(atWork);
      subscriber.complete();
    };
    take().catch((error) => subscriber.error(error));

    return () => {
      // One that ended or threw has released what it held. What another says on its way out has no reader any more.
      if (!ended) iterator.return?.()?.catch(() => undefined);
    };
  });
