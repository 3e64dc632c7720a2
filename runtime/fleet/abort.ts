/** Waiting that an AbortSignal ends. */
import {type MonoTypeOperatorFunction, merge, Observable} from 'rxjs';

/** Passes everything on, and errors with the signal's reason once it is aborted. */
export const aborted =
  <T>(signal: AbortSignal): MonoTypeOperatorFunction<T> =>
  (source) =>
    merge(source, abort$(signal));

const abort$ = (signal: AbortSignal): Observable<never> =>
  new Observable((subscriber) => {
    const fail = () => subscriber.error(signal.reason);
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, {once: true});
    return () => signal.removeEventListener('abort', fail);
  });
