/** A control value that somebody put by hand and that is none ends nothing. */
import test from 'ava';
import {firstValueFrom, ReplaySubject, take, toArray} from 'rxjs';
import {openLink} from '../../../runtime/bus/connection.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

test('Whoever watches a control value passes over what is not JSON', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const link = await openLink({url: server.url, run: 'run', name: 'somebody'});
  t.teardown(() => link.close());
  await bus.control.put('scale', 1);
  const seen$ = new ReplaySubject<number>();
  bus.control.watch<number>('scale').subscribe(seen$);
  await firstValueFrom(seen$);
  await link.bucket.put('scale', '{"revision": ');
  await bus.control.put('scale', 2);
  t.deepEqual(await firstValueFrom(seen$.pipe(take(2), toArray())), [1, 2]);
});
