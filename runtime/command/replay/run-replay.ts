/** A replay, from the folder of a run to one of its own: pairs of a log, steps, checkpoints, scores. */
import type {EvaluationScore} from '../../../proto/messages.js';
import {type LookOut, lookOut} from '../../alerts/look-out.js';
import {ruleNames} from '../../alerts/rules.js';
import {TerminalError} from '../../errors.js';
import {seenStep} from '../../fleet/alerts/seen-step.js';
import {firstAdapterOf} from '../../fleet/checkpoints/lora.js';
import {threadsOf} from '../../fleet/cores.js';
import {nameOfScore} from '../../fleet/evaluation/due.js';
import {learnerMemory} from '../../fleet/file/learner-memory.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {linesOf} from '../../fleet/run/recorded.js';
import {createLearner} from '../../learning/learner.js';
import {tokensComplaint} from '../../learning/pair.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {openExecutor} from '../../tensor/open.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {openReplayFolder, prepareReplayFolder, type ReplayFolder, requireReplay} from './replay-folder.js';
import {type ReplaySource, replayBatches} from './replay-source.js';
import {OBJECTIVE_REVISION, owesScores} from './score-checkpoint.js';
import {openScorers} from './scorers.js';
import {type Replay, tell, train} from './train.js';

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

/** Resolves to whether it is complete: where it was asked to end, the next call goes on from the last checkpoint. */
export const runReplay = async (request: ReplayRequest): Promise<boolean> => {
  const {source, fleet, path, run, progress} = request;
  await ensureFolder(path);
  await requireReplay(path);
  const hold = await holdRun(folderHold(path), run, {say: progress.print});
  try {
    await prepareReplayFolder(path, fleet, source);
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
  if (last?.final === true && !owesScores({fleet, folder}, last)) {
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
  const {path, signal} = request;
  const scorers = await openScorers(model, {
    ...{fleet, path, threads, progress, signal},
    heldOut: source.heldOut,
  });
  try {
    const looking = lookOut(ruleNames.filter((rule) => fleet.alerts[rule] === 'off'));
    await lookAtBefore(folder.path, looking);
    const steps = await stepsOf(request);
    const replay: Replay = {
      ...{...request, folder, model, learner, scorers, looking, steps},
      onScore: (score) => tell(replay, looking.score(seenScore(score))),
    };
    progress.print(
      `replay     ${source.pairs.length} pairs of run ${source.run} by ${fleet.objective.name}, beta ${fleet.objective.beta}, ${replay.steps} steps; ${reason}`,
    );
    const isComplete = await train(replay);
    const ending = isComplete ? 'complete' : 'drained';
    await folder.record({endedAt: new Date().toISOString(), ending});
    return isComplete;
  } finally {
    await scorers.dispose();
    await learner.dispose();
  }
};

/** What an earlier process saw: a window over it may be what is told next. */
const lookAtBefore = async (path: string, looking: LookOut): Promise<void> => {
  for await (const {message} of linesOf(path, 'metrics')) {
    const seen = message.actor === 'learner' ? seenStep(message) : undefined;
    if (seen !== undefined) looking.step(seen, OBJECTIVE_REVISION);
  }
  for await (const {message} of linesOf(path, 'scores')) looking.score(seenScore(message));
};

const seenScore = ({step, score, items, low, high, name, suite}: EvaluationScore) => ({
  ...{step, score, items, low, high},
  suite: nameOfScore({name, suite}),
});

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
export const stepsOf = async ({source, fleet}: Pick<ReplayRequest, 'source' | 'fleet'>): Promise<number> => {
  const {steps} = fleet.training;
  if (hasLearner(source.fleet) && steps > 0) return steps;
  let filled = 0;
  for await (const _ of replayBatches(source, fleet)) filled += 1;
  return steps === 0 ? filled : Math.min(steps, filled);
};
