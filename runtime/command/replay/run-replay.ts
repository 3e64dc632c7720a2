/** A replay, from the folder of a run to one of its own: pairs of a log, steps, checkpoints, scores. */
import {join} from 'node:path';
import {type Checkpoint, RunCommand} from '../../../proto/messages.js';
import {type Finding, type LookOut, lookOut} from '../../alerts/look-out.js';
import {ruleNames} from '../../alerts/rules.js';
import {TerminalError} from '../../errors.js';
import {seenStep} from '../../fleet/alerts/seen-step.js';
import {policyFiles} from '../../fleet/checkpoints/content.js';
import {firstAdapterOf} from '../../fleet/checkpoints/lora.js';
import {threadsOf} from '../../fleet/cores.js';
import {nameOfScore} from '../../fleet/evaluation/due.js';
import {learnerMemory} from '../../fleet/file/learner-memory.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {linesOf} from '../../fleet/run/recorded.js';
import {createLearner, type Learner} from '../../learning/learner.js';
import {tokensComplaint} from '../../learning/pair.js';
import {learningRateAt} from '../../learning/schedule.js';
import {loadAdapter, mergeAdapter, saveAdapter} from '../../model/files/adapter.js';
import {
  loadCheckpoint,
  loadWeights,
  type ModelCheckpoint,
  saveCheckpoint,
} from '../../model/files/model-checkpoint.js';
import {readSafetensors, writeSafetensors} from '../../model/files/safetensors.js';
import type {HostTensor} from '../../tensor/executor.js';
import {openExecutor} from '../../tensor/open.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {
  forgetOptimizers,
  openReplayFolder,
  placesOf,
  prepareReplayFolder,
  type ReplayFolder,
} from './replay-folder.js';
import {type ReplaySource, replayBatches} from './replay-source.js';
import {openPolicyScorer, type PolicyScorer} from './score-policy.js';

export interface ReplayRequest {
  readonly source: ReplaySource;
  /** The run's, with another objective; or another one of the same policy. */
  readonly fleet: Fleet;
  /** The replay's id, and its folder. */
  readonly run: string;
  readonly path: string;
  /** Those of the run's learner, unless given: the same give the same bits. */
  readonly threads: number | undefined;
  readonly progress: ProgressLine;
  /** Ends after the step under way. */
  readonly signal: AbortSignal;
}

interface Replay extends ReplayRequest {
  readonly looking: LookOut;
  readonly folder: ReplayFolder;
  readonly model: ModelCheckpoint;
  readonly learner: Learner;
  readonly scorer: PolicyScorer | undefined;
  /** The last, at which the learning rate is 0. */
  readonly steps: number;
}

const OBJECTIVE_REVISION = 1;

/** Resolves to whether it is complete: where it was asked to end, the next call goes on from the last checkpoint. */
export const runReplay = async (request: ReplayRequest): Promise<boolean> => {
  const {source, fleet, path, run, progress} = request;
  await prepareReplayFolder(path, fleet, source);
  const hold = await holdRun(folderHold(path), run, {say: progress.print});
  try {
    const folder = await openReplayFolder(path, run, source.run);
    try {
      return await replayIn(request, folder);
    } finally {
      await folder.close();
    }
  } finally {
    await hold.release();
  }
};

const replayIn = async (request: ReplayRequest, folder: ReplayFolder): Promise<boolean> => {
  const {source, fleet, progress} = request;
  const last = folder.checkpoints.at(-1);
  const isScored =
    last === undefined || fleet.evaluation === undefined || folder.scores.has(last.policyVersion);
  if (last?.final === true && isScored) {
    progress.print(`done       ${folder.path} has all ${last.step} steps`);
    await folder.record({endedAt: new Date().toISOString(), ending: 'complete'});
    return true;
  }
  const threads = request.threads ?? threadsOf(fleet, 'learner');
  const {backend, device, precision, training, policy} = fleet;
  const {executor, reason} = await openExecutor({backend, device, precision, threads, work: 'training'});
  const model = await loadPolicyOf(request);
  requireTrainable(request, model);
  const adapter = firstAdapterOf(fleet, model.config);
  const memory = learnerMemory(fleet, model.config, executor.name);
  const learner = await createLearner({...model, ...(adapter && {adapter})}, executor, {
    objective: fleet.objective.name,
    batchSize: training.batchSize,
    ...(training.microBatchSize !== undefined && {microBatchSize: training.microBatchSize}),
    ...(memory && {keptBytes: memory.keptBytes, recompute: memory.recompute}),
    maxGradNorm: training.maxGradNorm,
    maxTokens: policy.maxPromptTokens + policy.maxCompletionTokens,
  });
  await folder.record({backend: executor.name, backendReason: reason});
  const scorer = await openPolicyScorer(model, {fleet, threads, heldOut: source.heldOut});
  try {
    const looking = lookOut(ruleNames.filter((rule) => fleet.alerts[rule] === 'off'));
    await lookAtBefore(folder.path, looking);
    const replay = {...request, folder, model, learner, scorer, looking, steps: await stepsOf(request)};
    progress.print(
      `replay     ${source.pairs.length} pairs of run ${source.run} by ${fleet.objective.name}, beta ${fleet.objective.beta}, ${replay.steps} steps; ${reason}`,
    );
    const isComplete = await train(replay);
    const ending = isComplete ? 'complete' : 'drained';
    await folder.record({endedAt: new Date().toISOString(), ending});
    return isComplete;
  } finally {
    await scorer?.dispose();
    await learner.dispose();
  }
};

/** What an earlier process saw: a window over it may be what is told next. */
const lookAtBefore = async (path: string, looking: LookOut): Promise<void> => {
  for await (const {message} of linesOf(path, 'metrics')) {
    const seen = message.actor === 'learner' ? seenStep(message) : undefined;
    if (seen !== undefined) looking.step(seen, OBJECTIVE_REVISION);
  }
  for await (const {message} of linesOf(path, 'scores'))
    looking.score({...message, suite: nameOfScore(message)});
};

/** The policy that the pairs' reference log-probabilities are of. */
const loadPolicyOf = async ({fleet, source}: ReplayRequest): Promise<ModelCheckpoint> => {
  if (fleet.policy.model !== source.fleet.policy.model)
    throw new TerminalError(
      `policy.model ${fleet.policy.model}: the pairs are of ${source.fleet.policy.model}, whose log-probabilities they carry; give that one`,
    );
  return loadCheckpoint(fleet.policy.model);
};

/** A run that trained has set aside what its learner could not take; nothing has, of one that made pairs alone. */
const requireTrainable = ({source, fleet}: ReplayRequest, {config}: ModelCheckpoint): void => {
  for (const {pair, sequence, unfit} of source.pairs) {
    const odd = unfit ? undefined : tokensComplaint(pair, {...fleet.policy, vocabSize: config.vocabSize});
    if (odd !== undefined)
      throw new TerminalError(`run ${source.run}: pair ${sequence}: ${odd}; raise the limits under policy`);
  }
};

/** As many as the run has; of pairs that nobody trained on, as many as they fill. */
const stepsOf = async ({source, fleet}: ReplayRequest): Promise<number> => {
  const {steps} = fleet.training;
  if (hasLearner(source.fleet) && steps > 0) return steps;
  let filled = 0;
  for await (const _ of replayBatches(source, fleet)) filled += 1;
  return steps === 0 ? filled : Math.min(steps, filled);
};

const train = async (replay: Replay): Promise<boolean> => {
  const {folder, learner, fleet, source, progress, signal, steps} = replay;
  const last = await beginOrGoOn(replay);
  const {objective, training} = fleet;
  const {name, beta, learningRate: peak, settings} = objective;
  let {step, policyVersion, pairSequence} = last;
  let pairsTrained = 0;
  let taken = 0;
  if (last.final) return true;
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
  if (newest !== undefined && newest.step === step) await publish(replay, {...newest, final: true}, newest);
  else await save(replay, {step, policyVersion: policyVersion + 1, pairSequence, final: true});
  await forgetOptimizers(folder.path);
  return true;
};

/** Says what is new, and keeps it: nobody is there to pause. */
const tell = async ({folder, progress}: Replay, findings: readonly Finding[]): Promise<void> => {
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
    await publish(replay, place, {folder: directory, weightsSha256, files: await policyFiles(directory)});
    await score(replay, place, model.weights, weightsSha256);
    return place;
  }
  if (last.step > 0) {
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
    if (!folder.scores.has(last.policyVersion))
      await score(replay, last, answeringWeights(replay, learnt), last.weightsSha256);
  } else if (!folder.scores.has(0)) await score(replay, last, model.weights, last.weightsSha256);
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
  await publish(replay, place, {folder: places.checkpoint, weightsSha256, files: await policyFiles(path)});
  await forgetOptimizers(folder.path, place.step);
  await score(replay, place, answeringWeights(replay, tensors), weightsSha256);
  await folder.retain(fleet);
};

const publish = async (
  {folder, fleet: {objective}}: Replay,
  place: Place,
  written: Pick<Checkpoint, 'folder' | 'weightsSha256' | 'files'>,
): Promise<void> => {
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
};

const score = async (
  replay: Replay,
  {step, policyVersion}: Place,
  weights: ModelCheckpoint['weights'],
  weightsSha256: string,
): Promise<void> => {
  const {scorer, folder, fleet, progress, looking} = replay;
  const {objective} = fleet;
  if (scorer === undefined) return;
  const started = performance.now();
  const {score, margin, grades, answers} = await scorer.score(weights, policyVersion);
  const seconds = (performance.now() - started) / 1000;
  const {suite, name, items} = scorer;
  const benchmarks = items.flatMap(({benchmark}) => benchmark ?? []);
  await folder.appendItems({
    step,
    policy_version: policyVersion,
    suite,
    ids: items.map(({id}) => id),
    ...(benchmarks.length === items.length ? {benchmarks} : {}),
    ...(items.some(({weight}) => weight !== 1) ? {weights: items.map(({weight}) => weight)} : {}),
    grades: [...grades],
  });
  const found = margin === undefined ? {} : {margin};
  await folder.append('scores', {
    step,
    policyVersion,
    suite,
    name,
    score,
    items: items.length,
    seconds,
    weightsSha256,
    answers: [...answers],
    ...found,
  });
  folder.scores.set(policyVersion, score);
  await tell(replay, looking.score({step, score, items: items.length, suite: nameOfScore({name, suite})}));
  await folder.append('metrics', {
    timeUnixMs: Date.now(),
    actor: 'evaluator',
    index: 0,
    step,
    policyVersion,
    objective: objective.name,
    objectiveRevision: OBJECTIVE_REVISION,
    values: {score, 'score/seconds': seconds, ...(margin === undefined ? {} : {'score/margin': margin})},
  });
  progress.print(`scored     step ${step}: ${score.toFixed(4)} (${suite}, ${items.length} items)`);
};
