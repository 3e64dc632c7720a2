import test from 'ava';
import {lastValueFrom, Subject, toArray} from 'rxjs';
import {secondOf} from '../../../runtime/command/signals.js';

test('A signal that comes twice in one moment, as `timeout` sends it, asks once; a later one asks again, a closed terminal never', async (t) => {
  let now = 10_000;
  const signals = new Subject<string>();
  const second = lastValueFrom(secondOf(signals, () => now).pipe(toArray()));
  const send = (name: string, afterMs: number): void => {
    now += afterMs;
    signals.next(name);
  };
  send('SIGTERM', 0);
  send('SIGTERM', 2);
  send('SIGHUP', 60_000);
  send('SIGINT', 1);
  signals.complete();
  t.deepEqual(await second, ['SIGINT']);
});
