/** A learner's checkpoints on its side: what it goes on from, and what it writes of where it is. */
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {TerminalError} from '../../../runtime/errors.js';
import {
  forgetTrainingFiles,
  newestOfSteps,
  publishCheckpoint,
  RESUMABLE_STEPS,
  resumeFrom,
  saveTrainingFiles,
  trainingFile,
} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {policyFiles} from '../../../runtime/fleet/checkpoints/content.js';
import {firstAdapterOf} from '../../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy, withPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import type {ObjectiveRevision} from '../../../runtime/fleet/control/run-objective.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {originOf} from '../../../runtime/fleet/run/origin.js';
import {withRoom} from '../../../runtime/machine/disk-room.js';
import {sizeText} from '../../../runtime/machine/memory-size.js';
import {loadAdapter, saveAdapter} from '../../../runtime/model/files/adapter.js';
import {
  loadCheckpoint,
  loadWeights,
  type ModelCheckpoint,
  saveCheckpoint,
} from '../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors} from '../../../runtime/model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../../runtime/tensor/executor.js';
import {filesOf, formatState, initialState, parseState, type TrainingState} from './training-state.js';

/** A step's files, as a checkpoint's message names them. */
type Written = Pick<Checkpoint, 'folder' | 'weightsSha256' | 'files' | 'trainingFiles'>;

/** What a learner knows of the checkpoints of its run. */
export interface Saves {
  /** The policy that training began with, without its weights; with its adapter, where one learns. */
  readonly model: Pick<ModelCheckpoint, 'directory' | 'config' | 'tokenizer' | 'weightsSha256' | 'adapter'>;
  /** Tells this process from other learners of the run. */
  readonly id: string;
  /** Sequence of the newest published checkpoint; 0 before the first. */
  published: number;
  /** What can be gone on from, the newest first, and what is not removed yet; empty before the first checkpoint. */
  saved: readonly (Written & {readonly step: number})[];
  /** Removes the checkpoints that do not stay; those that can be gone on from do. */
  retain(saved: Saves['saved']): Promise<void>;
}

/** Where training is, with what it learnt. `slots` is undefined before the first step. */
export interface Learnt {
  readonly state: TrainingState;
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly slots: ReadonlyMap<string, HostTensor> | undefined;
}

/**
 * Reads a checkpoint; undefined, and version 0, is the policy before training.
 *
 * @throws TerminalError where it is not whole.
 */
export const readTraining = async (
  context: ActorContext<Fleet>,
  {model}: Pick<Saves, 'model'>,
  checkpoint: Checkpoint | undefined,
): Promise<Learnt> => {
  if (checkpoint === undefined || checkpoint.policyVersion === 0) {
    const {tensors} = firstAdapterOf(context.fleet, model.config) ?? {};
    const {weights} = tensors
      ? {weights: tensors}
      : await withFirstPolicy(context, context.fleet, loadCheckpoint);
    return {state: initialState, weights, slots: undefined};
  }
  const [optimizer, stateFile] = checkpoint.trainingFiles;
  if (optimizer === undefined || stateFile === undefined)
    throw new TerminalError('it names no training files to go on from');
  const path = await trainingFile(context, stateFile);
  const state = parseState(await readFile(path, 'utf8'), path);
  const slots = await readSafetensors(await trainingFile(context, optimizer));
  const {weightsSha256} = checkpoint;
  const weights = await withPolicy(context, checkpoint, async (folder) =>
    model.adapter === undefined
      ? (await loadWeights(folder, model.config, weightsSha256)).weights
      : (await loadAdapter(folder, model.config, weightsSha256)).tensors,
  );
  return {state, weights, slots};
};

/** The newest checkpoint that is whole, with its sequence; undefined where the run has none. */
export const readNewest = async (
  context: ActorContext<Fleet>,
  saves: Saves,
): Promise<(Learnt & {readonly sequence: number}) | undefined> => {
  const found = await resumeFrom(context, (checkpoint) => readTraining(context, saves, checkpoint));
  if (found === undefined) return undefined;
  const {restored, entry, newest} = found;
  saves.published = newest.sequence;
  // One more than can be gone on from: a learner may have been killed before it removed that.
  saves.saved = await newestOfSteps(context.bus, entry, RESUMABLE_STEPS + 1);
  // Versions go on from the newest there was: each names one policy, also where an older one was gone on from.
  const state = {...restored.state, policyVersion: newest.message.policyVersion};
  return {...restored, state, sequence: entry.sequence};
};

/** A checkpoint by its sequence. */
export const checkpointAt = async (bus: Bus, sequence: number): Promise<Checkpoint> => {
  for await (const entry of bus.read('checkpoints', {sequence, through: sequence})) return entry.message;
  throw new TerminalError(`checkpoint ${sequence} of run ${bus.run} cannot be read`);
};

export interface Saving {
  /** Its policy version is the one that is published. */
  readonly state: TrainingState;
  readonly objective: ObjectiveRevision;
  readonly final: boolean;
}

/** The policy before training is checkpoint 0, where it lies: evaluators score it like every other. */
export const publishFirst = async (
  context: ActorContext<Fleet>,
  saves: Saves,
  saving: Saving,
): Promise<void> => {
  const {directory: folder, weightsSha256} = saves.model;
  const began = (await originOf(context.bus))?.policy;
  // Read whole when the run began.
  const files = began?.weightsSha256 === weightsSha256 ? [...began.files] : await policyFiles(folder);
  const written = {folder, weightsSha256, files, trainingFiles: []};
  await publish(context, saves, saving, written, context.grace);
};

/** Writes what was learnt, publishes it, and removes what it supersedes. */
export const saveTraining = async (
  context: ActorContext<Fleet>,
  saves: Saves,
  saving: Saving,
  {weights, slots}: Required<Pick<Learnt, 'weights' | 'slots'>>,
): Promise<void> => {
  const {runFolder, fleet} = context;
  const {state, objective} = saving;
  const places = filesOf(state.step);
  const {warmupSteps, steps: totalSteps} = fleet.training;
  const schedule = {peak: objective.learningRate, warmupSteps, totalSteps};
  const text = formatState(state, {seed: fleet.seed, objective, schedule});
  const bytes = [...weights.values(), ...(slots?.values() ?? [])].reduce(
    (sum, {data}) => sum + data.byteLength,
    0,
  );
  const write = async (): Promise<Written> => {
    const trainingFiles = await saveTrainingFiles(runFolder, places, slots ?? new Map(), text);
    const folder = resolve(runFolder, places.checkpoint);
    const {adapter} = saves.model;
    const weightsSha256 =
      adapter === undefined
        ? (await saveCheckpoint(folder, saves.model, weights)).weightsSha256
        : (await saveAdapter(folder, {...adapter, tensors: weights}, saves.model.directory)).adapterSha256;
    return {folder: places.checkpoint, weightsSha256, trainingFiles, files: await policyFiles(folder)};
  };
  const written = await context.timed('saving', () =>
    withRoom(runFolder, `a checkpoint of ${sizeText(bytes)}`, write),
  );
  await publish(context, saves, saving, written);
};

/** Of a checkpoint that was written: it is published however long that takes, also by a learner that was asked to stop. */
const {signal: unhurried} = new AbortController();

/** @param signal gives up waiting for the bus. */
const publish = async (
  context: ActorContext<Fleet>,
  saves: Saves,
  {state, objective, final}: Saving,
  written: Written,
  signal = unhurried,
): Promise<void> => {
  const {step, policyVersion, pairSequence} = state;
  const stamp = {step, policyVersion, pairSequence};
  saves.published = await context.timed('saving', () =>
    publishCheckpoint(
      context,
      context.fleet,
      {
        ...stamp,
        objective: objective.name,
        objectiveRevision: objective.revision,
        beta: objective.beta,
        ...written,
        final,
      },
      {
        after: saves.published,
        learner: saves.id,
        restore: (other) => readTraining({...context, signal}, saves, other),
        signal,
      },
    ),
  );
  // A step that is published again takes the place of its files.
  const others = saves.saved.filter((before) => before.step !== step);
  saves.saved = [{step, ...written}, ...others.slice(0, RESUMABLE_STEPS - 1)];
  const kept = saves.saved.flatMap(({trainingFiles}) => trainingFiles);
  for (const {trainingFiles} of others.slice(RESUMABLE_STEPS - 1))
    await forgetTrainingFiles(context, context.fleet, trainingFiles, kept);
  context.log.info({step, policyVersion, final}, 'checkpoint');
  await saves.retain(saves.saved);
};

/** The newest checkpoint once more, as the last of the run. */
export const publishLast = async (
  context: ActorContext<Fleet>,
  saves: Saves,
  saving: Saving,
): Promise<void> => {
  const [newest] = saves.saved;
  if (newest === undefined) throw new TerminalError('there is no checkpoint to end with');
  const {folder, weightsSha256, files, trainingFiles} = newest;
  await publish(context, saves, saving, {folder, weightsSha256, files, trainingFiles});
};
