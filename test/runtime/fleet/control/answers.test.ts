/** Whose answers a change of the objective waits for. */
import test from 'ava';
import {aliveActors} from '../../../../runtime/fleet/control/answers.js';
import type {ActorsNow} from '../../../../runtime/fleet/scale.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('actors that were just heard of are waited for, except those that were scaled away', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  t.deepEqual(await aliveActors(bus, ['sampler', 'filter']), []);
  const heard = async (actor: string, index: number, timeUnixMs: number) =>
    bus.publish(
      'metrics',
      {actor, index, timeUnixMs, values: {}, objective: ''},
      `${actor}-${index}-${timeUnixMs}`,
    );
  await heard('filter', 1, 10_000);
  await heard('sampler', 0, 20_000);
  await heard('sampler', 1, 20_000);
  await heard('evaluator', 0, 20_000);
  await heard('filter', 0, 20_001);
  t.deepEqual(await aliveActors(bus, ['sampler', 'filter']), ['filter-0', 'sampler-0', 'sampler-1']);
  const now: ActorsNow = {
    revision: 1,
    supervised: true,
    running: {sampler: 1},
    processes: {sampler: 2},
    gone: ['sampler-1'],
  };
  await bus.control.put('actors', now);
  t.deepEqual(await aliveActors(bus, ['sampler', 'filter']), ['filter-0', 'sampler-0']);
});
