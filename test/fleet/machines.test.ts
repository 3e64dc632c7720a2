/**
 * One fleet over three machines, which share nothing but the server's address, beside another run on the same server; and
 * the network of one machine after the other fails while they are at work.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {Bus} from '../../runtime/bus/bus.js';
import {startTeacher} from '../../runtime/demo/teacher/teacher.js';
import {putFirstObjective} from '../../runtime/fleet/control/run-objective.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../runtime/fleet/progress.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {startActor} from '../helpers/actor-process.js';
import {networkTo} from '../helpers/cut.js';
import {
  type FleetFolder,
  kill,
  openFleetFolder,
  overrides,
  RUN,
  type Running,
  untilStep,
} from '../helpers/fleet-folder.js';
import {type TestServer, withBus, withNatsServer} from '../helpers/nats.js';
import {temporaryFolder} from '../helpers/temporary.js';

const PROMPTS = 192;
const KEY = {MACHINES_TEST_KEY: 'key'};
const sets = (teacherUrl: string, prompts: number): string[] => [
  `prompts.count=${prompts}`,
  `training.steps=${prompts / 16}`,
  'training.warmupSteps=1',
  'training.checkpointEverySteps=4',
  'maxOutstandingPrompts=48',
  'evaluation.count=16',
  `endpoints={teacher: {baseUrl: "${teacherUrl}", apiKeyEnv: MACHINES_TEST_KEY}}`,
];

const openMachine = (t: ExecutionContext): FleetFolder => {
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  return folder;
};

const startOn = (folder: FleetFolder, natsUrl: string, teacherUrl: string) => (actor: string) => {
  const allowed = ['--allow-endpoint', `${teacherUrl}=MACHINES_TEST_KEY`];
  return folder.anchorage(['start', actor, '--run', RUN, '--nats', natsUrl, ...allowed], KEY);
};

const exitCode = async (t: ExecutionContext, command: Running): Promise<void> => {
  const {code, stderr} = await command.ended;
  t.is(code, 0, stderr);
};

/** Every prompt came to one end, and every pair was trained on once. */
const isWhole = async (t: ExecutionContext, bus: Bus, prompts: number): Promise<void> => {
  const pairs = (await logNow(bus, 'pairs')).map(({promptId}) => promptId);
  const rejected = new Set((await logNow(bus, 'rejections')).map(({promptId}) => promptId));
  const all = Array.from({length: prompts}, (_, index) => String(index));
  t.deepEqual(
    [...pairs, ...rejected].sort((a, b) => Number(a) - Number(b)),
    all,
    bus.run,
  );
  t.like((await bus.last('checkpoints'))?.message, {final: true, pairSequence: pairs.length});
  t.is((await bus.kv.get<{pairsTrained: number}>('progress'))?.value.pairsTrained, pairs.length);
};

/** What one learner, on one machine, leaves of the same pairs in the same order. */
const replayed = async (t: ExecutionContext, server: TestServer, of: Bus): Promise<string> => {
  const fleet = (await of.kv.get<Fleet>('fleet'))?.value;
  if (fleet === undefined) throw new Error('the run has no fleet');
  const run = `${of.run}-replayed`;
  const bus = await withBus(t, server, run);
  await putFirstObjective(bus, fleet);
  const pairs = await logNow(of, 'pairs');
  for (const pair of pairs) await bus.publish('pairs', pair, pair.promptId);
  await bus.kv.put<Feeding>('phase', {feeding: 'done', pairs: pairs.length});
  const learner = startActor(t, 'learner', fleet, server.url, KEY, {run, runFolder: temporaryFolder(t)});
  t.deepEqual(await learner.ended, {code: 0, message: undefined});
  return (await bus.last('checkpoints'))?.message.weightsSha256 ?? '';
};

test('Three machines leave the weights of one, though the network of each fails for a while, and another run none the wiser', async (t) => {
  const server = await withNatsServer(t);
  const teacher = await startTeacher({seed: 0, key: 'key', latencyMs: 150, failureRate: 0});
  t.teardown(() => teacher.close());
  const [feeder, generating, learning] = [openMachine(t), openMachine(t), openMachine(t)];
  const networks = {
    generating: await networkTo(t, server.url),
    learning: await networkTo(t, server.url),
  };
  const up = await feeder.anchorage(
    ['up', ...['--no-actors', '--run', RUN, '--nats', server.url], ...overrides(sets(teacher.url, PROMPTS))],
    KEY,
  );
  const beside = openMachine(t);
  const other = await beside.anchorage(
    [...['up', '--run', 'beside', '--nats', server.url], ...overrides(sets(teacher.url, PROMPTS / 2))],
    KEY,
  );
  const here = startOn(feeder, server.url, teacher.url);
  const onGenerating = startOn(generating, networks.generating.url, teacher.url);
  const onLearning = startOn(learning, networks.learning.url, teacher.url);
  const actors = await Promise.all([
    ...['filter', 'reference'].map(here),
    ...['sampler', 'reviser'].map(onGenerating),
    ...['learner', 'evaluator'].map(onLearning),
  ]);
  const bus = await withBus(t, server, RUN, 'onlooker');
  const failures = [
    {step: 2, network: networks.generating, how: 'swallow'},
    {step: 4, network: networks.learning, how: 'cut'},
    {step: 6, network: networks.generating, how: 'cut'},
  ] as const;
  for (const {step, network, how} of failures) {
    await untilStep(bus, step);
    t.true(network.connections() > 0);
    network[how]();
    await sleep(2500);
    network.mend();
  }
  await exitCode(t, up);
  // Nobody ends actors that were started alone, but the learner, which is done.
  for (const actor of actors) kill(actor.pid, 'SIGTERM');
  for (const actor of actors) await exitCode(t, actor);
  await isWhole(t, bus, PROMPTS);
  t.deepEqual(await other.ended.then(({code, stderr}) => ({code, stderr})), {code: 0, stderr: ''});
  await isWhole(t, await withBus(t, server, 'beside', 'onlooker'), PROMPTS / 2);
  const final = (await bus.last('checkpoints'))?.message;
  t.is(final?.weightsSha256, await replayed(t, server, bus));
});
