/**
 * What actors report, by name. Names are TRL's where TRL has one, so that curves can be laid side by side. Nothing depends
 * on a name being here: a metric that is not is recorded and shown all the same.
 */
import {RejectionReason} from '../../proto/messages.js';
import {nearest} from '../text/nearest.js';

/** Metric → what it is, with its unit: what `anchorage watch --help` shows. */
export const metricMeanings = {
  loss: 'the objective in force, as the paper prints it; mean over the step’s pairs, as all below',
  'rewards/chosen': 'beta (log policy − log reference) of the chosen answers; nats',
  'rewards/rejected': 'the same of the rejected answers; nats',
  'rewards/margins': 'rewards/chosen − rewards/rejected; nats',
  'rewards/accuracies': 'share of pairs whose chosen reward is above the rejected one',
  'logps/chosen': 'log policy of the chosen answers, summed over completion tokens; nats',
  'logps/rejected': 'the same of the rejected answers; nats',
  kl: 'estimate of KL(policy ‖ reference) on the step’s answers, k3 at each answer’s mean log-ratio a token; nats an answer',
  grad_norm: 'L2 norm of the gradient before clipping',
  learning_rate: 'what the schedule gave the step',
  beta: 'of the objective in force',
  pairs: 'trained on since the run began, repeats of later epochs counted',
  staleness:
    'policy versions from the one that began the answers to the one they train; mean over the first epoch’s pairs',
  'staleness/max': 'of the step’s pairs',
  'staleness/in_flight': 'of staleness, what came about until the pair was ready',
  'staleness/in_queue': 'and what since then, waiting for its step',
  'staleness/predicted':
    'by Little’s law: pair latency / time between versions + pairs waiting / pairs between versions',
  score: 'of a checkpoint, by the suite that says which is the best: mean over its items, from 0 to 1',
  'score/SUITE': 'the same by each suite',
  'score/SUITE/METRIC': 'what else a suite says, in its own units',
  'score/margin': 'of held-out pairs, rewards/margins under the checkpoint; mean, nats',
  'score/seconds': 'how long that took',
  prompts: 'answered by the policy, since the process began',
  completions: 'sampled, since the process began, as all counts below',
  'completions/reencoded': 'of them, those whose text is encoded as other tokens than were sampled',
  'completions/untold_tokens':
    'of them, those whose tokens the endpoint of the policy did not say: their text is encoded anew',
  'sampling/versions_behind':
    'policy versions that were published and that the endpoint of the policy could not take up: it answers as before',
  revisions: 'made',
  answers: 'that a stronger model gave',
  judgments: 'made',
  'judgments/verdicts': 'answers of the judge that prefer one of two; each order is one',
  'judgments/first':
    'of them, those that prefer the answer shown first: half, of a judge without a bias of position',
  'judgments/twice': 'pairs that were judged in both orders',
  'judgments/agreed': 'of them, those whose two verdicts prefer the same answer',
  'anchor/advice':
    'at a checkpoint: 1 for apo_zero, where winners are better than the policy, -1 for apo_down, 0 where it cannot be told',
  'anchor/winners':
    'of the chosen answers compared, the share that beats a fresh one of the checkpoint’s policy',
  'anchor/winners_low': 'lower end of its 95 % interval',
  'anchor/winners_high': 'upper end',
  'anchor/compared': 'of the comparisons, those that were decided',
  'anchor/undecided': 'and those that were not',
  accepted: 'pairs that passed the filter',
  referenced: 'pairs that got their reference log-probabilities',
  'referenced/merged': 'of them, those whose answers begin with tokens of the prompt, since they merge',
  'sampling/logp_difference':
    'between the sampler’s and the reference’s log-probability of an answer of the policy before training, summed; nats',
  'sampling/compared_tokens': 'the tokens of these answers',
  'sampling/other_model':
    'answers since these log-probabilities showed that the endpoint of the policy has another model than policy.model',
  'encoding/seconds': 'of the processor, that went into making tokens of texts, since the process began',
  'rejections/REASON': 'prompts that gave no pair, by the reason',
  'malformed/retried': 'answers that kept to no form, and were asked for once more',
  'malformed/mended': 'of them, those whose second answer could be read',
  'endpoint/requests':
    'asked and, as far as is known, paid for; those of processes of the same name before this one among them',
  'endpoint/answers': 'those that this process was given',
  'endpoint/cached': 'questions whose answer was kept from another time, and cost nothing',
  'endpoint/seconds': 'what their answers took, from sending to the last byte',
  'tokens/prompt':
    'as the endpoint counts them, those of processes of the same name before this one among them',
  'tokens/completion': 'sampled; or as tokens/prompt',
  cost: 'of those tokens, by the prices of fleet.yaml and in their currency',
  'seconds/ACTIVITY': 'of the wall clock, since the row before; starting and waiting among them',
  'work/in': 'pieces of work taken up: messages, or steps and checkpoints of a learner',
  'work/out': 'of them, those that ended',
  'work/busy': 'of them, those under way',
  'work/oldest_seconds': 'how long the oldest under way has been',
  'memory/rss_megabytes': 'resident memory of the process',
} as const satisfies Record<string, string>;

/**
 * Why a pattern of metrics, a name or the beginning of one before `*`, may match nothing for ever; undefined where it is of the table.
 * `score/SUITE` and the like stand for any word in the place of the capitals.
 */
export const metricComplaint = (pattern: string): string | undefined => {
  const known = Object.keys(metricMeanings);
  const families = known.flatMap((metric) => metric.match(/^.*?(?=[A-Z])/)?.[0] ?? []);
  const isOfFamily = families.some((family) => pattern.startsWith(family));
  const word = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  const isKnown = word === pattern ? known.includes(word) : known.some((metric) => metric.startsWith(word));
  if (isKnown || isOfFamily) return undefined;
  const near = nearest(word, known);
  const meant = near === undefined ? '`anchorage watch --help` lists them' : `did you mean ${near}?`;
  return `no actor reports a metric ${pattern} that is known of; ${meant}`;
};

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

const SECONDS_PREFIX = 'seconds/';
const REJECTIONS_PREFIX = 'rejections/';
