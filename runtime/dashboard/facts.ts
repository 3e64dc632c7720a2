/** What a run came to in words: label and value of each fact, in reading order; shared by text and page. Pure. */

import {descriptionFacts} from '../data/describe/description-text.js';
import {recipesOf} from '../datasets.js';
import {moneyText} from '../endpoints/usage.js';
import {droppedText} from '../fleet/feed/prompts.js';
import {hasLearner} from '../fleet/file/pairs-only.js';
import type {Fleet} from '../fleet/file/schema.js';
import {nameOfFolder} from '../hub/hub-name.js';
import {scoresPairs} from '../suites/suites.js';
import {formatNumber} from './html/svg.js';
import type {CheckpointPlace, SuiteSummary, Summary} from './summary.js';

/** One line: what happened, in how long, on what. */
export function headline(summary: Summary): string {
  const {run, complete, seconds, backend} = summary;
  const what = summary.suite === null ? madeText(summary) : `score ${scoreCourse(summary)}`;
  const time = seconds === null ? '' : ` in ${duration(seconds)}`;
  const on = backend === null ? '' : ` on ${backend}`;
  return `Run ${run}${complete ? '' : ' (not complete)'}: ${what}${time}${on}`;
}

const madeText = ({purpose, steps, pairs}: Summary): string =>
  purpose === 'training' ? `${steps} steps` : `${pairs} pairs`;

const scoreCourse = ({base_score, final_score}: Summary): string =>
  `${share(base_score)} → ${share(final_score)}`;

/** Without those that the run has nothing to say of, such as scores where nothing is evaluated. */
export function factsOf(summary: Summary, fleet: Fleet | undefined): [string, string][] {
  const trained = <T>(fact: T): T | undefined => (summary.purpose === 'training' ? fact : undefined);
  const facts: [string, string | undefined][] = [
    ['Score', scoreText(summary)],
    ...otherScores(summary),
    ['Checkpoints', checkpointsText(summary)],
    ['Policy', fleet && policyText(fleet)],
    ['Objective', trained(objectiveText(summary))],
    ['Backend', trained(backendText(summary))],
    ['Time', summary.seconds === null ? UNKNOWN : duration(summary.seconds)],
    ['Steps', trained(stepsText(summary))],
    ['Gradient', gradientText(summary)],
    ['Prompts', promptsText(summary, fleet)],
    ['Pairs', pairsText(summary)],
    ['Rejections', rejectionsText(summary)],
    ['Lengths', lengthsText(summary)],
    ['Tokens', tokensText(summary)],
    ['Sampling', samplingText(summary, fleet)],
    ['Endpoint', endpointText(summary)],
    ['Judge', judgeText(summary)],
    ['Staleness', stalenessText(summary)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** What the pairs are worth; nothing while there are none. */
export const dataFacts = ({data, advice}: Summary): [string, string][] =>
  data === null
    ? []
    : descriptionFacts(data).map(([label, value]) => [
        label,
        (label === 'Anchor' && measuredText(advice)) || value,
      ]);

/** What comparisons at the checkpoints came to; empty where there were none. */
const measuredText = (advice: Summary['advice']): string => {
  const measured = advice.filter(({evidence}) => evidence === 'comparisons');
  const last = measured.at(-1);
  if (last === undefined) return '';
  const course = measured.map(({step, wins, losses}) => `${percent(wins / (wins + losses))} at step ${step}`);
  const before = course.length === 1 ? '' : `; winners that beat the policy: ${course.join(', ')}`;
  return `at step ${last.step} ${last.reason}${before}`;
};

function scoreText(summary: Summary): string | undefined {
  const {suite, items, base_score: base, final_score: last, best_score, best_step, final_margin} = summary;
  if (suite === null) return undefined;
  const best = best_step === null ? '' : `, best ${share(best_score)} at step ${best_step}`;
  const when = isLastScored(summary) ? 'at the end' : `at step ${summary.final_step}`;
  if (!scoresPairs(suite))
    return `${share(base)} before training, ${share(last)} ${when}${best} (${suite}, ${items} items)`;
  const margin = final_margin === null ? '' : `, margin ${formatNumber(final_margin)} nats`;
  const right = last === null || items === null ? UNKNOWN : Math.round(last * items);
  return `${when} the chosen answer has the higher reward in ${right} of ${items} held-out pairs (${share(last)})${margin}${best}`;
}

/** By the other suites, each under its name. */
const otherScores = ({suites}: Summary): [string, string][] =>
  suites.slice(1).map((each) => [`Score, ${each.name}`, suiteText(each)]);

const suiteText = ({
  name,
  suite,
  items,
  base_score: base,
  final_score: last,
  final_step: step,
  final_low: low,
  final_high: high,
  best_score,
  best_step,
  metrics,
}: SuiteSummary): string => {
  const interval = low === null || high === null ? '' : ` (${share(low)} to ${share(high)})`;
  const best = best_step === null ? '' : `, best ${share(best_score)} at step ${best_step}`;
  const own = Object.entries(metrics)
    .slice(0, MOST_METRICS)
    .map(([metric, value]) => `${metric} ${value === null ? 'no number' : formatNumber(value)}`);
  const of = [name === suite ? '' : suite, `${items} items`, ...own].filter((each) => each !== '');
  return `${share(base)} before training, ${share(last)}${interval} at step ${step}${best} (${of.join(', ')})`;
};
/** Of a suite's own, those that it names first. */
const MOST_METRICS = 3;

/** A run that was stopped may have left its last checkpoint without a score. */
const isLastScored = ({final_step, last_checkpoint}: Summary): boolean =>
  last_checkpoint === null || last_checkpoint.step === final_step;

function checkpointsText({last_checkpoint: last, best_checkpoint: best}: Summary): string | undefined {
  if (last === null) return undefined;
  const place = ({folder, step}: CheckpointPlace): string => `${folder} (step ${step})`;
  return best === null ? `last ${place(last)}` : `last ${place(last)}, best ${place(best)}`;
}

function policyText(fleet: Fleet): string {
  const {policy} = fleet;
  const texts = policy.format === 'chat' ? 'chat template' : 'plain text';
  return `${nameOfFolder(policy.model)}, ${texts}${hasLearner(fleet) ? `; ${learnsText(fleet)}` : ''}`;
}

const learnsText = ({training: {lora}}: Fleet): string =>
  lora === undefined
    ? 'all weights learn'
    : `a LoRA adapter of rank ${lora.rank} learns, alpha ${lora.alpha ?? 2 * lora.rank}, in ${lora.targets?.join(', ') ?? 'all linear layers'}`;

function objectiveText({objectives}: Summary): string {
  const each = objectives.map(({name, from_step, beta, learning_rate: rate, settings, evidence}) => {
    const set = [
      ...(beta === null ? [] : [`beta ${beta}`]),
      ...(rate === null ? [] : [`peak learning rate ${rate}`]),
      ...Object.entries(settings).map(([key, value]) => `${key} ${value}`),
    ];
    const why = evidence === null ? '' : `, since ${evidence}`;
    return `${name} from step ${from_step}${set.length === 0 ? '' : ` (${set.join(', ')})`}${why}`;
  });
  return each.join(', ') || 'none in force yet';
}

function stepsText(summary: Summary): string {
  const {
    steps,
    steps_per_second_while_evaluating: evaluating,
    steps_per_second_otherwise: otherwise,
  } = summary;
  const rates = [
    ...(evaluating === null ? [] : [`${formatRate(evaluating)} while a checkpoint was scored`]),
    ...(otherwise === null ? [] : [`${formatRate(otherwise)}${evaluating === null ? '' : ' otherwise'}`]),
  ];
  return rates.length === 0 ? String(steps) : `${steps}; ${rates.join(', ')}`;
}

function gradientText({grad_norm: norm, learning_rate: rate}: Summary): string | undefined {
  if (norm === null) return undefined;
  const last = rate === null ? '' : `; learning rate ${formatNumber(rate)} at the last step`;
  return `norm ${formatNumber(norm)} on average, before clipping${last}`;
}

function promptsText(summary: Summary, fleet: Fleet | undefined): string {
  const {prompts, prompts_dropped: left, purpose} = summary;
  const {first_step_after_prompts: before, first_step_prompt_share: part} = summary;
  const dropped = left === null ? undefined : droppedText(left);
  const from = fleet === undefined ? '' : ` of ${sourceOf(fleet)}`;
  const isRecorded = fleet !== undefined && recipesOf(fleet).every(({answers}) => answers === 0);
  const done = isRecorded ? 'handed on with recorded answers' : 'sampled';
  const sampled = `${prompts} ${done}${from}${dropped === undefined ? '' : ` (${dropped})`}`;
  if (purpose === 'pairs' || isRecorded) return sampled;
  const firstStep =
    before === null
      ? 'no step was taken'
      : `the first step was taken after ${before} of them${part === null ? '' : ` (${percent(part)})`}`;
  return `${sampled}; ${firstStep}`;
}

const sourceOf = ({prompts, seed}: Fleet): string =>
  'file' in prompts
    ? `${prompts.count ?? 'all'} in ${prompts.file}, seed ${seed}`
    : `${prompts.count} of the demonstration, seed ${seed}`;

function pairsText(summary: Summary): string {
  const {pairs, pairs_trained: trained, pair_trainings: trainings} = summary;
  const pace = summary.pairs_per_second === null ? '' : ` (${formatRate(summary.pairs_per_second)})`;
  const heldOut = summary.pairs_held_out === 0 ? '' : `; ${summary.pairs_held_out} more held back`;
  if (summary.purpose === 'pairs') return `${pairs}${pace}`;
  const repeats = trainings > trained ? `, ${trainings} times in all, over several epochs` : '';
  return `${pairs}${pace}, ${trained} trained on${repeats}${heldOut}`;
}

function rejectionsText({rejections, acceptance}: Summary): string {
  const rejected = Object.entries(rejections).toSorted(([, a], [, b]) => b - a);
  const total = rejected.reduce((sum, [, count]) => sum + count, 0);
  const accepted = acceptance === null ? '' : `; ${percent(acceptance)} of prompts became pairs`;
  return total === 0
    ? `0${accepted}`
    : `${total}: ${rejected.map(([reason, count]) => `${count} ${reason}`).join(', ')}${accepted}`;
}

function lengthsText({chosen_tokens: chosen, rejected_tokens: rejected}: Summary): string | undefined {
  if (chosen === null || rejected === null) return undefined;
  return `${chosen.toFixed(1)} tokens in a chosen answer on average, ${rejected.toFixed(1)} in a rejected one`;
}

const tokensText = ({sampled_tokens: sampled}: Summary): string | undefined =>
  sampled === 0 ? undefined : `${grouped(sampled)} sampled`;

function samplingText(
  {sampling_logp_difference: gap}: Summary,
  fleet: Fleet | undefined,
): string | undefined {
  const precision = fleet?.policy.samplingPrecision;
  if (precision === undefined || precision === 'float32') return undefined;
  return gap === null
    ? `in ${precision}`
    : `in ${precision}; a token’s log-probability is ${formatNumber(gap)} nats from float32’s, by the sums of answers`;
}

function endpointText({endpoint}: Summary): string | undefined {
  const {requests, cached, prompt_tokens: given, completion_tokens: answered, seconds} = endpoint;
  const {cost, currency} = endpoint;
  if (requests + cached === 0) return undefined;
  const paid = cost === null || currency === null ? '' : `, ${moneyText(cost, currency)}`;
  const kept = cached === 0 ? '' : `; ${grouped(cached)} more answers kept from before, at no cost`;
  const took = seconds === null ? '' : `, ${formatNumber(seconds)} s an answer`;
  return `asked ${grouped(requests)} times${took}; ${grouped(given)} tokens in, ${grouped(answered)} out${paid}${kept}`;
}

function judgeText({judge_first_share: first, judge_agreement: agreement}: Summary): string | undefined {
  if (first === null) return undefined;
  const both = agreement === null ? '' : `; ${percent(agreement)} of pairs are judged alike in both orders`;
  return `${percent(first)} of verdicts prefer the answer shown first${both}`;
}

function stalenessText({staleness}: Summary): string | undefined {
  if (staleness === null) return undefined;
  const {mean, max, in_flight: inFlight, in_queue: inQueue, predicted} = staleness;
  const expected = predicted === null ? '' : `, ${predicted.toFixed(2)} predicted`;
  return `${mean.toFixed(2)} policy versions on average (${inFlight.toFixed(2)} in flight, ${inQueue.toFixed(2)} in queue${expected}), at most ${max}`;
}

function backendText({backend, backend_reason: reason}: Summary): string {
  if (backend === null) return UNKNOWN;
  if (reason === null) return backend;
  return reason.startsWith(`${backend}:`) ? reason : `${backend}: ${reason}`;
}

/** Columns of the table of times: what the actor is for is one column, whatever it is called. */
export const ACTIVITY_COLUMNS = ['starting', 'working', 'saving', 'waiting'] as const;

/** One row an actor, busiest first: its name and whole tenths of seconds for each of the columns. */
export function timeRows({seconds_by_actor: actors, processes_by_actor: processes}: Summary): string[][] {
  const working = (times: Readonly<Record<string, number>>) =>
    Object.entries(times).filter(([activity]) => !['starting', 'saving', 'waiting'].includes(activity));
  const sum = (times: [string, number][]) => times.reduce((total, [, seconds]) => total + seconds, 0);
  return Object.entries(actors)
    .toSorted(([, a], [, b]) => sum(working(b)) - sum(working(a)))
    .map(([actor, times]) => {
      const words = working(times).map(([activity]) => activity);
      const cell = (seconds: number | undefined) => (seconds ?? 0).toFixed(1);
      const count = processes[actor] ?? 1;
      return [
        count === 1 ? actor : `${actor} × ${count}`,
        cell(times.starting),
        `${words.join(', ')} ${cell(sum(working(times)))}`.trim(),
        times.saving === undefined ? '' : cell(times.saving),
        cell(times.waiting),
      ];
    });
}

const UNKNOWN = 'not recorded';
const share = (value: number | null): string => (value === null ? 'not scored' : value.toFixed(3));
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Three digits, whatever the size: a step may take a millisecond or an hour. */
const formatRate = (perSecond: number): string => `${Number(perSecond.toPrecision(3))} a second`;

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Math.floor(seconds % 60)} s`;
  return minutes < 120 ? `${minutes} min ${rest}` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
