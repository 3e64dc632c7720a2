/**
 * Whole runs to which one thing happens for long: a process stands still, or the network between one actor and the server
 * fails. Every actor is started alone, as on a machine of its own, behind a network of its own.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ActorName} from '../../runtime/actors.js';
import {openBus} from '../../runtime/bus/open-bus.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {actorsOf} from '../helpers/actors-of.js';
import {type Network, networkTo} from '../helpers/cut.js';
import {type FleetFolder, kill, openFleetFolder, RUN, type Running, until} from '../helpers/fleet-folder.js';
import {startTestServer, type TestServer} from '../helpers/nats.js';
import {countsOf} from './checks.js';
import type {FaultDone} from './fault.js';
import {FULL_DISK, runOnFullDisk} from './full-disk.js';
import {logsOf} from './logs.js';
import {BATCH_SIZE, fleetOfPlan, KEY_ENV} from './plan.js';
import {replayedWeights} from './replay.js';
import {type Scope, withScope} from './scope.js';
import {startCountingTeacher} from './teacher.js';

interface Place {
  readonly server: TestServer;
  readonly folder: FleetFolder;
  readonly networks: ReadonlyMap<string, Network>;
}

/** Begins it, and returns what ends it. */
type Fault = (place: Place) => () => void;

const standing =
  (pidsOf: (place: Place) => readonly number[]): Fault =>
  (place) => {
    const pids = pidsOf(place);
    for (const pid of pids) kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of pids) kill(pid, 'SIGCONT');
    };
  };
const network =
  (name: string, fail: (network: Network) => void): Fault =>
  ({networks}) => {
    const found = networks.get(name);
    if (found === undefined) throw new Error(`there is no network of ${name}`);
    fail(found);
    return () => found.mend();
  };

const SHARDS = 2;
/** Those of the fleet, each with its number. */
const started: readonly (readonly [actor: ActorName, index: number])[] = [
  ...actorsOf('clair')
    .filter((actor) => actor !== 'learner')
    .map((actor) => [actor, 0] as const),
  ...Array.from({length: SHARDS}, (_, index) => ['learner', index] as const),
];
const nameOf = ([actor, index]: (typeof started)[number]): string => `${actor}-${index}`;

const faults: Readonly<Record<string, Fault>> = {
  'the leading shard stands still': standing(({folder}) => folder.pidsOf('learner').slice(0, 1)),
  'the other shard stands still': standing(({folder}) => folder.pidsOf('learner').slice(1)),
  'the server stands still': standing(({server}) => [server.pid]),
  ...Object.fromEntries(
    started.flatMap((each) => [
      [`the network of ${nameOf(each)} is cut`, network(nameOf(each), (found) => found.cut())],
      [`the network of ${nameOf(each)} swallows`, network(nameOf(each), (found) => found.swallow())],
    ]),
  ),
};

export interface FaultOptions {
  readonly seed: number;
  /** How long each lasts. */
  readonly lastingMs: number;
  /** Part of the name of those wanted; all unless given. */
  readonly only?: string | undefined;
  readonly onDone: (done: FaultDone) => void;
}

export const runFaults = async ({seed, lastingMs, only = '', onDone}: FaultOptions): Promise<boolean> => {
  let isRight = true;
  for (const [name, fault] of Object.entries(faults)) {
    if (!name.includes(only)) continue;
    const done = await withScope((scope) => runUnder(scope, {name, fault, seed, lastingMs}));
    onDone(done);
    isRight &&= done.wrong.length === 0;
  }
  const full = FULL_DISK.includes(only) ? await runOnFullDisk(seed) : undefined;
  if (full !== undefined) onDone(full);
  isRight &&= (full?.wrong.length ?? 0) === 0;
  return isRight;
};

const PROMPTS = 240;
const TEACHER_LATENCY_MS = 250;
const PAIRS_BEFORE = 40;

const runUnder = async (
  scope: Scope,
  {name, fault, seed, lastingMs}: {name: string; fault: Fault; seed: number; lastingMs: number},
): Promise<FaultDone> => {
  const beganMs = Date.now();
  const server = await startTestServer();
  scope.teardown(() => server.remove());
  const folder = openFleetFolder();
  scope.teardown(() => folder.remove());
  const teacher = await startCountingTeacher(seed, TEACHER_LATENCY_MS);
  scope.teardown(() => teacher.close());
  const plan = {seed, dataset: 'clair', prompts: PROMPTS, epochs: 1, shards: SHARDS, kills: []} as const;
  const fleet = fleetOfPlan(plan, teacher.url);
  writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleet, undefined, 2));
  const env = {[KEY_ENV]: teacher.key};
  const up = await folder.anchorage(
    ['up', 'fleet.json', '--no-actors', '--run', RUN, '--nats', server.url],
    env,
  );
  const networks = new Map<string, Network>();
  const actors: Running[] = [];
  for (const each of started) {
    const [actor, index] = each;
    const own = await networkTo(scope, server.url);
    networks.set(nameOf(each), own);
    const place = ['--index', String(index), '--run', RUN, '--nats', own.url];
    const args = ['start', actor, ...place, '--allow-endpoint', `${teacher.url}=${KEY_ENV}`];
    actors.push(await folder.anchorage(args, env));
  }
  const bus = await openBus({url: server.url, run: RUN, name: 'faults'});
  scope.teardown(() => bus.drain());
  const now = async () => ({
    pairs: (await bus.state('pairs')).lastSequence,
    step: (await bus.kv.get<Progress>('progress'))?.value.step ?? 0,
  });
  const before = await until('pairs are there', async () => {
    const found = await now();
    return found.pairs >= PAIRS_BEFORE ? found : undefined;
  });
  const end = fault({server, folder, networks});
  scope.teardown(end);
  await sleep(lastingMs);
  end();
  const after = await now();

  const {code, stderr} = await up.ended;
  const wrong = code === 0 ? [] : [`up ended with code ${code}: ${stderr.trim()}`];
  for (const {pid} of actors) kill(pid, 'SIGTERM');
  for (const [index, actor] of actors.entries()) {
    const {code: ended, stderr: said} = await actor.ended;
    if (ended !== 0) wrong.push(`${started[index]?.join('-')} ended with code ${ended}: ${said.trim()}`);
  }
  const logs = await logsOf(bus);
  const progress = (await bus.kv.get<Progress>('progress'))?.value;
  const counts = countsOf(logs, progress, {prompts: PROMPTS, epochs: 1, batchSize: BATCH_SIZE});
  const file = join(folder.runFolder, logs.checkpoints.at(-1)?.folder ?? '', 'model.safetensors');
  // One that stopped has no final weights.
  const isEqual =
    code !== 0 ||
    readFileSync(file).equals(await replayedWeights({scope, natsUrl: server.url, fleet, logs, env}));
  return {
    fault: name,
    pairsMeanwhile: after.pairs - before.pairs,
    stepsMeanwhile: after.step - before.step,
    lost: counts.lost,
    twice: counts.twice,
    seconds: (Date.now() - beganMs) / 1000,
    wrong: [
      ...wrong,
      ...counts.wrong,
      ...(isEqual ? [] : ['the final weights are not those of the undisturbed run']),
    ],
  };
};
