import test from 'ava';
import {lastValueFrom, Subject, throwError} from 'rxjs';
import {newestInTurn} from '../../../runtime/actor/newest-in-turn.js';

test('Of the values that come during work only the newest is worked on, also when no more are to come', async (t) => {
  const values$ = new Subject<number>();
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (value: number) => {
    begun.push(value);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const done = lastValueFrom(values$.pipe(newestInTurn(work)), {defaultValue: 'done'});
  for (const value of [1, 2, 3]) values$.next(value);
  t.deepEqual(begun, [1]);
  ends[0]?.();
  await new Promise(setImmediate);
  t.deepEqual(begun, [1, 3]);
  for (const value of [4, 5]) values$.next(value);
  values$.complete();
  ends[1]?.();
  await new Promise(setImmediate);
  t.deepEqual(begun, [1, 3, 5]);
  ends[2]?.();
  t.is(await done, 'done');
});

test('Work that fails ends the stream, and so does a source that fails', async (t) => {
  const values$ = new Subject<number>();
  const failing = lastValueFrom(values$.pipe(newestInTurn(() => Promise.reject(new Error('not loaded')))));
  values$.next(1);
  await t.throwsAsync(failing, {message: 'not loaded'});
  const source$ = throwError(() => new Error('no bus'));
  await t.throwsAsync(lastValueFrom(source$.pipe(newestInTurn(async () => undefined))), {message: 'no bus'});
});
