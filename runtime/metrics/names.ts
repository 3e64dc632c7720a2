/**
 * Every metric an actor may report, with its unit and meaning. Names are TRL's where TRL has one, so that curves can be
 * laid side by side. Nothing depends on a name being here: a metric that is not is recorded and shown all the same.
 */
import {RejectionReason} from '../../proto/messages.js';

export interface MetricMeaning {
  /** Empty where the value is a plain number. */
  readonly unit: string;
  readonly meaning: string;
}

/** Of one optimizer step: means over its pairs, unless they say otherwise. */
export const trainingMetrics = {
  loss: {unit: '', meaning: 'the objective in force, as the paper prints it'},
  grad_norm: {unit: '', meaning: 'L2 norm of the gradient before clipping'},
  learning_rate: {unit: '', meaning: 'what the schedule gave this step'},
  'rewards/chosen': {unit: 'nats', meaning: 'beta (log policy − log reference) of the chosen answers'},
  'rewards/rejected': {unit: 'nats', meaning: 'beta (log policy − log reference) of the rejected answers'},
  'rewards/margins': {unit: 'nats', meaning: 'rewards/chosen − rewards/rejected'},
  'rewards/accuracies': {unit: 'share', meaning: 'pairs whose chosen reward is above the rejected one'},
  'logps/chosen': {unit: 'nats', meaning: 'log policy of the chosen answers, summed over completion tokens'},
  'logps/rejected': {
    unit: 'nats',
    meaning: 'log policy of the rejected answers, summed over completion tokens',
  },
  kl: {unit: 'nats', meaning: 'estimate of KL(policy ‖ reference) on the step’s answers, at least 0'},
} as const satisfies Record<string, MetricMeaning>;

/** Of the other actors. */
export const actorMetrics = {
  beta: {unit: '', meaning: 'beta of the objective in force'},
  pairs: {unit: 'pairs', meaning: 'pairs trained on since the run began'},
  score: {unit: 'share', meaning: 'mean over the evaluation suite’s items, from 0 to 1'},
  'score/seconds': {unit: 's', meaning: 'how long the evaluation took'},
  completions: {unit: 'completions', meaning: 'completions sampled since the process began'},
  revisions: {unit: 'pairs', meaning: 'revisions made since the process began'},
  judgments: {unit: 'pairs', meaning: 'judgments made since the process began'},
  accepted: {unit: 'pairs', meaning: 'pairs that passed the filter since the process began'},
  'endpoint/requests': {unit: 'requests', meaning: 'requests answered since the process began'},
  'endpoint/seconds': {unit: 's', meaning: 'what those requests took, tries and pauses included'},
  'tokens/prompt': {
    unit: 'tokens',
    meaning: 'prompt tokens, as the endpoint counts them, since the process began',
  },
  'tokens/completion': {unit: 'tokens', meaning: 'completion tokens since the process began'},
  'memory/rss_megabytes': {unit: 'MB', meaning: 'resident memory of the actor’s process'},
} as const satisfies Record<string, MetricMeaning>;

/** Name of the seconds that went to an activity since the row before; `waiting` and `starting` are among them. */
export const secondsOf = (activity: string): string => `${SECONDS_PREFIX}${activity}`;

/** The activity that a `seconds/...` metric counts; undefined for any other metric. */
export const activityOf = (metric: string): string | undefined =>
  metric.startsWith(SECONDS_PREFIX) ? metric.slice(SECONDS_PREFIX.length) : undefined;

/** Name of the count of an actor's rejections for a reason, such as `rejections/length`. */
export const rejectionsOf = (reason: RejectionReason): string =>
  `${REJECTIONS_PREFIX}${rejectionWord(reason)}`;

/** `REJECTION_REASON_LENGTH` → `length`; a reason that this version does not know keeps its number. */
export const rejectionWord = (reason: RejectionReason): string =>
  RejectionReason[reason]?.replace('REJECTION_REASON_', '').toLowerCase() ?? String(reason);

/** What is known about a metric; undefined for one that no part of the project names. */
export function meaningOf(metric: string): MetricMeaning | undefined {
  const activity = activityOf(metric);
  if (activity !== undefined) return {unit: 's', meaning: `time spent ${activity} since the row before`};
  if (metric.startsWith(REJECTIONS_PREFIX))
    return {unit: 'prompts', meaning: 'rejected for this reason since the process began'};
  const known: Record<string, MetricMeaning> = {...trainingMetrics, ...actorMetrics};
  return Object.hasOwn(known, metric) ? known[metric] : undefined;
}

const SECONDS_PREFIX = 'seconds/';
const REJECTIONS_PREFIX = 'rejections/';
