/** The steps of a replay: from the policy before training, or the last checkpoint, to the end. */
import {join} from 'node:path';
import {type Checkpoint, RunCommand} from '../../../proto/messages.js';
import type {Finding, LookOut} from '../../alerts/look-out.js';
import {seenStep} from '../../fleet/alerts/seen-step.js';
import {policyFiles} from '../../fleet/checkpoints/content.js';
import {firstAdapterOf} from '../../fleet/checkpoints/lora.js';
import type {Learner} from '../../learning/learner.js';
import {learningRateAt} from '../../learning/schedule.js';
import {loadAdapter, mergeAdapter, saveAdapter} from '../../model/files/adapter.js';
import {loadWeights, type ModelCheckpoint, saveCheckpoint} from '../../model/files/model-checkpoint.js';
import {readSafetensors, writeSafetensors} from '../../model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../tensor/executor.js';
import {forgetOptimizers, placesOf} from './replay-folder.js';
import {type ReplaySource, replayBatches} from './replay-source.js';
import {OBJECTIVE_REVISION, owesScores, type ScoringReplay, scoreCheckpoint} from './score-checkpoint.js';

/** A replay whose learner and suites are open. */
export interface Replay extends ScoringReplay {
  readonly source: ReplaySource;
  readonly looking: LookOut;
  readonly model: ModelCheckpoint;
  readonly learner: Learner;
  /** The last, at which the learning rate is 0. */
  readonly steps: number;
}

/** Resolves to whether it is complete, with all its scores; where it was asked to stop, it goes on from the last checkpoint. */
export const train = async (replay: Replay): Promise<boolean> => {
  const {folder, learner, fleet, source, progress, signal, steps} = replay;
  const last = await beginOrGoOn(replay);
  const {objective, training} = fleet;
  const {name, beta, learningRate: peak, settings} = objective;
  let {step, policyVersion, pairSequence} = last;
  let pairsTrained = 0;
  let taken = 0;
  if (last.final) return !owesScores(replay, last);
  for await (const {pairs, sequence} of replayBatches(source, fleet)) {
    taken += 1;
    pairsTrained += pairs.length;
    if (taken <= last.step) continue;
    if (step >= steps || signal.aborted) break;
    const learningRate = learningRateAt({peak, warmupSteps: training.warmupSteps, totalSteps: steps}, step);
    const metrics = await learner.step(
      pairs.map(({pair}) => pair),
      {beta, learningRate, settings},
    );
    step += 1;
    pairSequence = Math.max(pairSequence, sequence);
    const row = {
      timeUnixMs: Date.now(),
      actor: 'learner',
      index: 0,
      step,
      policyVersion,
      objective: name,
      objectiveRevision: OBJECTIVE_REVISION,
      values: {...metrics, beta, pairs: pairsTrained},
    };
    await folder.append('metrics', row);
    const seen = seenStep(row);
    if (seen !== undefined) await tell(replay, replay.looking.step(seen, OBJECTIVE_REVISION));
    progress.show(
      `step       ${step} of ${steps}, loss ${metrics.loss.toFixed(4)}, margin ${metrics['rewards/margins'].toFixed(4)}`,
    );
    if (step % training.checkpointEverySteps === 0 && step < steps) {
      policyVersion += 1;
      await save(replay, {step, policyVersion, pairSequence, final: false});
    }
  }
  // One that is stopped goes on from its last checkpoint: another one there would be scored, and count in a table.
  if (signal.aborted && step < steps) return false;
  const newest = folder.checkpoints.at(-1);
  // Where the pairs are used up with a checkpoint, that one is the last: no other version, and nothing to score again.
  if (newest !== undefined && newest.step === step) {
    const again = await publish(replay, {...newest, final: true}, newest);
    await scoreCheckpoint(replay, again, async () => answeringWeights(replay, await learner.weights()));
  } else await save(replay, {step, policyVersion: policyVersion + 1, pairSequence, final: true});
  await forgetOptimizers(folder.path);
  const end = folder.checkpoints.at(-1);
  return end !== undefined && !owesScores(replay, end);
};

/** Says what is new, and keeps it: nobody is there to pause. */
export const tell = async (
  {folder, progress}: Pick<Replay, 'folder' | 'progress'>,
  findings: readonly Finding[],
): Promise<void> => {
  for (const {rule, step, objectiveRevision, evidence, remedy} of findings) {
    if (folder.alerts.some((alert) => alert.rule === rule)) continue;
    const alert = {rule, step, objectiveRevision, evidence, remedy, action: 'warn', timeUnixMs: Date.now()};
    await folder.append('alerts', alert);
    progress.print(`alert      ${rule} at step ${step}: ${evidence}`);
  }
};

type Place = Pick<Checkpoint, 'step' | 'policyVersion' | 'pairSequence' | 'final'>;

/** Publishes the policy before training, or goes to the last checkpoint, and scores it where that is left to do. */
const beginOrGoOn = async (replay: Replay): Promise<Place> => {
  const {folder, model, learner, fleet, progress} = replay;
  const last = folder.checkpoints.at(-1);
  if (last === undefined) {
    const place = {step: 0, policyVersion: 0, pairSequence: 0, final: false};
    const {name, beta, learningRate, settings} = fleet.objective;
    await folder.append('controls', {
      revision: OBJECTIVE_REVISION,
      previousRevision: 0,
      author: 'replay',
      timeUnixMs: Date.now(),
      command: RunCommand.RUN_COMMAND_UNSPECIFIED,
      spec: {objective: {name, beta, learningRate, settings}},
    });
    const {directory, weightsSha256} = model;
    const first = await publish(replay, place, {
      ...{folder: directory, weightsSha256},
      files: await policyFiles(directory),
    });
    await scoreCheckpoint(replay, first, async () => model.weights);
    return place;
  }
  if (last.step === 0) {
    await scoreCheckpoint(replay, last, async () => model.weights);
    return last;
  }
  const path = join(folder.path, last.folder);
  const adapter = firstAdapterOf(fleet, model.config);
  const learnt =
    adapter === undefined
      ? (await loadWeights(path, model.config, last.weightsSha256)).weights
      : (await loadAdapter(path, model.config, last.weightsSha256)).tensors;
  if (!last.final) {
    const slots = await readSafetensors(join(folder.path, placesOf(last.step).optimizer));
    learner.restore(learnt, slots, last.step);
    progress.print(`goes on    after step ${last.step}`);
  }
  await scoreCheckpoint(replay, last, async () => answeringWeights(replay, learnt));
  return last;
};

/** What the policy answers by: of an adapter, the model's weights with it added. */
const answeringWeights = (
  {model, fleet}: Replay,
  learnt: ReadonlyMap<string, HostTensor>,
): ModelCheckpoint['weights'] => {
  const adapter = firstAdapterOf(fleet, model.config);
  return adapter === undefined ? learnt : mergeAdapter(model.weights, {...adapter, tensors: learnt});
};

const save = async (replay: Replay, place: Place): Promise<void> => {
  const {folder, learner, model, fleet} = replay;
  const places = placesOf(place.step);
  const path = join(folder.path, places.checkpoint);
  const tensors = await learner.weights();
  if (!place.final)
    await writeSafetensors(join(folder.path, places.optimizer), await learner.optimizerState());
  const adapter = firstAdapterOf(fleet, model.config);
  const weightsSha256 =
    adapter === undefined
      ? (await saveCheckpoint(path, model, tensors)).weightsSha256
      : (await saveAdapter(path, {...adapter, tensors}, model.directory)).adapterSha256;
  const saved = await publish(replay, place, {
    ...{folder: places.checkpoint, weightsSha256},
    files: await policyFiles(path),
  });
  await forgetOptimizers(folder.path, place.step);
  await scoreCheckpoint(replay, saved, async () => answeringWeights(replay, tensors));
  await folder.retain(fleet);
};

const publish = async (
  {folder, fleet: {objective}}: Replay,
  place: Place,
  written: Pick<Checkpoint, 'folder' | 'weightsSha256' | 'files'>,
): Promise<Checkpoint> => {
  const checkpoint: Checkpoint = {
    ...place,
    ...written,
    objective: objective.name,
    objectiveRevision: OBJECTIVE_REVISION,
    beta: objective.beta,
    trainingFiles: [],
  };
  await folder.append('checkpoints', checkpoint);
  folder.checkpoints.push(checkpoint);
  return checkpoint;
};
