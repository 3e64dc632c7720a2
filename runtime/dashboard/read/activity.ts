/** What the processes of a run counted, and what their time went to, from their rows in the order of the log. Pure. */
import {activityOf, secondsOf} from '../../metrics/names.js';
import type {MetricLine} from './log-rows.js';

export interface Activity {
  take(row: MetricLine): void;
  /** Sum of what the processes of an actor counted: a count that fell is of a new process, which began at 0. */
  total(actor: string, metric: string): number;
  /** Of each actor, the processes there were at once and the seconds that went to each activity, summed over them. */
  readonly actors: ReadonlyMap<string, ActorTimes>;
  /** What was sampled when the first step was reported; undefined before. */
  readonly sampledAtFirstStep: number | undefined;
  /** Seconds between a time and the last sign of life or an end, less those in which nothing of the run was up. */
  upSeconds(startMs: number, endMs: number | undefined): number | null;
  /** Optimizer steps a second while at least one evaluation was under way, and while none was. */
  stepRates(): {readonly evaluating: number | null; readonly otherwise: number | null};
}

export interface ActorTimes {
  readonly processes: number;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Every actor gives a sign of life each second: where none came for this long, the run was not up. */
const DOWN_AFTER_MS = 15_000;

export const collectActivity = (): Activity => {
  const counts = new Map<string, number>();
  const totals = new Map<string, number>();
  const actors = new Map<string, {processes: number; seconds: Record<string, number>}>();
  const evaluations: {readonly fromMs: number; readonly toMs: number}[] = [];
  /** The middle of each step, and how long it took. */
  const steps: {readonly atMs: number; readonly seconds: number}[] = [];
  let leader = 0;
  let stepBeforeMs: number | undefined;
  let firstMs: number | undefined;
  let lastMs = 0;
  let downMs = 0;
  let sampledAtFirstStep: number | undefined;
  const total: Activity['total'] = (actor, metric) => totals.get(`${actor} ${metric}`) ?? 0;

  const count = (row: MetricLine, metric: string, value: number): void => {
    const [process, key] = [`${row.actor} ${row.index} ${metric}`, `${row.actor} ${metric}`];
    const before = counts.get(process) ?? 0;
    totals.set(key, (totals.get(key) ?? 0) + (value >= before ? value - before : value));
    counts.set(process, value);
  };
  const spend = (row: MetricLine, activity: string, seconds: number): void => {
    const times = actors.get(row.actor) ?? {processes: 0, seconds: {}};
    times.processes = Math.max(times.processes, row.index + 1);
    times.seconds[activity] = (times.seconds[activity] ?? 0) + seconds;
    actors.set(row.actor, times);
  };
  const takeLearners = (row: MetricLine): void => {
    // What lies between is a restart, or another learner that took the lead.
    if (row.index === leader && secondsOf('starting') in row) stepBeforeMs = undefined;
    if (row.step === undefined || !('loss' in row)) return;
    if (row.index !== leader) stepBeforeMs = undefined;
    leader = row.index;
    sampledAtFirstStep ??= total('sampler', 'completions');
    if (stepBeforeMs !== undefined && row.time > stepBeforeMs)
      steps.push({atMs: (stepBeforeMs + row.time) / 2, seconds: (row.time - stepBeforeMs) / 1000});
    stepBeforeMs = row.time;
  };

  return {
    actors,
    total,
    get sampledAtFirstStep() {
      return sampledAtFirstStep;
    },
    take(row) {
      firstMs ??= row.time;
      if (lastMs > 0 && row.time - lastMs > DOWN_AFTER_MS) downMs += row.time - lastMs;
      lastMs = Math.max(lastMs, row.time);
      for (const [name, value] of Object.entries(row)) {
        if (typeof value !== 'number') continue;
        const activity = activityOf(name);
        if (activity !== undefined) spend(row, activity, value);
        else if (isCount(name)) count(row, name, value);
      }
      if (row.actor === 'learner') takeLearners(row);
      const {'score/seconds': seconds} = row;
      if (row.actor === 'evaluator' && typeof seconds === 'number')
        evaluations.push({fromMs: row.time - 1000 * seconds, toMs: row.time});
    },
    upSeconds(startMs, endMs) {
      if (firstMs === undefined) return endMs === undefined ? null : (endMs - startMs) / 1000;
      const after = endMs === undefined ? 0 : endMs - lastMs;
      const tail = after > 0 && after <= DOWN_AFTER_MS ? after : 0;
      return Math.max(0, lastMs - startMs - downMs + tail) / 1000;
    },
    stepRates() {
      const spent = {evaluating: 0, otherwise: 0};
      const taken = {evaluating: 0, otherwise: 0};
      const during = evaluations.toSorted((one, other) => one.toMs - other.toMs);
      for (const {atMs, seconds} of steps) {
        const kind = during.some(({fromMs, toMs}) => fromMs <= atMs && atMs <= toMs)
          ? 'evaluating'
          : 'otherwise';
        spent[kind] += seconds;
        taken[kind] += 1;
      }
      return {
        evaluating: spent.evaluating === 0 ? null : taken.evaluating / spent.evaluating,
        otherwise: spent.otherwise === 0 ? null : taken.otherwise / spent.otherwise,
      };
    },
  };
};

/** Totals of a process, as its heartbeat repeats them. */
const isCount = (metric: string): boolean =>
  /^(?:prompts|completions|revisions|answers|judgments(?:\/(?:verdicts|first|twice|agreed))?|malformed\/(?:retried|mended)|endpoint\/(?:requests|answers|cached|seconds)|tokens\/(?:prompt|completion)|cost)$/.test(
    metric,
  );
