/**
 * Learner shards that train as one leave the weights that one learner leaves alone, byte for byte, whoever comes, goes or is
 * lost on the way.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Shards} from '../../actors/learner/io/members.js';
import type {Bus} from '../../runtime/bus/bus.js';
import {putFirstObjective} from '../../runtime/fleet/control/run-objective.js';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import {type FleetInput, fleetSchema} from '../../runtime/fleet/file/schema.js';
import type {Feeding, Progress} from '../../runtime/fleet/progress.js';
import {type ActorProcess, startActor} from '../helpers/actor-process.js';
import {networkTo} from '../helpers/cut.js';
import {demoPairs} from '../helpers/demo-pairs.js';
import {untilStep} from '../helpers/fleet-folder.js';
import {startTestServer, type TestServer, withBus} from '../helpers/nats.js';
import {temporaryFolder} from '../helpers/temporary.js';

const whole: FleetInput = {
  // It starts sooner than TensorFlow, which the shards of an adapter have below, where it is there.
  backend: 'onnx',
  prompts: {demo: true, count: 200},
  policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
  objective: {name: 'apo_zero', beta: 1, learningRate: 1e-4},
  training: {steps: 12, warmupSteps: 1, checkpointEverySteps: 3, parts: 2},
  evaluation: {suite: 'arithmetic'},
  endpoints: {teacher: {demo: true}},
  actors: {reviser: {endpoint: 'teacher', model: 'reviser'}, learner: {count: 2, threads: 1}},
};
const pairs = await demoPairs(11 * 16 + 5);
/** Where one is lost without a word. Where none is, a step may take as long as a crowded machine makes it. */
const LOSING = {stepTimeoutMs: 4000};
/** Five full batches, and six pairs that wait for ten more. */
const FIRST_PART = 5 * 16 + 6;

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

interface Run {
  readonly bus: Bus;
  /** Its server is where it is, unless given. */
  start(index: number, natsUrl?: string): ActorProcess;
}

interface Trained {
  readonly bytes: Buffer;
  /** Each row's step, and how many shards took it. */
  readonly rows: readonly {readonly step: number; readonly shards: number}[];
}

const publish = async (bus: Bus, from: number, to: number): Promise<void> => {
  for (const pair of pairs.slice(from, to)) await bus.publish('pairs', pair, pair.promptId);
};

/** Trains on all pairs with these shards; `between` happens when the first part of the pairs is trained on. */
const train = async (
  t: ExecutionContext,
  run: string,
  indices: readonly number[],
  between: (run: Run, shards: ActorProcess[]) => Promise<void> = async () => undefined,
  more: FleetInput['training'] = {},
): Promise<Trained> => {
  const {lora} = more;
  const fleet: FleetInput = {
    ...whole,
    ...(lora && {backend: 'auto'}),
    training: {...whole.training, ...more},
  };
  const bus = await withBus(t, server, run);
  await putFirstObjective(bus, fleetSchema.parse(fleet));
  const runFolder = temporaryFolder(t);
  const start = (index: number, natsUrl = server.url) =>
    startActor(t, 'learner', fleet, natsUrl, {}, {run, runFolder, index});
  const shards = indices.map((index) => start(index));
  await untilMembers(bus, indices);
  await publish(bus, 0, FIRST_PART);
  t.is(await untilStep(bus, 5), 5);
  await between({bus, start}, shards);
  await publish(bus, FIRST_PART, pairs.length);
  await bus.kv.put<Feeding>('phase', {feeding: 'done', pairs: pairs.length});
  for (const {ended} of shards) t.deepEqual(await ended, {code: 0, message: undefined});

  const last = (await bus.last('checkpoints'))?.message;
  t.like(last, {final: true, step: 12, pairSequence: pairs.length});
  const file = lora === undefined ? 'model.safetensors' : 'adapter_model.safetensors';
  const bytes = readFileSync(join(runFolder, last?.folder ?? '', file));
  return {bytes, rows: await rowsOf(bus)};
};

const untilMembers = async (bus: Bus, indices: readonly number[]): Promise<void> => {
  for await (const shards of valuesOf(bus)) {
    const members = shards.members.map(({index}) => index);
    if (JSON.stringify(members) === JSON.stringify(indices)) return;
  }
};

async function* valuesOf(bus: Bus): AsyncGenerator<Shards> {
  for (;;) {
    const found = await bus.kv.get<Shards>('shards');
    if (found !== undefined) yield found.value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const rowsOf = async (bus: Bus): Promise<Trained['rows']> => {
  const {lastSequence} = await bus.state('metrics');
  const rows = [];
  for await (const {message, sequence} of bus.read('metrics', {sequence: 1})) {
    const {step, values} = message;
    if (typeof step === 'number' && values.shards !== undefined) rows.push({step, shards: values.shards});
    if (sequence >= lastSequence) break;
  }
  return rows;
};

let alone: Promise<Trained> | undefined;
/** What one shard leaves alone; made once, by the first test that asks. */
const aloneRun = (t: ExecutionContext): Promise<Trained> => {
  alone ??= train(t, 'alone', [0]);
  return alone;
};

/** The steps that were taken, each once, whoever took them. */
const stepsOf = ({rows}: Trained): number[] => [...new Set(rows.map(({step}) => step))];
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

test.serial('Two shards leave the weights of one', async (t) => {
  const one = await aloneRun(t);
  t.deepEqual(
    one.rows,
    ALL.map((step) => ({step, shards: 1})),
  );
  const two = await train(t, 'two', [0, 1]);
  t.deepEqual(
    two.rows,
    ALL.map((step) => ({step, shards: 2})),
  );
  t.true(two.bytes.equals(one.bytes));
});

/** Lets the shards go on to a step, with pairs for no more. */
const goOnTo = async (t: ExecutionContext, bus: Bus, from: number, step: number): Promise<void> => {
  await publish(bus, from, step * 16);
  t.is(await untilStep(bus, step), step);
};

/** Both take part again. Where the one that was away could not connect again it has ended, and its supervisor would start another. */
const untilBack = async (
  t: ExecutionContext,
  bus: Bus,
  shards: ActorProcess[],
  away: number,
  start: (index: number) => ActorProcess,
): Promise<void> => {
  const ended = await Promise.race([untilMembers(bus, [0, 1]), shards[away]?.ended]);
  if (ended === undefined) return;
  t.log(ended.message?.message);
  shards[away] = start(away);
  await untilMembers(bus, [0, 1]);
};

/** Each of two shards, in turn: the one that leads after step 5, the other after step 8. */
const inTurn = async (
  t: ExecutionContext,
  bus: Bus,
  act: (shard: number) => Promise<void>,
): Promise<void> => {
  await act(0);
  await goOnTo(t, bus, FIRST_PART, 8);
  await act(1);
};

test.serial(
  'A shard that joins takes its part from the next step on; the one that led is asked to stop, and the rest goes on with the next step',
  async (t) => {
    const {bytes} = await aloneRun(t);
    const joined = await train(t, 'joined', [0], async ({bus, start}, shards) => {
      shards.push(start(1));
      await untilMembers(bus, [0, 1]);
      await goOnTo(t, bus, FIRST_PART, 8);
      shards[0]?.drain();
      await untilMembers(bus, [1]);
    });
    t.deepEqual(
      joined.rows,
      ALL.map((step) => ({step, shards: step > 5 && step <= 8 ? 2 : 1})),
    );
    t.true(joined.bytes.equals(bytes));
  },
);

test.serial('The other shard is asked to stop: the one that leads goes on with the next step', async (t) => {
  const {bytes} = await aloneRun(t);
  const left = await train(t, 'left', [0, 1], async ({bus}, shards) => {
    shards[1]?.drain();
    await untilMembers(bus, [0]);
  });
  t.deepEqual(
    left.rows,
    ALL.map((step) => ({step, shards: step <= 5 ? 2 : 1})),
  );
  t.true(left.bytes.equals(bytes));
});

test.serial(
  'The leading shard, and then the other, is killed and started again: both go back to the checkpoint',
  async (t) => {
    const {bytes} = await aloneRun(t);
    const killed = await train(
      t,
      'killed',
      [0, 1],
      ({bus, start}, shards) =>
        inTurn(t, bus, async (victim) => {
          const before = shards[victim];
          before?.kill();
          await before?.ended;
          const epoch = (await bus.kv.get<Shards>('shards'))?.value.epoch ?? 0;
          shards[victim] = start(victim);
          for await (const {epoch: now} of valuesOf(bus)) if (now > epoch) break;
          await untilMembers(bus, [0, 1]);
        }),
      LOSING,
    );
    t.deepEqual(stepsOf(killed), ALL);
    t.true(killed.bytes.equals(bytes));
  },
);

test.serial(
  'The leading shard, and then the other, stands still: the rest goes on without it, and then with it again',
  async (t) => {
    const {bytes} = await aloneRun(t);
    const paused = await train(
      t,
      'paused',
      [0, 1],
      async ({bus, start}, shards) => {
        let from = FIRST_PART;
        for (const [still, step] of [
          [0, 7],
          [1, 9],
        ] as const) {
          shards[still]?.pause();
          await publish(bus, from, step * 16);
          from = step * 16;
          await untilMembers(bus, [1 - still]);
          t.is(await untilStep(bus, step), step);
          shards[still]?.goOn();
          await untilBack(t, bus, shards, still, start);
        }
      },
      LOSING,
    );
    t.deepEqual(stepsOf(paused), ALL);
    t.true(paused.bytes.equals(bytes));
  },
);

for (const [how, who, cutOff] of [
  ['is cut', 'leading', 0],
  ['swallows what is sent', 'other', 1],
] as const) {
  test.serial(
    `The network of the ${who} shard ${how}: the rest goes on without it, and then with it again`,
    async (t) => {
      const {bytes} = await aloneRun(t);
      const network = await networkTo(t, server.url);
      const left = await train(
        t,
        `cut-${who}`,
        [1 - cutOff],
        async ({bus, start}, shards) => {
          shards.push(start(cutOff, network.url));
          await untilMembers(bus, [0, 1]);
          if (how === 'is cut') network.cut();
          else network.swallow();
          await publish(bus, FIRST_PART, 7 * 16);
          await untilMembers(bus, [1 - cutOff]);
          t.is(await untilStep(bus, 7), 7);
          network.mend();
          await untilBack(t, bus, shards, 1, () => start(cutOff, network.url));
        },
        LOSING,
      );
      t.deepEqual(stepsOf(left), ALL);
      t.true(left.bytes.equals(bytes));
    },
  );
}

test.serial(
  'The leading shard is cut off while it says how far it is, and comes back when the others have ended: what they said stays',
  async (t) => {
    const {bytes} = await aloneRun(t);
    const network = await networkTo(t, server.url);
    let cutOff: ActorProcess | undefined;
    const left = await train(
      t,
      'late',
      [1],
      async ({bus, start}) => {
        cutOff = start(0, network.url);
        await untilMembers(bus, [0, 1]);
        network.cutBy('control.progress');
        await publish(bus, FIRST_PART, 7 * 16);
        await untilMembers(bus, [1]);
      },
      LOSING,
    );
    t.true(left.bytes.equals(bytes));
    const bus = await withBus(t, server, 'late');
    const said = await bus.kv.get<Progress>('progress');
    t.like(said?.value, {step: 12, phase: 'complete', pairsTrained: pairs.length});
    network.mend();
    t.deepEqual(await cutOff?.ended, {code: 0, message: undefined});
    t.deepEqual(await bus.kv.get<Progress>('progress'), said);
  },
);

test.serial(
  'Of an adapter, shards exchange and leave that alone: the same with one, two, and one lost between',
  async (t) => {
    const adapter = {lora: {rank: 4, dropout: 0.1}};
    const one = await train(t, 'lora-one', [0], undefined, adapter);
    const two = await train(
      t,
      'lora-two',
      [0, 1],
      async ({bus, start}, shards) => {
        const epoch = (await bus.kv.get<Shards>('shards'))?.value.epoch ?? 0;
        shards[1]?.kill();
        await shards[1]?.ended;
        shards[1] = start(1);
        for await (const {epoch: now} of valuesOf(bus)) if (now > epoch) break;
      },
      {...LOSING, ...adapter},
    );
    t.deepEqual(stepsOf(two), ALL);
    t.true(two.bytes.equals(one.bytes));
    // Two matrices of rank 4 for each linear layer, and nothing of the model.
    t.true(one.bytes.length < readFileSync(join(demoPolicyFolder, 'model.safetensors')).length / 10);
  },
);
