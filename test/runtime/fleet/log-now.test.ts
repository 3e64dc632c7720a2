/** A log is read to where it ends now, whatever stands there. */
import test from 'ava';
import {subjectOf} from '../../../runtime/bus/subjects.js';
import {logNow} from '../../../runtime/fleet/log-now.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {publishAsStranger} from '../../helpers/stranger.js';

test('a log whose last entry cannot be read ends with the one before it', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  t.deepEqual(await logNow(bus, 'metrics'), []);
  await bus.publish('metrics', {actor: 'filter', index: 0, timeUnixMs: 1, values: {}, objective: ''}, '1');
  await publishAsStranger(server.url, subjectOf('run', 'metrics'), Buffer.from('garbage'));
  t.is((await bus.state('metrics')).lastSequence, 2);
  t.deepEqual(
    (await logNow(bus, 'metrics')).map(({actor}) => actor),
    ['filter'],
  );
});
