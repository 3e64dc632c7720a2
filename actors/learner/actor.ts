/**
 * Learner: pairs → checkpoints. Reads the pair log in order, takes a step a batch, and publishes the policy.
 *
 * I1: a checkpoint's message is published when all of its files are complete; only the message makes them count.
 * I2: the objective changes between two steps, never inside one.
 * I3: a pair counts as trained through a checkpoint only: what came after the newest one is read and trained again.
 */
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {concat, defer, filter, finalize, firstValueFrom, map, type Observable, switchMap} from 'rxjs';
import type {Checkpoint, ObjectiveSpec, PreferencePair} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run.js';
import {pullMap} from '../../runtime/bus/pull.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {Feeding, Progress} from '../../runtime/fleet/progress.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {createLearner, type Learner} from '../../runtime/learning/learner.js';
import {learningRateAt} from '../../runtime/learning/schedule.js';
import {loadCheckpoint, type ModelCheckpoint, saveCheckpoint} from '../../runtime/model/checkpoint.js';
import {readSafetensors, writeSafetensors} from '../../runtime/model/safetensors.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {type Batch, batchesOf, firstSequenceOf} from './batches.js';
import {trainingPairOf} from './pair.js';
import {filesOf, initialState, parseState, type TrainingState} from './training-state.js';

/** A learner at work. */
interface Training {
  /** Without its weights: they are the learner's alone. */
  readonly model: Pick<ModelCheckpoint, 'directory' | 'config' | 'tokenizer' | 'weightsSha256'>;
  readonly learner: Learner;
  readonly backend: string;
  readonly backendReason: string;
  /** Moves with every step. */
  state: TrainingState;
  /** The step of the newest published checkpoint; undefined before the first. */
  savedStep: number | undefined;
  /** The objective of the last step. */
  objective: ObjectiveSpec;
}

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => openTraining(context)).pipe(
    switchMap((training) => {
      let wanted = training.objective;
      const swaps = context.bus.control.watch<ObjectiveSpec>('objective').subscribe((spec) => {
        wanted = spec;
      });
      return concat(
        defer(() => begin(context, training)),
        pullMap(
          () => batches(context, training),
          (batch) => step(context, training, batch, wanted),
          1,
        ),
        defer(() => finish(context, training)),
      ).pipe(finalize(() => swaps.unsubscribe()));
    }),
  );

const openTraining = async (context: ActorContext<Fleet>): Promise<Training> => {
  const {bus, fleet, runFolder, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: fleet.actors.learner.threads,
    work: 'training',
    precision: fleet.precision,
  });
  log.info({reason}, 'executor');
  const base = await loadCheckpoint(fleet.policy.model);
  const objective = await firstValueFrom(bus.control.watch<ObjectiveSpec>('objective'));
  const learner = await createLearner(base, executor, {
    objective: objective.name,
    batchSize: fleet.training.batchSize,
    maxGradNorm: fleet.training.maxGradNorm,
    maxTokens: fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens,
  });
  const newest = (await bus.last('checkpoints'))?.message;
  const {directory, config, tokenizer, weightsSha256} = base;
  const model = {directory, config, tokenizer, weightsSha256};
  const training = {model, learner, backend: executor.name, backendReason: reason, objective};
  if (newest === undefined) return {...training, state: initialState, savedStep: undefined};
  if (newest.step === 0) return {...training, state: initialState, savedStep: 0};
  const files = filesOf(newest.step);
  const stateFile = resolve(runFolder, files.state);
  const {weights} = await loadCheckpoint(resolve(runFolder, newest.folder), newest.weightsSha256);
  const state = parseState(await readFile(stateFile, 'utf8'), stateFile);
  learner.restore(weights, await readSafetensors(resolve(runFolder, files.optimizer)), state.step);
  log.info({step: state.step, pairSequence: state.pairSequence}, 'resumed');
  return {...training, state, savedStep: newest.step};
};

/** The policy before training is checkpoint 0, where it lies: evaluators score it like every other. */
const begin = async (context: ActorContext<Fleet>, training: Training): Promise<void> => {
  const {model, state, savedStep} = training;
  await announce(context, training, 'training');
  if (savedStep !== undefined) return;
  const files = {folder: model.directory, weightsSha256: model.weightsSha256, final: false};
  await publish(context, training, state, files, context.grace);
  training.savedStep = state.step;
};

/** Batches from where training stands until its steps are taken, its pairs are used up, or a drain. */
async function* batches(
  {bus, fleet, drain$}: ActorContext<Fleet>,
  training: Training,
): AsyncGenerator<Batch<PreferencePair>> {
  const {epochs, batchSize, steps} = fleet.training;
  if (training.state.step >= steps) return;
  const from = training.state.position;
  const fed$ = bus.control.watch<Feeding>('phase').pipe(
    filter((phase) => phase.feeding === 'done'),
    map(({pairs}) => pairs),
  );
  const plan = {
    batchSize,
    epochs,
    seed: fleet.seed,
    from,
    end: firstValueFrom(fed$),
    stop: firstValueFrom(drain$),
  };
  for await (const batch of batchesOf(bus.read('pairs', {sequence: firstSequenceOf(plan)}), plan)) {
    yield batch;
    if (training.state.step >= steps) return;
  }
}

const step = async (
  context: ActorContext<Fleet>,
  training: Training,
  {pairs, next}: Batch<PreferencePair>,
  wanted: ObjectiveSpec,
): Promise<void> => {
  const {fleet, log} = context;
  const {learner, model, state} = training;
  if (wanted.revision !== training.objective.revision) {
    await learner.setObjective(wanted.name);
    log.info({from: training.objective, to: wanted, step: state.step + 1}, 'objective swapped');
    training.objective = wanted;
  }
  const {name, revision, beta, learningRate: peak, settings} = training.objective;
  const {steps: totalSteps, warmupSteps, checkpointEverySteps} = fleet.training;
  const learningRate = learningRateAt({peak, warmupSteps, totalSteps}, state.step);
  const tokenized = pairs.map((pair) => trainingPairOf(pair, model.tokenizer, fleet.policy));
  const metrics = await context.timed('training', () =>
    learner.step(tokenized, {beta, learningRate, settings}),
  );
  training.state = {
    ...state,
    step: state.step + 1,
    position: next,
    pairSequence: state.pairSequence + (state.position.epoch === 1 ? pairs.length : 0),
    pairsTrained: state.pairsTrained + pairs.length,
  };
  context.report(
    {...metrics, beta, pairs: training.state.pairsTrained},
    {
      step: training.state.step,
      policyVersion: state.policyVersion,
      objective: name,
      objectiveRevision: revision,
    },
  );
  await announce(context, training, 'training');
  if (training.state.step % checkpointEverySteps === 0 && training.state.step < totalSteps)
    await checkpoint(context, training, {final: false});
};

/** After the last batch: a checkpoint of what was learnt, which ends the run unless this is a drain. */
const finish = async (context: ActorContext<Fleet>, training: Training): Promise<void> => {
  const complete = training.state.step >= context.fleet.training.steps || !context.signal.aborted;
  if (complete || training.savedStep !== training.state.step)
    await checkpoint(context, training, {final: complete});
  if (complete) await announce(context, training, 'complete');
};

const checkpoint = async (
  context: ActorContext<Fleet>,
  training: Training,
  {final}: {readonly final: boolean},
): Promise<void> => {
  const {runFolder, log} = context;
  const {learner, model} = training;
  const state = {...training.state, policyVersion: training.state.policyVersion + 1};
  const files = filesOf(state.step);
  const {weightsSha256} = await context.timed('saving', async () => {
    await mkdir(dirname(resolve(runFolder, files.state)), {recursive: true});
    await writeSafetensors(resolve(runFolder, files.optimizer), await learner.optimizerState());
    await writeFile(resolve(runFolder, files.state), JSON.stringify(state));
    return saveCheckpoint(resolve(runFolder, files.checkpoint), model, await learner.weights());
  });
  await publish(context, training, state, {folder: files.checkpoint, weightsSha256, final});
  const before = training.savedStep;
  training.state = state;
  training.savedStep = state.step;
  log.info({step: state.step, policyVersion: state.policyVersion, final}, 'checkpoint');
  // Only the newest optimizer state is ever read again; the policies stay.
  if (before !== undefined && before !== state.step) await forget(runFolder, before);
};

/** @param signal gives up waiting for the bus; without it a checkpoint that was written is published however long that takes. */
const publish = async (
  {bus}: ActorContext<Fleet>,
  {objective}: Training,
  {step, policyVersion, pairSequence}: TrainingState,
  files: Pick<Checkpoint, 'folder' | 'weightsSha256' | 'final'>,
  signal?: AbortSignal,
): Promise<void> => {
  const {name, revision: objectiveRevision} = objective;
  const stamp = {step, policyVersion, pairSequence, objective: name, objectiveRevision};
  const id = `step-${step}${files.final ? '-final' : ''}`;
  await bus.publish('checkpoints', {...stamp, ...files}, id, signal);
};

const forget = async (runFolder: string, step: number): Promise<void> => {
  const {optimizer, state} = filesOf(step);
  await Promise.all([optimizer, state].map((file) => rm(resolve(runFolder, file), {force: true})));
};

const announce = async (
  {bus, fleet}: ActorContext<Fleet>,
  {state, backend, backendReason}: Training,
  phase: Progress['phase'],
): Promise<void> => {
  const {step, position, policyVersion, pairSequence, pairsTrained} = state;
  const {steps} = fleet.training;
  const progress = {step, steps, epoch: position.epoch, policyVersion, pairSequence, pairsTrained, phase};
  await bus.control.put<Progress>('progress', {...progress, backend, backendReason});
};

await runActor('learner', loadFleet, start);
