/** What a learner leaves behind of its checkpoints, and who takes it up. */
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readNewest, type Saves, saveTraining} from '../../../../actors/learner/io/training-saves.js';
import {initialState} from '../../../../actors/learner/io/training-state.js';
import type {Checkpoint} from '../../../../proto/messages.js';
import type {ActorContext} from '../../../../runtime/actor/context.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {policyFiles} from '../../../../runtime/fleet/checkpoints/content.js';
import {retention} from '../../../../runtime/fleet/checkpoints/retention.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {checkpointMessage} from '../../../helpers/checkpoint-message.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

/** Learners of one run, one after the other, whose weights are those of the demonstration and whose optimizer is one number. */
const learners = async (t: ExecutionContext, keep?: Fleet['training']['keep']) => {
  const runFolder = temporaryFolder(t);
  const demo = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const warnings: string[] = [];
  const context = {
    bus: await withBus(t, await withNatsServer(t)),
    fleet: {...demo, evaluation: undefined, training: {...demo.training, keep}},
    runFolder,
    name: 'learner',
    index: 0,
    signal: new AbortController().signal,
    log: {info: () => undefined},
    warn: (line: string) => warnings.push(line),
    timed: (_: string, work: () => Promise<unknown>) => work(),
  } as unknown as ActorContext<Fleet>;
  const model = await loadCheckpoint(demoPolicyFolder);
  const objective = {...context.fleet.objective, revision: 1};
  const opened = (id: string): Saves => ({
    model,
    id,
    published: 0,
    saved: [],
    retain: retention(context, context.fleet),
  });
  const saveAt = (saves: Saves, step: number, policyVersion = step): Promise<void> => {
    const state = {...initialState, step, policyVersion};
    const slots = new Map([['optimizer.mean', {shape: [1], dtype: 'float32', data: Float32Array.of(step)}]]);
    return saveTraining(context, saves, {state, objective, final: false}, {
      weights: model.weights,
      slots,
    } as Parameters<typeof saveTraining>[3]);
  };
  const kept = (): string[] =>
    readdirSync(join(runFolder, 'training')).filter((file) => file.endsWith('.json'));
  const publish = (message: Checkpoint) =>
    context.bus.publish('checkpoints', message, `of-somebody-else-${message.policyVersion}`);
  return {context, runFolder, warnings, opened, saveAt, kept, publish};
};

/** A checkpoint that nothing is wrong with, but that nobody has its files. */
const ghost = (step: number, fields: Partial<Checkpoint> = {}): Checkpoint => {
  const {files} = checkpointMessage(step);
  const trainingFiles = ['safetensors', 'json'].flatMap((ending) =>
    files.map((file) => ({...file, path: `training/ghost-${step}.${ending}`})),
  );
  return checkpointMessage(step, {trainingFiles, ...fields});
};

test('A learner that goes on removes what the one before it would have: no state of the optimizer stays for ever', async (t) => {
  const {context, opened, saveAt, kept} = await learners(t);
  const first = opened('first');
  for (const step of [1, 2, 3]) await saveAt(first, step);
  t.deepEqual(kept(), ['step-000002.json', 'step-000003.json']);
  const [gone] = first.saved[1]?.trainingFiles ?? [];

  const second = opened('second');
  t.is((await readNewest(context, second))?.state.step, 3);
  t.is(second.saved[0]?.step, 3);
  await saveAt(second, 4);
  t.deepEqual(kept(), ['step-000003.json', 'step-000004.json']);
  t.false(await context.bus.blobs.has(gone?.sha256 ?? ''));
});

test('However many checkpoints there are of files that nobody has, the newest that is whole is gone on from', async (t) => {
  const {context, warnings, opened, saveAt, publish} = await learners(t);
  const first = opened('first');
  await saveAt(first, 1);
  await saveAt(first, 2);
  for (const step of [900, 901, 902, 903]) await publish(ghost(step));
  // Without files to go on from it would be taken for the policy before training.
  await publish(ghost(904, {trainingFiles: []}));
  await publish(ghost(0, {policyVersion: 0, folder: '/anywhere'}));

  const second = opened('second');
  const found = await readNewest(context, second);
  t.is(found?.state.step, 2);
  t.deepEqual(found?.slots?.get('optimizer.mean')?.data, Float32Array.of(2));
  t.deepEqual(
    second.saved.map(({step}) => step),
    [2, 1],
  );
  t.is(warnings.length, 1);
  t.regex(
    warnings[0] ?? '',
    /^the checkpoint of step 904 is refused: it names no training files [^;]+; that of step 903: [^;]+ghost-903.json: missing [^;]+; that of step 902: [^;]+; 2 more before them; going on from the checkpoint of step 2$/,
  );
});

test('A learner that was asked to stop publishes its last checkpoint behind those that nobody has the files of', async (t) => {
  const {context, warnings, opened, saveAt, publish} = await learners(t);
  const stopped = AbortSignal.abort(new Error('asked to stop'));
  Object.assign(context, {signal: stopped, grace: stopped});
  const only = opened('only');
  await saveAt(only, 1);
  await publish(ghost(900));
  await publish(ghost(0, {policyVersion: 0, folder: '/anywhere'}));
  await saveAt(only, 2);
  t.is((await context.bus.last('checkpoints'))?.message.step, 2);
  t.is(warnings.length, 2);
  t.regex(
    warnings[0] ?? '',
    /^a checkpoint of step 900 that is not this learner's is refused: \S+ghost-900.json: missing [^\n]+$/,
  );
  t.regex(warnings[1] ?? '', /step 0 .*: a run that has steps does not begin again$/);

  const next = opened('next');
  t.is((await readNewest(context, next))?.state.step, 2);
  await saveAt(next, 3);
  for (const step of [3, 4])
    await t.throwsAsync(saveAt(only, step), {name: 'RetryableError', message: /another learner/});
});

test('What is gone on from stays, however many checkpoints of files that nobody has are newer, or name its files', async (t) => {
  const {context, runFolder, opened, saveAt, kept, publish} = await learners(t, {last: 2, best: 0});
  const first = opened('first');
  for (const step of [1, 2, 3]) await saveAt(first, step);
  const policies = () => readdirSync(join(runFolder, 'checkpoints'));
  t.deepEqual(policies(), ['step-000002', 'step-000003']);
  const {folder, files, trainingFiles} = (await context.bus.last('checkpoints'))?.message ?? ghost(3);
  for (const step of [900, 901, 902]) await publish(ghost(step));
  await publish(ghost(903, {folder, files: files.map((file) => ({...file, sizeBytes: 1})), trainingFiles}));
  await publish(ghost(904, {folder, files}));

  const second = opened('second');
  t.is((await readNewest(context, second))?.state.step, 3);
  await saveAt(second, 4, 905);
  t.deepEqual(policies(), ['step-000003', 'step-000004']);
  t.deepEqual(kept(), ['step-000003.json', 'step-000004.json']);
  const third = opened('third');
  t.is((await readNewest(context, third))?.state.step, 4);
  for (const file of [...files, ...trainingFiles]) t.true(await context.bus.blobs.has(file.sha256));
});

test('A run of whose own checkpoints none is whole is refused by one line, and its folder stays as it is', async (t) => {
  const {context, runFolder, opened, saveAt, publish} = await learners(t);
  await publish(ghost(0, {policyVersion: 0, folder: demoPolicyFolder}));
  const first = opened('first');
  await context.bus.last('checkpoints').then((entry) => {
    first.published = entry?.sequence ?? 0;
  });
  for (const step of [1, 2]) await saveAt(first, step);
  const {bus} = context;
  for (const {trainingFiles} of first.saved)
    for (const {sha256} of trainingFiles) await bus.blobs.delete(sha256);
  rmSync(join(runFolder, 'training'), {recursive: true});
  const error = await t.throwsAsync(readNewest(context, opened('second')), {instanceOf: TerminalError});
  t.regex(
    error?.message ?? '',
    /^none of the run's checkpoints can be gone on from: the checkpoint of step 2 is refused: [^\n]+; put back what is missing under \S+, or begin another --run$/,
  );
  t.true(existsSync(join(runFolder, 'checkpoints/step-000002/model.safetensors')));
});

test('A run that has taken no step of its own yet begins with the policy before training', async (t) => {
  const {context, warnings, opened, publish} = await learners(t);
  const {weightsSha256} = await loadCheckpoint(demoPolicyFolder);
  const files = await policyFiles(demoPolicyFolder);
  await publish(
    ghost(0, {policyVersion: 0, folder: demoPolicyFolder, weightsSha256, files, trainingFiles: []}),
  );
  for (const step of [900, 901, 902]) await publish(ghost(step));
  t.like((await readNewest(context, opened('first')))?.state, {step: 0, pairsTrained: 0});
  t.regex(
    warnings[0] ?? '',
    /^the checkpoint of step 902 is refused: .*; going on from the checkpoint of step 0$/,
  );
});
