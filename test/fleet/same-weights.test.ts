/**
 * A learner fed with the same pairs in the same order leaves the same weights, however often it was stopped on the way:
 * byte for byte.
 */
import {readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {PreferencePair} from '../../proto/messages.js';
import type {Bus} from '../../runtime/bus/bus.js';
import type {MessageOf} from '../../runtime/bus/channels/subjects.js';
import {putFirstObjective} from '../../runtime/fleet/control/run-objective.js';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import {type FleetInput, fleetSchema} from '../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../runtime/fleet/progress.js';
import {type ActorProcess, startActor} from '../helpers/actor-process.js';
import {demoPairs} from '../helpers/demo-pairs.js';
import {fullBatches, untilStep} from '../helpers/fleet-folder.js';
import {startTestServer, type TestServer, withBus} from '../helpers/nats.js';
import {temporaryFolder} from '../helpers/temporary.js';

const fleet: FleetInput = {
  // It starts sooner than TensorFlow, which pairs that are stale are trained on with below, where it is there.
  backend: 'onnx',
  prompts: {demo: true, count: 200},
  policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
  objective: {name: 'apo_zero', beta: 1, learningRate: 1e-4},
  // Seven steps are all there are pairs for; a checkpoint after the third and the sixth.
  training: {steps: 8, warmupSteps: 1, checkpointEverySteps: 3},
  evaluation: {suite: 'arithmetic'},
  endpoints: {teacher: {demo: true}},
  actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
};

const pairs = await demoPairs(6 * 16 + 5);
/** Four full batches, and six pairs that wait for ten more. */
const FIRST_PART = 4 * 16 + 6;

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

interface Trained {
  /** Of the last checkpoint. */
  readonly bytes: Buffer;
  readonly checkpoints: readonly number[];
  /** Each row's step, in the order in which they were taken. */
  readonly steps: readonly number[];
  /** The newest step when a stopped learner was started again. */
  readonly from: number;
  /** Prompts whose pairs were not trained on. */
  readonly rejected: readonly string[];
  /** What that one said to the operator. */
  readonly warnings: readonly string[];
}

/** What is trained on, and by which rules. */
interface Work {
  readonly fleet: FleetInput;
  readonly pairs: readonly PreferencePair[];
}

const publish = async (bus: Bus, some: readonly PreferencePair[]): Promise<void> => {
  for (const pair of some) await bus.publish('pairs', pair, pair.promptId);
};

/**
 * Trains on all pairs. With `interrupt`, the learner is stopped so after the first part of them, and another follows it, in
 * the folder that `move` gives.
 */
const train = async (
  t: ExecutionContext,
  run: string,
  interrupt?: (learner: ActorProcess) => void,
  move: (runFolder: string, bus: Bus) => Promise<string> = async (runFolder) => runFolder,
  work: Work = {fleet, pairs},
): Promise<Trained> => {
  const bus = await withBus(t, server, run);
  await putFirstObjective(bus, fleetSchema.parse(work.fleet));
  let place = {run, runFolder: temporaryFolder(t)};
  const start = () => startActor(t, 'learner', work.fleet, server.url, {}, place);
  let learner = start();
  await publish(bus, work.pairs.slice(0, FIRST_PART));
  t.is(await untilStep(bus, 4), 4);
  if (interrupt !== undefined) {
    interrupt(learner);
    await learner.ended;
    place = {run, runFolder: await move(place.runFolder, bus)};
    learner = start();
  }
  const from = (await bus.last('checkpoints'))?.message.step ?? 0;
  await publish(bus, work.pairs.slice(FIRST_PART));
  await bus.kv.put<Feeding>('phase', {feeding: 'done', pairs: pairs.length});
  t.deepEqual(await learner.ended, {code: 0, message: undefined});

  const checkpoints = await all(bus, 'checkpoints');
  const last = checkpoints.at(-1);
  t.like(last, {final: true, pairSequence: pairs.length});
  return {
    rejected: (await all(bus, 'rejections')).map(({promptId}) => promptId),
    bytes: readFileSync(join(place.runFolder, last?.folder ?? '', 'model.safetensors')),
    checkpoints: checkpoints.map(({step}) => step),
    steps: (await all(bus, 'metrics')).flatMap(({step, values}) =>
      typeof step === 'number' && values.loss !== undefined ? [step] : [],
    ),
    from,
    warnings: learner.warnings(),
  };
};

/** What a log holds now. */
const all = async <N extends 'checkpoints' | 'metrics' | 'rejections'>(bus: Bus, log: N) => {
  const {lastSequence} = await bus.state(log);
  const messages: MessageOf<N>[] = [];
  if (lastSequence === 0) return messages;
  for await (const {message, sequence} of bus.read(log, {sequence: 1})) {
    messages.push(message);
    if (sequence >= lastSequence) break;
  }
  return messages;
};

let whole: Promise<Trained> | undefined;
/** What a learner leaves that nothing stopped; made once, by the first test that asks. */
const wholeRun = (t: ExecutionContext): Promise<Trained> => {
  whole ??= train(t, 'whole');
  return whole;
};

test.serial(
  'Two learners fed with the same pairs leave the same weights, and not those that they began with',
  async (t) => {
    const one = await wholeRun(t);
    t.is(fullBatches(pairs.length).length, 7);
    t.deepEqual(one.steps, [1, 2, 3, 4, 5, 6, 7]);
    t.deepEqual(one.checkpoints, [0, 3, 6, 7]);
    const other = await train(t, 'other');
    t.true(other.bytes.equals(one.bytes));
    t.false(one.bytes.equals(readFileSync(join(demoPolicyFolder, 'model.safetensors'))));
  },
);

test.serial(
  'A learner that goes on in another folder, with nothing of the first, leaves the same weights',
  async (t) => {
    const {bytes} = await wholeRun(t);
    const kill = (learner: ActorProcess) => learner.kill();
    const moved = await train(t, 'moved', kill, async () => temporaryFolder(t));
    t.deepEqual(moved.steps, [1, 2, 3, 4, 4, 5, 6, 7]);
    t.true(moved.bytes.equals(bytes));
  },
);

for (const [what, damage] of Object.entries({
  'The optimizer of the newest checkpoint is cut short': (folder: string) =>
    truncateSync(join(folder, 'training/step-000004.safetensors'), 1000),
  'The state of the newest checkpoint is altered': (folder: string) =>
    writeFileSync(join(folder, 'training/step-000004.json'), '{}'),
  'The weights of the newest checkpoint are gone': (folder: string) =>
    rmSync(join(folder, 'checkpoints/step-000004/model.safetensors')),
})) {
  test.serial(
    `${what}, here and on the bus: the learner says so, goes on from the one before, and leaves the same weights`,
    async (t) => {
      const {bytes} = await wholeRun(t);
      const run = what.split(' ')[1] ?? '';
      const drain = (learner: ActorProcess) => learner.drain();
      const damaged = await train(t, run, drain, async (folder, bus) => {
        damage(folder);
        const newest = (await bus.last('checkpoints'))?.message;
        for (const {sha256} of [...(newest?.files ?? []), ...(newest?.trainingFiles ?? [])])
          await bus.blobs.delete(sha256);
        return folder;
      });
      t.is(damaged.from, 4);
      t.deepEqual(damaged.steps, [1, 2, 3, 4, 4, 5, 6, 7]);
      t.true(damaged.bytes.equals(bytes));
      t.true(
        damaged.warnings.some((line) => line.startsWith('the checkpoint of step 4 is refused: ')),
        damaged.warnings.join('\n'),
      );
    },
  );
}

test.serial(
  'A learner that is killed goes back to its newest checkpoint, one that is drained goes on, and both leave the same weights; pairs that are stale stay out of them, and are the same ones',
  async (t) => {
    // Version 0 is that of the first three steps, 48 pairs: of these four the first is in time.
    const old = new Set([20, 55, 60, 80]);
    const aged = pairs.map((pair, index) => ({...pair, policyVersion: old.has(index) ? 0 : 2}));
    const work: Work = {fleet: {...fleet, backend: 'auto', maxStaleness: 0}, pairs: aged};
    const stale = [55, 60, 80].map((index) => aged[index]?.promptId ?? '');
    const stay = async (folder: string) => folder;
    const one = await train(t, 'stale', undefined, stay, work);
    t.deepEqual(one.steps, [1, 2, 3, 4, 5, 6, 7]);
    t.deepEqual(one.rejected, stale);
    const killed = await train(t, 'killed', (learner) => learner.kill(), stay, work);
    t.is(killed.from, 3);
    t.deepEqual(killed.steps, [1, 2, 3, 4, 4, 5, 6, 7]);
    t.deepEqual(killed.checkpoints, [0, 3, 6, 7]);
    t.deepEqual(killed.rejected, stale);
    t.true(killed.bytes.equals(one.bytes));
    const drained = await train(t, 'drained', (learner) => learner.drain(), stay, work);
    t.is(drained.from, 4);
    t.deepEqual(drained.steps, [1, 2, 3, 4, 5, 6, 7]);
    t.deepEqual(drained.checkpoints, [0, 3, 4, 6, 7]);
    t.deepEqual(drained.rejected, stale);
    t.true(drained.bytes.equals(one.bytes));
    t.false(one.bytes.equals((await wholeRun(t)).bytes));
  },
);
