/** What a run came to, in numbers: `result.json`. Pure; a number that the run did not get to is null. */
import {activityOf, secondsOf} from '../metrics/names.js';
import type {MetricLine, RunFiles} from './run-files.js';

/** Seconds of the wall clock, unless a key says otherwise. */
export interface Summary {
  readonly run: string;
  /** Whether the last checkpoint ends the run; false for one that was stopped early or still goes on. */
  readonly complete: boolean;
  /** Mean over the suite's items, from 0 to 1: of the policy before training, the last one scored and the best one. */
  readonly base_score: number | null;
  readonly final_score: number | null;
  readonly best_score: number | null;
  readonly best_step: number | null;
  readonly suite: string | null;
  readonly items: number | null;
  /** How long the run was up; of one that has no end yet, to its last sign of life. */
  readonly seconds: number | null;
  readonly backend: string | null;
  readonly backend_reason: string | null;
  /** The last one in force. */
  readonly objective: string | null;
  readonly objectives: readonly ObjectivePeriod[];
  readonly steps: number;
  /** Sampled. */
  readonly prompts: number;
  /** In the log. A run that ends with its last step leaves some that came too late to be trained on. */
  readonly pairs: number;
  /** Trained on, repeats of later epochs counted. */
  readonly pairs_trained: number;
  readonly pairs_per_second: number | null;
  /** Prompts by why they gave no pair to train on; `stale` ones gave a pair that came too late. */
  readonly rejections: Readonly<Record<string, number>>;
  /** Policy versions, of the pairs that the first epoch trained on; null where no sampler wrote them. */
  readonly staleness: Staleness | null;
  /** Prompts sampled by the end of the first optimizer step, and their share of all that were sampled. */
  readonly first_step_after_prompts: number | null;
  readonly first_step_prompt_share: number | null;
  readonly steps_per_second_while_evaluating: number | null;
  readonly steps_per_second_otherwise: number | null;
  /** Summed over the processes of an actor. */
  readonly seconds_by_actor: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Means over steps, but for `max`; what each is, `metricMeanings` says. */
export interface Staleness {
  readonly mean: number;
  readonly max: number;
  readonly in_flight: number;
  readonly in_queue: number;
  readonly predicted: number | null;
}

/** An objective was in force from this step on. */
export interface ObjectivePeriod {
  readonly revision: number;
  readonly name: string;
  readonly from_step: number;
}

export function summarize(files: RunFiles): Summary {
  const {run, info, metrics, scores, checkpoints, pairs} = files;
  const steps = stepRows(metrics);
  const seconds = secondsOfRun(files);
  const base = scores.find((score) => score.policy_version === 0);
  const best = scores.reduce((a, b) => (a !== undefined && a.score >= b.score ? a : b), scores[0]);
  const last = scores.at(-1);
  const objectives = objectivePeriods(steps);
  const samplesPerPrompt = pairs.some((pair) => pair.source === 'judgment') ? 2 : 1;
  const sampled = (until: number) =>
    Math.floor(countUp(metrics, 'sampler', 'completions', until) / samplesPerPrompt);
  const prompts = sampled(Number.POSITIVE_INFINITY);
  const firstStep = steps[0];
  const atFirstStep = firstStep === undefined ? null : sampled(firstStep.time);
  const rates = stepRates(metrics);
  return {
    run,
    complete: checkpoints.some((checkpoint) => checkpoint.final),
    base_score: base?.score ?? null,
    final_score: last?.score ?? null,
    best_score: best?.score ?? null,
    best_step: best?.step ?? null,
    suite: last?.suite ?? null,
    items: last?.items ?? null,
    seconds,
    backend: info.backend ?? null,
    backend_reason: info.backendReason ?? null,
    objective: objectives.at(-1)?.name ?? null,
    objectives,
    steps: Math.max(0, ...steps.map(({step}) => step), ...checkpoints.map(({step}) => step)),
    prompts,
    pairs: pairs.length,
    pairs_trained: steps.at(-1)?.pairs ?? 0,
    pairs_per_second: ratio(pairs.length, seconds),
    rejections: tally(files.rejections.map(({reason}) => reason)),
    staleness: stalenessOf(steps),
    first_step_after_prompts: atFirstStep,
    first_step_prompt_share: ratio(atFirstStep, prompts),
    steps_per_second_while_evaluating: rates.evaluating,
    steps_per_second_otherwise: rates.otherwise,
    seconds_by_actor: secondsByActor(metrics),
  };
}

/** A learner's row about one optimizer step. */
export type StepRow = MetricLine & {readonly step: number};

/** The learner's rows about steps, by time. After a restart, a step may have been taken again: both rows are here. */
export const stepRows = (metrics: readonly MetricLine[]): StepRow[] =>
  metrics.filter((row): row is StepRow => row.actor === 'learner' && row.step !== undefined && 'loss' in row);

/** Every actor gives a sign of life each second: where none came for this long, the run was not up. */
const DOWN_AFTER_MS = 15_000;

/** How long the run was up: from its first start to its end, less the time between a stop and the next sign of life. */
function secondsOfRun({info, metrics}: RunFiles): number | null {
  if (info.startedAt === undefined) return null;
  const start = Date.parse(info.startedAt);
  const signs = metrics.map(({time}) => time).filter((time) => time >= start);
  const ends = info.endedAt === undefined ? [] : [Date.parse(info.endedAt)];
  const [first, ...later] = [...signs, ...ends];
  if (first === undefined) return null;
  let upMs = first - start;
  let before = first;
  for (const time of later) {
    if (time - before <= DOWN_AFTER_MS) upMs += Math.max(0, time - before);
    before = Math.max(before, time);
  }
  return upMs / 1000;
}

function stalenessOf(steps: readonly StepRow[]): Staleness | null {
  const values = (name: string): number[] =>
    steps.flatMap(({[name]: value}) => (typeof value === 'number' ? [value] : []));
  const mean = (name: string): number | null => {
    const all = values(name);
    return ratio(
      all.reduce((sum, value) => sum + value, 0),
      all.length,
    );
  };
  const [total, inFlight, inQueue] = ['staleness', 'staleness/in_flight', 'staleness/in_queue'].map(mean);
  if (typeof total !== 'number' || typeof inFlight !== 'number' || typeof inQueue !== 'number') return null;
  const max = Math.max(...values('staleness/max'));
  return {mean: total, max, in_flight: inFlight, in_queue: inQueue, predicted: mean('staleness/predicted')};
}

function objectivePeriods(steps: readonly StepRow[]): ObjectivePeriod[] {
  const periods = new Map<number, ObjectivePeriod>();
  for (const {objective, objective_revision: revision = 0, step} of steps) {
    const known = periods.get(revision);
    if (objective !== undefined && (known === undefined || step < known.from_step)) {
      periods.set(revision, {revision, name: objective, from_step: step});
    }
  }
  return [...periods.values()].toSorted((a, b) => a.revision - b.revision);
}

/** Sum of what the processes of an actor counted up to a time: a count that fell is of a new process, which began at 0. */
function countUp(metrics: readonly MetricLine[], actor: string, name: string, until: number): number {
  const counts = new Map<number, number>();
  let sum = 0;
  for (const row of metrics) {
    const value = row[name];
    if (row.actor !== actor || row.time > until || typeof value !== 'number') continue;
    const before = counts.get(row.index) ?? 0;
    sum += value >= before ? value - before : value;
    counts.set(row.index, value);
  }
  return sum;
}

/** Optimizer steps a second while at least one evaluation was under way, and while none was. */
function stepRates(metrics: readonly MetricLine[]): {evaluating: number | null; otherwise: number | null} {
  const evaluations = metrics.flatMap(({actor, time, ...row}) => {
    const seconds = row['score/seconds'];
    return actor === 'evaluator' && typeof seconds === 'number'
      ? [{from: time - 1000 * seconds, to: time}]
      : [];
  });
  const spent = {evaluating: 0, otherwise: 0};
  const taken = {evaluating: 0, otherwise: 0};
  let before: number | undefined;
  for (const row of metrics.filter(({actor}) => actor === 'learner')) {
    if (secondsOf('starting') in row) before = undefined; // What lies between is a restart, not a step.
    if (row.step === undefined || !('loss' in row)) continue;
    if (before !== undefined) {
      const middle = (before + row.time) / 2;
      const kind = evaluations.some(({from, to}) => from <= middle && middle <= to)
        ? 'evaluating'
        : 'otherwise';
      spent[kind] += (row.time - before) / 1000;
      taken[kind] += 1;
    }
    before = row.time;
  }
  return {
    evaluating: ratio(taken.evaluating, spent.evaluating),
    otherwise: ratio(taken.otherwise, spent.otherwise),
  };
}

function secondsByActor(metrics: readonly MetricLine[]): Record<string, Record<string, number>> {
  const actors: Record<string, Record<string, number>> = {};
  for (const row of metrics) {
    for (const [name, value] of Object.entries(row)) {
      const activity = activityOf(name);
      if (activity === undefined || typeof value !== 'number') continue;
      const seconds = actors[row.actor] ?? {};
      actors[row.actor] = {...seconds, [activity]: (seconds[activity] ?? 0) + value};
    }
  }
  return actors;
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const ratio = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : part / whole;
