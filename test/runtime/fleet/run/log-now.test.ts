/** A log is read to where it ends now, whatever stands there. */
import test from 'ava';
import type {Bus, LogStart} from '../../../../runtime/bus/bus.js';
import {subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {growingLog, logNow} from '../../../../runtime/fleet/run/log-now.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {publishAsStranger} from '../../../helpers/stranger.js';

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

/** A bus with nothing but a log of scores, in which only their steps are of account; the even ones cannot be read. */
const withLog = () => {
  const log = {steps: [] as number[], reads: [] as LogStart[]};
  const bus = {
    state: async () => ({messages: log.steps.length, lastSequence: log.steps.length, numAckPending: 0}),
    async *read(_: 'scores', range: {readonly sequence: number; readonly through: number}) {
      log.reads.push(range);
      for (const [index, step] of log.steps.slice(0, range.through).entries())
        if (index + 1 >= range.sequence && step % 2 === 1) yield {message: {step}, sequence: index + 1};
    },
  } as unknown as Bus;
  return {log, bus};
};

test('A log that is looked at again is read on from where it was, also after what cannot be read', async (t) => {
  const {log, bus} = withLog();
  const scores = growingLog(bus, 'scores');
  const steps = async () => (await scores()).map(({step}) => step);
  t.deepEqual(await steps(), []);
  log.steps = [1, 2];
  t.deepEqual(await steps(), [1]);
  t.deepEqual(await steps(), [1]);
  log.steps = [1, 2, 3];
  t.deepEqual(await steps(), [1, 3]);
  t.deepEqual(log.reads, [
    {sequence: 1, through: 2},
    {sequence: 3, through: 3},
  ]);
});

test('A log whose end the server has forgotten is read anew', async (t) => {
  const {log, bus} = withLog();
  const scores = growingLog(bus, 'scores');
  log.steps = [1, 3, 5];
  await scores();
  log.steps = [1, 7];
  t.deepEqual(
    (await scores()).map(({step}) => step),
    [1, 7],
  );
});
