/** A run's key-value bucket: small JSON values, seen by every process at once. */
import {defer, EMPTY, filter, mergeMap, Observable, of, retry, switchMap, throwError, timer} from 'rxjs';
import {TerminalError} from '../../errors.js';
import type {KeyValues, KvKey} from '../bus.js';
import {explain, failureOf} from '../connection/failures.js';
import type {BucketEntry, Link} from '../connection/link.js';
import {withRetries} from '../connection/retries.js';
import {kvValueIn} from './key-value-doors.js';

const WATCH_PAUSE_MS = 250;

export const keyValuesOf = (link: Link): KeyValues => {
  const ask = <T>(doing: string, work: () => Promise<T>): Promise<T> => withRetries(link, work, {doing});

  const tryAgain = (error: unknown): Observable<unknown> =>
    failureOf(error) === 'missing'
      ? throwError(() => explain(error, link.address, 'watching its key-value bucket'))
      : timer(WATCH_PAUSE_MS);

  /** The entries of a key through one connection's life. */
  const watchOnce = (key: KvKey): Observable<BucketEntry> =>
    new Observable((subscriber) => {
      const watching = link.bucket.watch(key, (entry) => subscriber.next(entry));
      watching.catch((error) => subscriber.error(error));
      return () => {
        // A watch that did not begin has reported why, and has nothing to stop.
        watching.then(({stop}) => stop()).catch(() => undefined);
      };
    });

  return {
    async get<T>(key: KvKey) {
      const entry = await ask(`reading the key-value entry '${key}'`, () => link.bucket.get(key));
      if (entry === undefined) return undefined;
      const {revision, timeMs} = entry;
      const value = kvValueIn(key, entry.value);
      if (value !== undefined) return {value: value as T, revision, timeMs};
      // What was there before it still holds, and whoever changes that replaces this one.
      const earlier = await ask(`reading the key-value entry '${key}'`, () => link.bucket.history(key));
      for (const each of earlier) {
        const before = kvValueIn(key, each.value);
        if (before !== undefined) return {value: before as T, revision, timeMs};
      }
      throw new TerminalError(
        `the key-value entry '${key}' is none that there can be: put it again (it is '${entry.value.slice(0, 80)}')`,
      );
    },

    put: (key, value) =>
      ask(`putting the key-value entry '${key}'`, () => link.bucket.put(key, JSON.stringify(value))),

    async compareAndSet(key, value, revision) {
      try {
        return await link.bucket.putIf(key, JSON.stringify(value), revision);
      } catch (error) {
        if (failureOf(error) === 'conflict') return undefined;
        // Not tried again: an answer that got lost on the way would make the second try a conflict with the first.
        throw explain(error, link.address, `changing the key-value entry '${key}'`);
      }
    },

    watch: <T>(key: KvKey) =>
      defer(() => {
        let newest = 0;
        return link.state$.pipe(
          // The client's watch comes back late after a lost connection, so each connection gets a new one.
          switchMap((state) =>
            state === 'connected' ? watchOnce(key).pipe(retry({delay: tryAgain})) : EMPTY,
          ),
          filter(({revision}) => revision > newest),
          mergeMap((entry) => {
            newest = entry.revision;
            // Put by hand, or by an intruder: no reason to end a run, which goes on by the value before.
            const value = kvValueIn(key, entry.value);
            return value === undefined ? EMPTY : of(value as T);
          }),
        );
      }),
  };
};
