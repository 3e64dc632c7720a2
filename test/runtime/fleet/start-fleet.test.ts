/** A fleet ends in one of three ways, and never leaves a process behind. */
import {join} from 'node:path';
import test, {type ExecutionContext, registerCompletionHandler} from 'ava';
import {filter, firstValueFrom, NEVER, Subject, take} from 'rxjs';
import type {ProcessEvent} from '../../../runtime/actor/supervise.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {isComplete, startFleet} from '../../../runtime/fleet/start-fleet.js';
import {codeRoot, packageRoot} from '../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {isAlive} from '../../helpers/process.js';
import {temporaryFile} from '../../helpers/temporary.js';
import type {Behaviour} from '../../helpers/test-actor.js';

// One of these servers never answers: what waits for it would keep this process, as it would `up`, which exits.
registerCompletionHandler(() => process.exit());

const setUp = async (t: ExecutionContext, behaviours: Behaviour[], change: Partial<Bus> = {}) => {
  const server = await withNatsServer(t);
  const bus = {...(await withBus(t, server)), ...change};
  // Its checkpoints are messages alone.
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), ['training.share=folder']);
  const stop$ = new Subject<void>();
  const broken$ = new Subject<string>();
  const pids: number[] = [];
  const commands = behaviours.map((behaviour, index) => {
    const file = temporaryFile(t, 'fleet.json', JSON.stringify({behaviour}));
    const args = [
      '--fleet',
      file,
      '--run',
      'run',
      '--index',
      String(index),
      '--run-folder',
      join(file, '..'),
    ];
    return {
      name: `sampler-${index}`,
      entry: join(codeRoot, 'test/helpers/test-actor.js'),
      args,
      env: {NATS_URL: server.url},
      logFile: join(file, '../log'),
    };
  });
  const onEvent = (event: ProcessEvent) => {
    if (event.kind === 'started') pids.push(event.pid);
  };
  const running = startFleet({fleet, bus, commands, prompts: ['a', 'b'], stop$, broken$, onEvent});
  t.teardown(() => running.kill());
  return {bus, fleet, stop$, broken$, pids, running};
};

test('a run is complete when training is and its last policy has its score; then every actor is drained', async (t) => {
  const {bus, fleet, pids, running} = await setUp(t, ['wait', 'complete']);
  t.deepEqual(await running.ended, {kind: 'complete'});
  t.true(await isComplete(bus, fleet));
  t.is(pids.length, 2);
  t.false(pids.some(isAlive));
});

test('a stop drains every actor', async (t) => {
  const {bus, fleet, stop$, pids, running} = await setUp(t, ['wait', 'wait']);
  const ready$ = bus
    .entries('metrics', {sequence: 1})
    .pipe(filter(({message}) => message.values.ready === 1));
  await firstValueFrom(ready$.pipe(take(1)));
  stop$.next();
  t.deepEqual(await running.ended, {kind: 'drained'});
  t.false(await isComplete(bus, fleet));
  t.false(pids.some(isAlive));
});

test('an actor that fails for good ends the run with its name and reason', async (t) => {
  const {pids, running} = await setUp(t, ['wait', 'fatal']);
  t.deepEqual(await running.ended, {kind: 'failed', reason: 'sampler-1: the key is refused; give another'});
  t.false(pids.some(isAlive));
});

test('an actor that fails for good while the server does not answer: that is told too, so that nobody waits for it', async (t) => {
  const mute = () => new Promise<never>(() => undefined);
  const {pids, running} = await setUp(t, ['wait', 'fatal'], {state: mute});
  const reason = 'sampler-1: the key is refused; give another';
  t.deepEqual(await running.ended, {kind: 'failed', reason, isCutOff: true});
  t.false(pids.some(isAlive));
});

test('a server that is gone ends the run', async (t) => {
  const {broken$, pids, running} = await setUp(t, ['wait']);
  broken$.next('the server is gone');
  t.deepEqual(await running.ended, {kind: 'failed', reason: 'the server is gone'});
  t.false(pids.some(isAlive));
});

test('a run that nothing ends goes on', async (t) => {
  const {bus, stop$, running} = await setUp(t, ['end']);
  // The only actor ended by itself; the prompts that it never took are still there.
  const left = await firstValueFrom(bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}));
  t.is(left.message.prompt, 'a');
  stop$.next();
  t.is((await running.ended).kind, 'drained');
});
