/** Work on what is newest: what a later value has superseded while it waited is passed over. */
import {concatMap, defer, ignoreElements, type OperatorFunction, tap} from 'rxjs';

/** Works on one value at a time; of those that come meanwhile, on the last one only. Nothing is emitted. */
export const newestInTurn =
  <T>(work: (value: T) => Promise<void>): OperatorFunction<T, never> =>
  (source) =>
    defer(() => {
      let waiting: {readonly value: T} | undefined;
      return source.pipe(
        tap((value) => {
          waiting = {value};
        }),
        concatMap(async () => {
          const newest = waiting;
          waiting = undefined;
          if (newest !== undefined) await work(newest.value);
        }),
        ignoreElements(),
      );
    });
