/** What is shown while a run goes on, by `anchorage watch` and `anchorage status` from outside. */
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {type ChannelName, channels} from '../../../../runtime/bus/channels/subjects.js';
import {plainLine, scoreLine, stageLines} from '../../../../runtime/command/up/progress-lines.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {ownIdentity} from '../../../../runtime/machine/process-alive.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {anchorage, startNode} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const report = async (bus: Bus, step: number, values: Record<string, number>): Promise<void> => {
  const stamps = {step, policyVersion: 0, objective: 'dpo', objectiveRevision: 2};
  bus.report({actor: 'learner', index: 0, timeUnixMs: 1000 + step, ...stamps, values});
  // A row is sent and forgotten; the answer to a question comes after it.
  await bus.state('metrics');
};

test('watch --json prints each row with the metrics asked for, its zeros included', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await report(bus, 1, {loss: 0.5, 'rewards/margins': 1, 'rewards/chosen': 2, grad_norm: 3});
  await report(bus, 2, {grad_norm: 4});
  const args = ['watch', 'loss', 'rewards/*', '--json', '--all', '--nats', server.url, '--run', 'run'];
  const child = startNode(t, 'runtime/command/main.js', args, {cwd: temporaryFolder(t)});
  const [line] = await once(child.stdout ?? child, 'data');
  t.deepEqual(JSON.parse(String(line)), {
    time: 1001,
    actor: 'learner',
    index: 0,
    step: 1,
    policyVersion: 0,
    objective: 'dpo',
    objectiveRevision: 2,
    values: {loss: 0.5, 'rewards/margins': 1, 'rewards/chosen': 2},
  });
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  t.is(code, 0);
});

test('watch prints lines where its output is piped', async (t) => {
  const server = await withNatsServer(t);
  await report(await withBus(t, server), 7, {loss: 0.123456, pairs: 3});
  const args = ['watch', 'loss', 'pairs', '--all', '--nats', server.url];
  const child = startNode(t, 'runtime/command/main.js', args, {cwd: temporaryFolder(t)});
  const [line] = await once(child.stdout ?? child, 'data');
  t.is(String(line), 'learner-0 step 7 dpo (revision 2) loss=0.1235 pairs=3\n');
});

test('status counts what every channel holds', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.publish('prompts', {promptId: '0', prompt: 'x'}, '0');
  const {code, stdout} = await anchorage(t, ['status', '--json', '--nats', server.url], {
    cwd: temporaryFolder(t),
  });
  t.is(code, 0);
  const status = JSON.parse(stdout) as {phase: string; channels: Record<string, unknown>};
  t.is(status.phase, 'starting');
  t.deepEqual(status.channels.prompts, {messages: 1, lastSequence: 1, outstanding: 0});
});

test('a live run is found where its folder says, whatever NATS_URL says', async (t) => {
  const server = await withNatsServer(t);
  await withBus(t, server, 'mine');
  await withBus(t, server, 'other');
  const cwd = temporaryFolder(t);
  mkdirSync(join(cwd, 'runs/mine'), {recursive: true});
  const record = {run: 'mine', ...ownIdentity(), natsUrl: server.url, startedAt: '', heldSince: ''};
  writeFileSync(join(cwd, 'runs/mine/run.json'), JSON.stringify(record));
  const env = {NATS_URL: 'nats://127.0.0.1:9'};
  const {code, stdout} = await anchorage(t, ['status', '--json'], {cwd, env});
  t.is(code, 0);
  t.like(JSON.parse(stdout), {run: 'mine', nats: server.shown});
});

const states = (counts: Partial<Record<ChannelName, [messages: number, lastSequence: number]>>) =>
  Object.fromEntries(
    (Object.keys(channels) as ChannelName[]).map((name) => {
      const [messages, lastSequence] = counts[name] ?? [0, 0];
      return [name, {messages, lastSequence, numAckPending: 0}];
    }),
  ) as Record<ChannelName, {messages: number; lastSequence: number; numAckPending: number}>;

test('progress is one line a stage on a terminal and one line in all where it is piped', async (t) => {
  const fleet = await readFleet(`${packageRoot}/runtime/fleet/demo.yaml`);
  const score = {suite: 'arithmetic', items: 300, seconds: 1, weightsSha256: ''};
  const scores = [
    {...score, step: 0, policyVersion: 0, score: 0.22},
    {...score, step: 50, policyVersion: 1, score: 0.9},
  ];
  const snapshot = {
    prompts: 600,
    states: states({
      prompts: [12, 100],
      completions: [8, 88],
      candidates: [0, 80],
      accepted: [4, 70],
      pairs: [66, 66],
      rejections: [10, 10],
      checkpoints: [2, 2],
    }),
    progress: {
      step: 4,
      steps: 150,
      epoch: 1,
      policyVersion: 1,
      pairSequence: 64,
      pairsTrained: 64,
      phase: 'training' as const,
      backend: 'onnx',
      backendReason: '',
    },
    training: {
      actor: 'learner',
      index: 0,
      timeUnixMs: 0,
      objective: 'dpo',
      objectiveRevision: 2,
      values: {loss: 0.5, 'rewards/margins': 1},
    },
    scores,
    rejections: {length: 1, truncated: 9},
  };
  t.deepEqual(stageLines(snapshot, fleet), [
    'prompts    100 of 600 sent',
    'sampler    88 answered, 12 to answer',
    'reviser    80 candidate pairs, 8 to revise',
    'filter     70 accepted, 10 prompts rejected (9 truncated, 1 length)',
    'reference  66 pairs, 4 to score',
    'learner    step 4 of 150, loss 0.500, margin 1.000, dpo (revision 2)',
    'evaluator  arithmetic 0.220 → 0.900, 2 of 2 checkpoints scored',
  ]);
  t.is(
    plainLine(snapshot),
    'step 4 of 150, loss 0.500, margin 1.000, dpo (revision 2) · prompts 100 of 600 · pairs 66 · rejected 10 (9 truncated, 1 length)',
  );
  t.is(scoreLine(scores), 'checkpoint of step 50: arithmetic 0.900 (0.220 at step 0)');
  t.is(scoreLine(scores.slice(0, 1)), 'checkpoint of step 0: arithmetic 0.220');
});
