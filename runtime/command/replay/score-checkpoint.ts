/** What a checkpoint of a replay comes to, by each suite that is due. */
import type {Checkpoint, EvaluationScore} from '../../../proto/messages.js';
import {isDue, isScored} from '../../fleet/evaluation/due.js';
import {decidingOf, type Evaluation, evaluationsOf} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {type Score, scoreValues} from '../../fleet/scoring/score.js';
import type {OpenedEvaluation} from '../../fleet/scoring/suites.js';
import {lineOf} from '../../metrics/lines.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {weightedMean} from '../../suites/estimate.js';
import type {ProgressLine} from '../offline/progress-line.js';
import type {ItemGrades, ReplayFolder} from './replay-folder.js';
import type {ReplayEvaluation, ReplayScorers} from './scorers.js';

/** Who scores, and where that goes. */
export interface ScoringReplay {
  readonly fleet: Fleet;
  readonly folder: ReplayFolder;
  readonly scorers: ReplayScorers;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
  /** Told of each score. */
  readonly onScore: (score: EvaluationScore) => Promise<void>;
}

/** A checkpoint that is scored: by a replay, always the newest. */
export type Scorable = Pick<Checkpoint, 'step' | 'policyVersion' | 'final' | 'weightsSha256'>;

/** Whether a checkpoint lacks a score that it is due for. */
export const owesScores = (
  {fleet, folder}: Pick<ScoringReplay, 'fleet' | 'folder'>,
  checkpoint: Pick<Scorable, 'policyVersion' | 'final'>,
): boolean => evaluationsOf(fleet).some((each) => isOwed(each, {fleet, folder}, checkpoint));

const isOwed = (
  evaluation: Evaluation,
  {fleet, folder}: Pick<ScoringReplay, 'fleet' | 'folder'>,
  {policyVersion, final}: Pick<Scorable, 'policyVersion' | 'final'>,
): boolean =>
  isDue(evaluation, {policyVersion, final}, {newest: policyVersion, isAgain: false}) &&
  !isScored(evaluation, fleet, policyVersion, folder.scored);

/**
 * Scores a checkpoint by the suites that it is due for and has no score of. Where it is asked to stop, what is left is left.
 *
 * @param weights by which it answers.
 * @throws TerminalError where a suite fails: nothing is lost, and whoever goes on scores it by what is left.
 */
export const scoreCheckpoint = async (
  replay: ScoringReplay,
  checkpoint: Scorable,
  weights: () => Promise<ModelCheckpoint['weights']>,
): Promise<void> => {
  const {scorers, signal} = replay;
  const owed = scorers.suites.filter(({evaluation}) => isOwed(evaluation, replay, checkpoint));
  if (owed.length === 0) return;
  await scorers.take(await weights(), checkpoint.policyVersion);
  for (const suite of owed) {
    try {
      await scoreBy(replay, suite, checkpoint);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
};

const scoreBy = async (
  {folder, fleet, progress, onScore}: ScoringReplay,
  suite: ReplayEvaluation,
  checkpoint: Scorable,
): Promise<void> => {
  const {objective} = fleet;
  const {step, policyVersion} = checkpoint;
  const {evaluation, name, seed} = suite;
  progress.show(`scoring    step ${step} by ${name}`);
  const measure = () => measured(suite, checkpoint, objective.beta);
  let message: EvaluationScore;
  let items: ItemGrades;
  let isOwn = true;
  if (step > 0) ({message, items} = await measure());
  else {
    isOwn = false;
    const first = await suite.scoredFirst(async () => {
      isOwn = true;
      const found = await measure();
      return {score: lineOf.scores(found.message), items: found.items};
    });
    message = {...first.score, seed, name: evaluation.name ?? ''};
    const {name: _, ...unnamed} = first.items;
    items = {...unnamed, ...(evaluation.name === undefined ? {} : {name})};
  }
  await folder.appendScore(message, items);
  await folder.append('metrics', {
    ...{timeUnixMs: Date.now(), actor: 'evaluator', index: 0, step, policyVersion},
    ...{objective: objective.name, objectiveRevision: OBJECTIVE_REVISION},
    values: scoreValues(message, {
      name,
      decides: decidingOf(fleet)?.name === name,
      seconds: message.seconds,
    }),
  });
  await onScore(message);
  progress.print(
    `scored     step ${step}: ${message.score.toFixed(4)} (${name}, ${message.items} items${isOwn ? '' : ', as another run scored it'})`,
  );
};

/** What a checkpoint that is taken up comes to by a suite. */
const measured = async (
  {evaluation, name, seed, items, score}: OpenedEvaluation,
  {step, policyVersion, weightsSha256}: Scorable,
  beta: number,
): Promise<{readonly message: EvaluationScore; readonly items: ItemGrades}> => {
  const {suite} = evaluation;
  const started = performance.now();
  const found = await score({step, policyVersion, beta});
  const seconds = (performance.now() - started) / 1000;
  const {margin, low, high, metrics, answers = []} = found;
  const message: EvaluationScore = {
    ...{step, policyVersion, suite, name: evaluation.name ?? '', seed, weightsSha256},
    ...{score: found.score, items: found.items, seconds, answers},
    ...(metrics === undefined ? {} : {metrics}),
    ...(margin === undefined ? {} : {margin}),
    ...(low === undefined ? {} : {low}),
    ...(high === undefined ? {} : {high}),
  };
  const line = {
    ...{step, policy_version: policyVersion, suite},
    ...(evaluation.name === undefined ? {} : {name}),
    ...gradesOf(found, items),
  };
  return {message, items: line};
};

/** A replay has one objective, from its first step on. */
export const OBJECTIVE_REVISION = 1;

type Grades = Pick<ItemGrades, 'ids' | 'benchmarks' | 'weights' | 'grades' | 'pseudo_values'>;

const gradesOf = (
  {score, grades = [], itemIds = [], pseudoValues}: Score,
  items: OpenedEvaluation['items'],
): Grades => {
  const values = pseudoValues?.();
  requireMean(score, values ?? grades, items);
  const parts = items.flatMap(({part}) => part ?? []);
  return {
    ids: [...itemIds],
    ...(parts.length === items.length && parts.length > 0 ? {benchmarks: parts} : {}),
    ...(items.some(({weight}) => weight !== 1) ? {weights: items.map(({weight}) => weight)} : {}),
    grades: grades.map(orNull),
    ...(values === undefined ? {} : {pseudo_values: values.map(orNull)}),
  };
};

/** A table draws items again: of a score that is no mean of theirs its numbers would be others than the suite's. */
const requireMean = (score: number, values: readonly number[], items: OpenedEvaluation['items']): void => {
  const there = values.flatMap((value, at) =>
    Number.isNaN(value) ? [] : [{value, weight: items[at]?.weight ?? 1}],
  );
  if (Math.abs(weightedMean(there) - score) > 1e-6)
    throw new Error(`a score of ${score} is the mean neither of grades nor of pseudo-values`);
};

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
