/** What a run came to, in numbers: `result.json`. Pure; a number that the run did not get to is null. */
import {join} from 'node:path';
import {askers} from '../actors.js';
import type {Description} from '../data/describe/description.js';
import {currencyOf} from '../fleet/asking/spend.js';
import type {Dropped} from '../fleet/feed/prompts.js';
import {hasLearner} from '../fleet/file/pairs-only.js';
import {samplerAsks} from '../fleet/fleet-actors.js';
import type {AdviceLine, AlertLine, CheckpointLine} from './read/log-rows.js';
import type {RunFiles} from './read/run-files.js';
import {meanOf, type ObjectivePeriod, objectivePeriods, type Staleness, stalenessOf} from './read/steps.js';
import {bestScore, type SuiteScores} from './read/suite-scores.js';

/** Seconds of the wall clock, unless a key says otherwise. */
export interface Summary {
  readonly run: string;
  /** What the run was for: `pairs` where nobody trained on them. */
  readonly purpose: 'training' | 'pairs';
  /** Whether the last checkpoint ends the run, or every pair is made; false for one that was stopped early or still goes on. */
  readonly complete: boolean;
  /** What the files lack and what of them was passed over, a line each: empty where the numbers are of the whole run. */
  readonly faults: readonly string[];
  /** Signs of reward hacking, in the order in which they were seen. */
  readonly alerts: readonly AlertLine[];
  /** Which anchor the pairs want, at each checkpoint. */
  readonly advice: readonly AdviceLine[];
  /** From 0 to 1: of the policy before training, the last one scored and the best one. */
  readonly base_score: number | null;
  readonly final_score: number | null;
  /** Of the last one scored: before the last checkpoint's, where that one is not scored yet. */
  readonly final_step: number | null;
  readonly best_score: number | null;
  readonly best_step: number | null;
  /** Of held-out pairs, under the last policy scored: chosen less rejected reward, nats. */
  readonly final_margin: number | null;
  /** The one that says what the best checkpoint is. */
  readonly suite: string | null;
  readonly items: number | null;
  /** What each suite of the run came to, that one first. */
  readonly suites: readonly SuiteSummary[];
  /** Folders; of the best by score; of equals, that of the larger margin. */
  readonly last_checkpoint: CheckpointPlace | null;
  readonly best_checkpoint: CheckpointPlace | null;
  /** How long the run was up; of one that has no end yet, to its last sign of life. */
  readonly seconds: number | null;
  readonly backend: string | null;
  readonly backend_reason: string | null;
  /** The last one in force. */
  readonly objective: string | null;
  readonly objectives: readonly ObjectiveInForce[];
  readonly steps: number;
  /** Sampled. */
  readonly prompts: number;
  /** Rows of the prompts' file that are none of the run's; null where there is none. */
  readonly prompts_dropped: Dropped | null;
  /** In the log. A run that ends with its last step leaves some that came too late to be trained on. */
  readonly pairs: number;
  /** Held back from training. */
  readonly pairs_held_out: number;
  /** Pairs that were trained on once or more, and how often one was: each counts once an epoch. */
  readonly pairs_trained: number;
  readonly pair_trainings: number;
  readonly pairs_per_second: number | null;
  /** Of the prompts that came to an end by now, the share that became pairs. */
  readonly acceptance: number | null;
  /** Prompts by why they gave no pair to train on; `stale` ones gave a pair that came too late. */
  readonly rejections: Readonly<Record<string, number>>;
  /** Completion tokens, means over pairs. */
  readonly chosen_tokens: number | null;
  readonly rejected_tokens: number | null;
  readonly sampled_tokens: number;
  /** Between the sampler’s log-probability and the reference’s, of the policy before training; mean over tokens, nats. */
  readonly sampling_logp_difference: number | null;
  readonly endpoint: EndpointUse;
  readonly judge_verdicts: number;
  /** Of the judge's verdicts, the share that prefer the answer shown first: half, without a bias of position. */
  readonly judge_first_share: number | null;
  /** Of the pairs that were judged in both orders, the share of which both verdicts prefer the same answer. */
  readonly judge_agreement: number | null;
  /** Mean L2 norm of the gradient before clipping, and the learning rate of the last step. */
  readonly grad_norm: number | null;
  readonly learning_rate: number | null;
  /** Policy versions, of the pairs that the first epoch trained on; null where no sampler wrote them. */
  readonly staleness: Staleness | null;
  /** Prompts sampled by the end of the first optimizer step, and their share of all that were sampled. */
  readonly first_step_after_prompts: number | null;
  readonly first_step_prompt_share: number | null;
  readonly steps_per_second_while_evaluating: number | null;
  readonly steps_per_second_otherwise: number | null;
  /** What the pairs are worth; null while there are none. */
  readonly data: Description | null;
  /** Summed over the processes of an actor, of which there were so many at once. */
  readonly seconds_by_actor: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly processes_by_actor: Readonly<Record<string, number>>;
}

/** Of a suite; scores from 0 to 1, more is better. */
export interface SuiteSummary {
  /** What the fleet calls it. */
  readonly name: string;
  readonly suite: string;
  /** Of the last checkpoint that it scored. */
  readonly items: number;
  readonly checkpoints: number;
  readonly base_score: number | null;
  readonly final_score: number;
  readonly final_step: number;
  /** The 95 % interval of the last score, where it has one. */
  readonly final_low: number | null;
  readonly final_high: number | null;
  readonly best_score: number | null;
  readonly best_step: number | null;
  /** Of the last checkpoint, in the suite's own units. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

export interface CheckpointPlace {
  readonly step: number;
  readonly folder: string;
}

export interface ObjectiveInForce extends ObjectivePeriod {
  /** As it was asked for; null where that was not recorded. */
  readonly beta: number | null;
  /** The peak, before the schedule. */
  readonly learning_rate: number | null;
  readonly settings: Readonly<Record<string, number>>;
  /** Why, where the run itself asked for it. */
  readonly evidence: string | null;
}

/** What models behind endpoints were asked, and what they answered. */
export interface EndpointUse {
  /** By the run's account; what was under way when a process was killed is taken to be paid for. */
  readonly requests: number;
  /** Answered from what was kept of another time. */
  readonly cached: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Of those tokens, by the endpoints' prices; null without any. */
  readonly cost: number | null;
  readonly currency: string | null;
  /** Of an answer, from sending to the last byte; mean. */
  readonly seconds: number | null;
}

export function summarize(files: RunFiles): Summary {
  const {run, info, steps, activity, scores, checkpoints, pairs, heldOut, folder, fleet} = files;
  const isTrained = fleet === undefined || hasLearner(fleet);
  const seconds = secondsOfRun(files);
  const base = scores.find((score) => score.policy_version === 0);
  const best = files.suites[0] === undefined ? undefined : bestScore(files.suites[0], fleet);
  const last = scores.at(-1);
  const objectives = objectivesOf(files);
  const completions = activity.total('sampler', 'completions');
  // Of a run whose samplers did not count prompts, by what its pairs took.
  const prompts = activity.total('sampler', 'prompts') || Math.floor(completions / pairs.answers);
  const answers = Math.max(1, completions / Math.max(1, prompts));
  const {sampledAtFirstStep} = activity;
  const atFirstStep = sampledAtFirstStep === undefined ? null : Math.floor(sampledAtFirstStep / answers);
  const rates = activity.stepRates();
  const lastStep = steps.at(-1);
  const trainings = lastStep?.pairs ?? 0;
  const ends = files.ends.counts();
  return {
    run,
    purpose: isTrained ? 'training' : 'pairs',
    complete: isTrained ? checkpoints.some((checkpoint) => checkpoint.final) : info.ending === 'complete',
    faults: files.faults,
    alerts: files.alerts,
    advice: files.advice,
    base_score: base?.score ?? null,
    final_score: last?.score ?? null,
    final_step: last?.step ?? null,
    best_score: best?.score ?? null,
    best_step: best?.step ?? null,
    final_margin: last?.margin ?? null,
    suite: last?.suite ?? null,
    items: last?.items ?? null,
    suites: files.suites.flatMap((each) => suiteSummary(each, fleet)),
    last_checkpoint: placeOf(folder, checkpoints.at(-1)),
    best_checkpoint: placeOf(
      folder,
      checkpoints.find(({policy_version: version}) => version === best?.policy_version),
    ),
    seconds,
    backend: info.backend ?? null,
    backend_reason: info.backendReason ?? null,
    objective: objectives.at(-1)?.name ?? null,
    objectives,
    steps: Math.max(lastStep?.step ?? 0, checkpoints.at(-1)?.step ?? 0),
    prompts,
    prompts_dropped: info.dropped ?? null,
    pairs: pairs.count,
    pairs_held_out: heldOut.count,
    pairs_trained: Math.min(trainings, Math.max(0, pairs.count - ends.stale)),
    pair_trainings: trainings,
    pairs_per_second: ratio(pairs.count, seconds),
    acceptance: ratio(ends.made, ends.prompts),
    rejections: files.ends.rejections(),
    chosen_tokens: meanLength(files, 'chosen'),
    rejected_tokens: meanLength(files, 'rejected'),
    sampled_tokens: activity.total('sampler', 'tokens/completion'),
    sampling_logp_difference: ratio(
      activity.total('reference', 'sampling/logp_difference'),
      activity.total('reference', 'sampling/compared_tokens'),
    ),
    endpoint: endpointUse(files),
    judge_verdicts: activity.total('judge', 'judgments/verdicts'),
    judge_first_share: shareOf(activity, 'judgments/first', 'judgments/verdicts'),
    judge_agreement: shareOf(activity, 'judgments/agreed', 'judgments/twice'),
    grad_norm: meanOf(steps, 'grad_norm'),
    learning_rate: lastStep?.learning_rate ?? null,
    staleness: stalenessOf(steps),
    first_step_after_prompts: atFirstStep,
    first_step_prompt_share: ratio(atFirstStep, prompts),
    steps_per_second_while_evaluating: rates.evaluating,
    steps_per_second_otherwise: rates.otherwise,
    data: files.description ?? null,
    seconds_by_actor: Object.fromEntries(
      [...activity.actors].map(([actor, times]) => [actor, times.seconds] as const),
    ),
    processes_by_actor: Object.fromEntries(
      [...activity.actors].map(([actor, times]) => [actor, times.processes] as const),
    ),
  };
}

const suiteSummary = (suite: SuiteScores, fleet: RunFiles['fleet']): SuiteSummary[] => {
  const {name, scores} = suite;
  const last = scores.at(-1);
  if (last === undefined) return [];
  const best = bestScore(suite, fleet);
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return [
    {
      name,
      suite: last.suite,
      items: last.items,
      checkpoints: scores.length,
      base_score: scores.find(({policy_version: version}) => version === 0)?.score ?? null,
      final_score: last.score,
      final_step: last.step,
      final_low: last.low ?? null,
      final_high: last.high ?? null,
      best_score: best?.score ?? null,
      best_step: best?.step ?? null,
      metrics: Object.fromEntries(
        Object.entries(last.metrics).map(([metric, value]) => [metric, finite(value)]),
      ),
    },
  ];
};

/** That of version 0 is the fleet's policy, where it lies. */
const placeOf = (runFolder: string, checkpoint: CheckpointLine | undefined): CheckpointPlace | null => {
  if (checkpoint === undefined) return null;
  const {step, folder, policy_version: version} = checkpoint;
  return {step, folder: version === 0 ? folder : join(runFolder, folder)};
};

function objectivesOf({steps, controls}: RunFiles): ObjectiveInForce[] {
  return objectivePeriods(steps).map((period) => {
    const control = controls.find(({revision}) => revision === period.revision);
    const asked = control?.spec?.objective;
    return {
      ...period,
      beta: asked?.beta ?? null,
      learning_rate: asked?.learningRate ?? null,
      settings: asked?.settings ?? {},
      evidence: control?.evidence ?? null,
    };
  });
}

/** From the run's first start to its end, less the time between a stop and the next sign of life. */
function secondsOfRun({info: {startedAt, endedAt}, activity}: RunFiles): number | null {
  if (startedAt === undefined) return null;
  return activity.upSeconds(Date.parse(startedAt), endedAt === undefined ? undefined : Date.parse(endedAt));
}

function meanLength({pairs: {lengths}}: RunFiles, side: 'chosen' | 'rejected'): number | null {
  let sum = 0;
  for (const length of lengths) sum += length[side];
  return ratio(sum, lengths.length);
}

function endpointUse({activity, fleet}: RunFiles): EndpointUse {
  // One that computes the policy here counts the tokens that it samples.
  const isAsking = fleet !== undefined && samplerAsks(fleet) !== undefined;
  const asked = askers.filter((actor) => actor !== 'sampler' || isAsking);
  const total = (metric: string): number =>
    asked.reduce((sum, actor) => sum + activity.total(actor, metric), 0);
  const currency = fleet === undefined ? undefined : currencyOf(fleet);
  return {
    requests: total('endpoint/requests'),
    cached: total('endpoint/cached'),
    prompt_tokens: total('tokens/prompt'),
    completion_tokens: total('tokens/completion'),
    cost: currency === undefined ? null : total('cost'),
    currency: currency ?? null,
    seconds: ratio(total('endpoint/seconds'), total('endpoint/answers')),
  };
}

const shareOf = (activity: RunFiles['activity'], part: string, whole: string): number | null =>
  ratio(activity.total('judge', part), activity.total('judge', whole));

const ratio = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : part / whole;
