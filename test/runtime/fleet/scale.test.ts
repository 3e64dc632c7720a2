/** What a supervisor says of its actors as they become more and fewer. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {filter, firstValueFrom, Subject} from 'rxjs';
import type {ChildState, ProcessEvent, Supervisor} from '../../../runtime/actor/supervise.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {type ActorsNow, followScale, scaled} from '../../../runtime/fleet/scale.js';
import {packageRoot} from '../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFile} from '../../helpers/temporary.js';

test('actors that drain or ended are said to be gone; one that restarts or comes back is not', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const events$ = new Subject<ProcessEvent>();
  let states = new Map<string, ChildState>();
  const supervisor: Supervisor = {
    events$,
    states: () => states,
    drainingAtWork: () => [],
    want: () => undefined,
    stop: async () => undefined,
    kill: () => undefined,
  };
  const following = followScale(bus, fleet, supervisor, () => []).subscribe();
  t.teardown(() => following.unsubscribe());
  const goneAfter = async (
    now: Record<string, ChildState>,
    processes: number,
  ): Promise<ActorsNow['gone']> => {
    states = new Map(Object.entries(now));
    events$.next({kind: 'running', name: 'sampler-0'});
    const said$ = bus.kv.watch<ActorsNow>('actors');
    const said = await firstValueFrom(said$.pipe(filter((each) => each.processes.sampler === processes)));
    return said.gone;
  };
  t.deepEqual(await goneAfter({'sampler-0': 'running', 'sampler-1': 'running'}, 2), []);
  t.deepEqual(
    await goneAfter({'sampler-0': 'restarting', 'sampler-1': 'draining', 'sampler-2': 'draining'}, 3),
    ['sampler-1', 'sampler-2'],
  );
  t.deepEqual(await goneAfter({'sampler-0': 'running'}, 1), ['sampler-1', 'sampler-2']);
  t.deepEqual(await goneAfter({'sampler-0': 'running', 'sampler-1': 'starting'}, 2), ['sampler-2']);
});

test('a fleet without an evaluation has no evaluator, in any size, and cannot be given one', async (t) => {
  const text = readFileSync(join(packageRoot, 'runtime/fleet/demo.yaml'), 'utf8').replace(
    /^evaluation:.*$/m,
    '',
  );
  const file = temporaryFile(t, 'fleet.yaml', text);
  const without = scaled(await readFleet(file), {sampler: 2});
  t.is(without.actors.evaluator.count, 0);
  // As its actors load it.
  const loaded = await readFleet(temporaryFile(t, 'fleet.json', JSON.stringify(without)));
  t.deepEqual(loaded.actors, without.actors);
  t.throws(() => scaled(without, {evaluator: 1}), {message: /this fleet has no evaluation/});
});
