/** A run's control state: small JSON values in a key-value bucket, seen by every process at once. */
import {defer, EMPTY, filter, mergeMap, Observable, of, retry, switchMap, throwError, timer} from 'rxjs';
import {TerminalError} from '../errors.js';
import type {Control, ControlKey} from './bus.js';
import {explain, failureOf} from './failures.js';
import type {BucketEntry, Link} from './link.js';
import {patiently} from './patience.js';

const WATCH_PAUSE_MS = 250;

const parsed = <T>(key: ControlKey, {value}: BucketEntry): T => {
  try {
    return JSON.parse(value);
  } catch {
    throw new TerminalError(
      `the control value '${key}' is not JSON: put it again (it is '${value.slice(0, 80)}')`,
    );
  }
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

export const controlOf = (link: Link): Control => {
  const ask = <T>(doing: string, work: () => Promise<T>): Promise<T> => patiently(link, work, {doing});

  const tryAgain = (error: unknown): Observable<unknown> =>
    failureOf(error) === 'missing'
      ? throwError(() => explain(error, link.address, 'watching the control state'))
      : timer(WATCH_PAUSE_MS);

  /** The entries of a key through one connection's life. */
  const watchOnce = (key: ControlKey): Observable<BucketEntry> =>
    new Observable((subscriber) => {
      const watching = link.bucket.watch(key, (entry) => subscriber.next(entry));
      watching.catch((error) => subscriber.error(error));
      return () => {
        // A watch that did not begin has reported why, and has nothing to stop.
        watching.then(({stop}) => stop()).catch(() => undefined);
      };
    });

  return {
    async get<T>(key: ControlKey) {
      const entry = await ask(`reading the control value '${key}'`, () => link.bucket.get(key));
      return entry === undefined ? undefined : {value: parsed<T>(key, entry), revision: entry.revision};
    },

    put: (key, value) =>
      ask(`putting the control value '${key}'`, () => link.bucket.put(key, JSON.stringify(value))),

    async compareAndSet(key, value, revision) {
      try {
        await link.bucket.putIf(key, JSON.stringify(value), revision);
        return true;
      } catch (error) {
        if (failureOf(error) === 'conflict') return false;
        // Not tried again: an answer that got lost on the way would make the second try a conflict with the first.
        throw explain(error, link.address, `changing the control value '${key}'`);
      }
    },

    watch: <T>(key: ControlKey) =>
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
            // Put by hand: no reason to end a run, which goes on by the value before.
            return isJson(entry.value) ? of(parsed<T>(key, entry)) : EMPTY;
          }),
        );
      }),
  };
};
