/**
 * Learner: pairs → checkpoints. Reads the pair log in order, takes a step a batch, and publishes the policy.
 *
 * I1: a checkpoint's message is published when all of its files are complete; only the message makes them count.
 * I2: what is asked of the run changes it between two steps, never inside one.
 * I3: a pair counts as trained through a checkpoint only: what came after the newest one is read and trained again.
 */
import {randomUUID} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {concat, defer, filter, finalize, firstValueFrom, map, type Observable, switchMap} from 'rxjs';
import type {Checkpoint, ContentFile, PreferencePair} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {oneAtATime} from '../../runtime/actor/one-at-a-time.js';
import {runActor} from '../../runtime/actor/run.js';
import {pullMap} from '../../runtime/bus/pull.js';
import {
  forgetTrainingFiles,
  policyFiles,
  publishCheckpoint,
  RESUMABLE_STEPS,
  resumeFrom,
  saveTrainingFiles,
  trainingFile,
} from '../../runtime/fleet/checkpoints.js';
import {type Controls, followControls} from '../../runtime/fleet/controls.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {type InForce, inForceAt, runStateOf} from '../../runtime/fleet/decisions.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {ObjectiveRevision} from '../../runtime/fleet/objective.js';
import {withFirstPolicy, withPolicy} from '../../runtime/fleet/policy.js';
import type {Feeding, Progress} from '../../runtime/fleet/progress.js';
import {retainCheckpoints} from '../../runtime/fleet/retention.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {type Steering, steer} from '../../runtime/fleet/steering.js';
import {createLearner, type Learner} from '../../runtime/learning/learner.js';
import {learningRateAt} from '../../runtime/learning/schedule.js';
import {
  loadCheckpoint,
  loadWeights,
  type ModelCheckpoint,
  saveCheckpoint,
} from '../../runtime/model/checkpoint.js';
import {readSafetensors} from '../../runtime/model/safetensors.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {type Batch, batchesOf, firstSequenceOf} from './batches.js';
import {trainingPairOf} from './pair.js';
import {filesOf, formatState, initialState, parseState, type TrainingState} from './training-state.js';

/** A learner at work. */
interface Training {
  /** Without its weights: they are the learner's alone. */
  readonly model: Pick<ModelCheckpoint, 'directory' | 'config' | 'tokenizer' | 'weightsSha256'>;
  readonly learner: Learner;
  readonly backend: string;
  readonly backendReason: string;
  /** Moves with every step. */
  state: TrainingState;
  /** Tells this process from other learners of the run. */
  readonly id: string;
  /** Sequence of the newest published checkpoint; 0 before the first. */
  published: number;
  /** What can be gone on from, the newest first; empty before the first checkpoint. */
  saved: readonly Saved[];
  /** Policy versions whose files were removed. */
  readonly gone: Set<number>;
  /** The objective of the last step. */
  objective: ObjectiveRevision;
  /** What is asked of the run. */
  readonly controls: Controls;
}

/** A step that a checkpoint was published of. */
interface Saved {
  readonly step: number;
  readonly trainingFiles: readonly ContentFile[];
}

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => openTraining(context)).pipe(
    switchMap((training) => {
      const inTurn = oneAtATime();
      const steering = steeringOf(context, training, inTurn);
      return concat(
        defer(() => begin(context, training)),
        pullMap(
          () => batches(context, training, steering),
          ({batch, inForce}) => inTurn(() => step(context, training, batch, inForce)),
          1,
        ),
        defer(() => inTurn(() => finish(context, training, steering))),
      ).pipe(
        finalize(() => {
          steering.close();
          training.controls.close();
        }),
      );
    }),
  );

const steeringOf = (
  context: ActorContext<Fleet>,
  training: Training,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Steering =>
  steer({
    ...context,
    controls: training.controls,
    taken: training.state.step,
    steps: context.fleet.training.steps,
    prepare: (expression) => training.learner.prepare(expression),
    save: () =>
      inTurn(async () => {
        if (training.saved[0]?.step !== training.state.step)
          await checkpoint(context, training, {final: false});
        return training.state.step;
      }),
  });

const openTraining = async (context: ActorContext<Fleet>): Promise<Training> => {
  const {bus, fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'learner'),
    work: 'training',
    precision: fleet.precision,
  });
  log.info({reason}, 'executor');
  const base = await withFirstPolicy(context, fleet, loadCheckpoint);
  const controls = await followControls(bus);
  const taken = (await bus.last('checkpoints'))?.message.step ?? 0;
  // Of the last step taken, if any: what is in force from the next one on is asked when that begins.
  const objective = await firstValueFrom(
    controls.heard$.pipe(
      map((heard) => inForceAt(heard, Math.max(1, taken))),
      filter((inForce) => inForce !== undefined),
      map(({revision, spec}) => ({revision, ...spec.objective})),
    ),
  );
  const learner = await createLearner(base, executor, {
    objective: objective.name,
    batchSize: fleet.training.batchSize,
    maxGradNorm: fleet.training.maxGradNorm,
    maxTokens: fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens,
  });
  const {directory, config, tokenizer, weightsSha256} = base;
  const model = {directory, config, tokenizer, weightsSha256};
  const training = {
    model,
    learner,
    backend: executor.name,
    backendReason: reason,
    controls,
    objective,
    id: randomUUID(),
    gone: new Set<number>(),
  };
  const found = await resumeFrom(context, (checkpoint) => restore(context, training, checkpoint));
  if (found === undefined) return {...training, state: initialState, published: 0, saved: []};
  const {restored, checkpoint, newest} = found;
  log.info({step: restored.step, pairSequence: restored.pairSequence}, 'resumed');
  // Versions go on from the newest there was: each names one policy, also where an older one was gone on from.
  const state = {...restored, policyVersion: newest.message.policyVersion};
  return {...training, state, published: newest.sequence, saved: [checkpoint]};
};

/** Puts a checkpoint's weights and optimizer into the learner. */
const restore = async (
  context: ActorContext<Fleet>,
  {model, learner}: Pick<Training, 'model' | 'learner'>,
  checkpoint: Checkpoint,
): Promise<TrainingState> => {
  const [optimizer, stateFile] = checkpoint.trainingFiles;
  if (checkpoint.step === 0 || optimizer === undefined || stateFile === undefined) return initialState;
  const path = await trainingFile(context, stateFile);
  const state = parseState(await readFile(path, 'utf8'), path);
  const slots = await readSafetensors(await trainingFile(context, optimizer));
  const {weights} = await withPolicy(context, checkpoint, (folder) =>
    loadWeights(folder, model.config, checkpoint.weightsSha256),
  );
  learner.restore(weights, slots, state.step);
  return state;
};

/** The policy before training is checkpoint 0, where it lies: evaluators score it like every other. */
const begin = async (context: ActorContext<Fleet>, training: Training): Promise<void> => {
  const {model, state, saved} = training;
  await announce(context, training, 'training');
  if (saved.length > 0) return;
  const {directory: folder, weightsSha256} = model;
  const files = {folder, weightsSha256, files: await policyFiles(folder), trainingFiles: [], final: false};
  await publish(context, training, state, files, context.grace);
};

/** A batch, and what its step is taken by. */
interface NextStep {
  readonly batch: Batch<PreferencePair>;
  readonly inForce: InForce;
}

/** Batches from where training stands until its steps are taken, its pairs are used up, a stop, or a drain. */
async function* batches(
  {bus, fleet, drain$}: ActorContext<Fleet>,
  training: Training,
  steering: Steering,
): AsyncGenerator<NextStep> {
  const {epochs, batchSize, maxPairs} = fleet.training;
  if (training.state.step >= steering.lastStep()) return;
  const from = training.state.position;
  const fed$ = bus.control.watch<Feeding>('phase').pipe(
    filter((phase) => phase.feeding === 'done'),
    map(({pairs}) => pairs),
  );
  const plan = {
    batchSize,
    epochs,
    maxPairs,
    seed: fleet.seed,
    from,
    end: firstValueFrom(fed$),
    stop: Promise.race([firstValueFrom(drain$), steering.stopped]),
  };
  for await (const batch of batchesOf(bus.read('pairs', {sequence: firstSequenceOf(plan)}), plan)) {
    const inForce = await steering.begin(training.state.step + 1);
    if (inForce === undefined) return;
    yield {batch, inForce};
    if (training.state.step >= steering.lastStep()) return;
  }
}

const step = async (
  context: ActorContext<Fleet>,
  training: Training,
  {pairs, next}: Batch<PreferencePair>,
  {revision, spec}: InForce,
): Promise<void> => {
  const {fleet, log} = context;
  const {learner, model, state} = training;
  const {name, beta, learningRate: peak, settings} = spec.objective;
  if (revision !== training.objective.revision) {
    // Compiled beforehand where there was time.
    await learner.setObjective(name);
    log.info({from: training.objective, to: spec.objective, revision, step: state.step + 1}, 'changed');
    training.objective = {revision, ...spec.objective};
  }
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
const finish = async (
  context: ActorContext<Fleet>,
  training: Training,
  steering: Steering,
): Promise<void> => {
  const complete = training.state.step >= steering.lastStep() || !context.signal.aborted;
  if (complete || training.saved[0]?.step !== training.state.step)
    await checkpoint(context, training, {final: complete});
  if (complete) await announce(context, training, 'complete');
};

const checkpoint = async (
  context: ActorContext<Fleet>,
  training: Training,
  {final}: {readonly final: boolean},
): Promise<void> => {
  const {runFolder, fleet, log} = context;
  const {learner, model, objective} = training;
  const state = {...training.state, policyVersion: training.state.policyVersion + 1};
  const places = filesOf(state.step);
  const written = await context.timed('saving', async () => {
    const {warmupSteps, steps: totalSteps} = fleet.training;
    const schedule = {peak: objective.learningRate, warmupSteps, totalSteps};
    const text = formatState(state, {seed: fleet.seed, objective, schedule});
    const slots = await learner.optimizerState();
    const trainingFiles = await saveTrainingFiles(runFolder, places, slots, text);
    const folder = resolve(runFolder, places.checkpoint);
    const {weightsSha256} = await saveCheckpoint(folder, model, await learner.weights());
    return {weightsSha256, trainingFiles, files: await policyFiles(folder)};
  });
  await publish(context, training, state, {folder: places.checkpoint, ...written, final});
  training.state = state;
  log.info({step: state.step, policyVersion: state.policyVersion, final}, 'checkpoint');
  await retainCheckpoints(context, fleet, training.gone);
};

/** @param signal gives up waiting for the bus; without it a checkpoint that was written is published however long that takes. */
const publish = async (
  context: ActorContext<Fleet>,
  training: Training,
  {step, policyVersion, pairSequence}: TrainingState,
  files: Pick<Checkpoint, 'folder' | 'weightsSha256' | 'files' | 'trainingFiles' | 'final'>,
  signal?: AbortSignal,
): Promise<void> => {
  const {objective, published: after, id: learner, saved} = training;
  const {name, revision: objectiveRevision} = objective;
  const stamp = {step, policyVersion, pairSequence, objective: name, objectiveRevision};
  training.published = await publishCheckpoint(
    context,
    context.fleet,
    {...stamp, ...files},
    {after, learner, signal},
  );
  // A step that is published again takes the place of its files.
  const others = saved.filter((before) => before.step !== step);
  training.saved = [{step, trainingFiles: files.trainingFiles}, ...others.slice(0, RESUMABLE_STEPS - 1)];
  for (const {trainingFiles} of others.slice(RESUMABLE_STEPS - 1))
    await forgetTrainingFiles(context, context.fleet, trainingFiles);
};

const announce = async (
  {bus, fleet}: ActorContext<Fleet>,
  {state, controls, backend, backendReason}: Training,
  phase: Progress['phase'],
): Promise<void> => {
  const {step, position, policyVersion, pairSequence, pairsTrained} = state;
  const {lastStep: steps = fleet.training.steps} = runStateOf(controls.heard);
  const progress = {step, steps, epoch: position.epoch, policyVersion, pairSequence, pairsTrained, phase};
  await bus.control.put<Progress>('progress', {...progress, backend, backendReason});
};

await runActor('learner', loadFleet, start);
