/**
 * One run that is held back by its reviser, drained by Ctrl-C, and taken up again although a file of its checkpoint is
 * missing.
 */
import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Bus} from '../../runtime/bus/bus.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {loadCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {
  batchSizes,
  type FleetFolder,
  kill,
  type Line,
  openFleetFolder,
  overrides,
  stepRows,
  until,
  untilStep,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const MOST_OUTSTANDING = 24;
const STEPS = 10;
const sets = [
  `training.steps=${STEPS}`,
  'training.warmupSteps=2',
  'training.checkpointEverySteps=4',
  'prompts.count=1000',
  `maxOutstandingPrompts=${MOST_OUTSTANDING}`,
  'evaluation.count=40',
  'endpoints.teacher.latencyMs=50',
  'actors.reviser.concurrency=1',
];

interface Sample {
  readonly prompts: number;
  readonly completions: number;
  readonly outstanding: number;
  /** Whether what the reviser gave has all come to the learner, and is too little for a step. */
  readonly settled: boolean;
}

/** Counts at one moment; undefined where a prompt was resolved while they were read, for then they are of two moments. */
const sampleOf = async (bus: Bus): Promise<Sample | undefined> => {
  const resolved = async () => {
    const rejected = (await bus.state('rejections')).lastSequence;
    const trained = (await bus.kv.get<Progress>('progress'))?.value.pairSequence ?? 0;
    return {trained, all: rejected + trained};
  };
  const before = await resolved();
  // In the order of the flow, so that no message is missed on its way from one to the next.
  const under = (await bus.state('candidates')).messages + (await bus.state('accepted')).messages;
  const pairs = (await bus.state('pairs')).lastSequence;
  const completions = (await bus.state('completions')).lastSequence;
  const prompts = (await bus.state('prompts')).lastSequence;
  if ((await resolved()).all !== before.all) return undefined;
  const settled = under === 0 && pairs - before.trained < 16;
  return {prompts, completions, outstanding: prompts - before.all, settled};
};

let folder: FleetFolder;
const samples: Sample[] = [];
/** With the reviser standing still: when as much was outstanding as may be, and some time later. */
let blocked: readonly [Sample, Sample];
let drained: Ended;
let leftAfterDrain: readonly number[];
let drainedCheckpoint: Line;
let drainedRecord: Line;
let weightsFile: string;
let drainedWeightsSha256: string;
let resumed: Ended;

const sample = async (bus: Bus): Promise<Sample | undefined> => {
  const taken = await sampleOf(bus);
  if (taken !== undefined) samples.push(taken);
  return taken;
};

test.before(async () => {
  folder = openFleetFolder();
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await until(
    'the reviser is at work',
    async () => (await bus.state('candidates')).lastSequence > 0 || undefined,
  );
  const reviser = await until('there is a reviser', async () => folder.pidOf('reviser'));
  kill(reviser, 'SIGSTOP');
  const atBound = await until('as much is outstanding as may be, and all of it is sampled', async () => {
    const taken = await sample(bus);
    const full =
      taken !== undefined && taken.outstanding >= MOST_OUTSTANDING && taken.completions === taken.prompts;
    return full && taken.settled ? taken : undefined;
  });
  for (let more = 0; more < 20; more += 1) await sample(bus);
  blocked = [atBound, await until('a sample is taken', () => sample(bus))];
  kill(reviser, 'SIGCONT');
  await until('the sampler goes on', async () => {
    const taken = await sample(bus);
    return (taken?.completions ?? 0) > atBound.completions || undefined;
  });
  await untilStep(bus, 2);
  up.interrupt();
  drained = await up.ended;
  leftAfterDrain = folder.processes();
  drainedCheckpoint = folder.lines('checkpoints').at(-1) ?? {};
  drainedRecord = folder.json('run.json');

  weightsFile = join(folder.runFolder, String(drainedCheckpoint.folder), 'model.safetensors');
  drainedWeightsSha256 = (await loadCheckpoint(join(weightsFile, '..'))).weightsSha256;
  rmSync(weightsFile);
  resumed = await (await folder.up(sets)).ended;
});
test.after.always(() => folder?.remove());

test.serial(
  'No more prompts are on their way than may be, whether the reviser is slow or stands still',
  (t) => {
    t.is(Math.max(...samples.map(({outstanding}) => outstanding)), MOST_OUTSTANDING);
    t.true(samples.length > 20, `${samples.length} samples`);
  },
);

test.serial('While the reviser stands still the sampler does too', (t) => {
  const [atBound, later] = blocked;
  t.deepEqual(later, atBound);
  t.is(later.completions, later.prompts);
});

test.serial('Ctrl-C ends the run with code 0, after the step under way, with nothing left running', (t) => {
  t.is(drained.stderr, '');
  t.is(drained.code, 0);
  const step = Number(drainedCheckpoint.step);
  t.true(step >= 2 && step < STEPS, `step ${step}`);
  const words = overrides(sets).join(' ');
  t.true(
    drained.stdout.endsWith(
      `stopped after step ${step}; nothing is left running; go on with: anchorage up --run run ${words}\n`,
    ),
    drained.stdout,
  );
  t.is(drainedRecord.ending, 'drained');
  t.deepEqual(leftAfterDrain, []);
});

test.serial('A drained run leaves a checkpoint of its last step', (t) => {
  t.like(drainedCheckpoint, {final: false, pair_sequence: 16 * Number(drainedCheckpoint.step)});
  t.is(drainedWeightsSha256, String(drainedCheckpoint.weights_sha256));
});

test.serial('A file that the newest checkpoint has lost is named, and taken from the bus', (t) => {
  t.regex(
    resumed.stdout,
    /\nlearner-0: [^\n]+: missing or altered; taking the policy of step \d+ from the bus\n/,
  );
  t.true(resumed.stdout.includes(`learner-0: ${weightsFile}`), resumed.stdout);
});

test.serial('The same command goes on from the drained step and takes every other step once', (t) => {
  t.is(resumed.stderr, '');
  t.is(resumed.code, 0);
  t.regex(resumed.stdout, /^run run goes on in /);
  const rows = stepRows(folder);
  t.deepEqual(
    rows.map(({step}) => step),
    Array.from({length: STEPS}, (_, index) => index + 1),
  );
  t.deepEqual(batchSizes(rows), Array(STEPS).fill(16));
  t.true(existsSync(join(folder.runFolder, 'checkpoints/step-000010/model.safetensors')));
  t.like(folder.lines('checkpoints').at(-1), {step: STEPS, final: true, pair_sequence: 16 * STEPS});
});

test.serial('No prompt is sent or resolved twice over the stop', (t) => {
  const ids = [...folder.lines('pairs'), ...folder.lines('rejections')].map(({prompt_id}) =>
    Number(prompt_id),
  );
  t.is(new Set(ids).size, ids.length);
  t.true(ids.length >= 16 * STEPS);
});
