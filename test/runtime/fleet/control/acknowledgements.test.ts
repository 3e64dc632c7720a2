/** Whose answers a change of the objective waits for. */
import test from 'ava';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {aliveActors as alive} from '../../../../runtime/fleet/control/acknowledgements.js';
import type {ActorsNow} from '../../../../runtime/fleet/scale.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

const aliveActors = async (bus: Bus, names: readonly string[]) =>
  (await alive(bus, names)).map(({name}) => name);

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
  await bus.kv.put('actors', now);
  t.deepEqual(await aliveActors(bus, ['sampler', 'filter']), ['filter-0', 'sampler-0']);
});

test('who has work in hand says so with each heartbeat, and for how long', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const said = (timeUnixMs: number, values: Record<string, number>) =>
    bus.publish(
      'metrics',
      {actor: 'learner', index: 0, timeUnixMs, values, objective: ''},
      `learner-${timeUnixMs}`,
    );
  await said(1000, {'work/busy': 1, 'work/oldest_seconds': 84});
  await said(1001, {loss: 0.5});
  t.deepEqual(await alive(bus, ['learner']), [{name: 'learner-0', atWorkSeconds: 84}]);
  await said(2000, {'work/busy': 0, 'work/oldest_seconds': 0});
  t.deepEqual(await alive(bus, ['learner']), [{name: 'learner-0', atWorkSeconds: undefined}]);
});
