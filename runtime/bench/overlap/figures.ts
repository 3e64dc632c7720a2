/**
 * What a run of a fleet took, from its metrics, and the least that it could have taken. Pure. Seconds unless named otherwise.
 *
 * The bound of a pipeline: T_min = max(its longest stage, processor time of all / cores) + fill. Stage after stage the same
 * work takes the sum of the stages.
 */

import {type ActorName, actorNames, actorTable} from '../../actors.js';
import {TerminalError} from '../../errors.js';
import {secondsOf} from '../../metrics/names.js';

/** A line of `metrics.jsonl`. */
export type MetricLine = Readonly<Record<string, unknown>>;

/** The actors of a fleet with a reviser that hold its pairs up. */
export type Stage = Exclude<ActorName, 'answerer' | 'judge' | 'evaluator'>;
const isStage = (name: ActorName): name is Stage => !['answerer', 'judge', 'evaluator'].includes(name);
const stages = actorNames.filter(isStage);

export interface RunTimes {
  /** From the first prompt's sampling to the last step of a full batch: the rest of the log is another shape to compile. */
  readonly seconds: number;
  /** Of the wall clock while an actor had something at work. */
  readonly working: Readonly<Record<Stage, number>>;
  /** From an actor's start to its first work. */
  readonly starting: Readonly<Record<Stage, number>>;
  readonly pairs: number;
  readonly steps: number;
}

const numberIn = (line: MetricLine, key: string): number => {
  const value = line[key];
  return typeof value === 'number' ? value : 0;
};
const sumOf = (lines: readonly MetricLine[], key: string): number =>
  lines.reduce((sum, line) => sum + numberIn(line, key), 0);
export const ofEach = (value: (stage: Stage) => number): Record<Stage, number> =>
  Object.fromEntries(stages.map((stage) => [stage, value(stage)])) as Record<Stage, number>;

/** Throws a TerminalError where the run took no step. */
export const timesOf = (lines: readonly MetricLine[], batchSize: number): RunTimes => {
  const of = (stage: Stage): MetricLine[] => lines.filter(({actor}) => actor === stage);
  const steps = of('learner').filter(
    (line) => line.loss !== undefined && numberIn(line, 'pairs') === batchSize * numberIn(line, 'step'),
  );
  const last = steps.at(-1);
  const first = of('sampler').find((line) => numberIn(line, 'seconds/sampling') > 0);
  if (last === undefined || first === undefined)
    throw new TerminalError('bench: the run took no step of a full batch; raise --prompts, or lower --batch');
  // What a row tells of is over when it is sent, and began when the actor had started.
  const sinceBegun = numberIn(first, 'seconds/sampling') + numberIn(first, 'seconds/waiting');
  return {
    seconds: (numberIn(last, 'time') - numberIn(first, 'time')) / 1000 + sinceBegun,
    working: ofEach((stage) => sumOf(of(stage), secondsOf(actorTable[stage].activity))),
    starting: ofEach((stage) => sumOf(of(stage), 'seconds/starting')),
    pairs: numberIn(last, 'pairs'),
    steps: steps.length,
  };
};

/** What a run stage after stage takes without the starts of its later stages' processes, which an overlapped one has at once. */
export const withoutStarts = ({seconds, starting}: RunTimes): number =>
  seconds - starting.reviser - Math.max(starting.filter, starting.reference) - starting.learner;

export interface Work {
  /** Of each stage alone. */
  readonly alone: Readonly<Record<Stage, number>>;
  /** Processor time of all processes, their starts left out. */
  readonly cpu: number;
  readonly cores: number;
  readonly latency: number;
  readonly prompts: number;
  readonly batchSize: number;
}

/** The parts of T_min. */
export const boundOf = ({alone, cpu, cores, latency, prompts, batchSize}: Work) => {
  const longest = Math.max(...stages.map((stage) => alone[stage]));
  // The learner waits for the first batch and has the last one left to take: in either order, one batch of one of both.
  const fill =
    latency + alone.reference / prompts + (batchSize * Math.max(alone.sampler, alone.learner)) / prompts;
  return {longest, cores: cpu / cores, fill, seconds: Math.max(longest, cpu / cores) + fill};
};

/** How busy an endpoint had been by then, as `/v1/slots` tells it. */
export interface SlotSample {
  readonly seconds: number;
  readonly busySeconds: number;
  readonly served: number;
}

/**
 * The share of slots that were busy: of the whole time between the first and the last request, and of the steady state, from when
 * as many requests as there are slots were answered until as many are left.
 */
export const busyShares = (samples: readonly SlotSample[], slots: number, requests: number) => {
  const share = (from: SlotSample | undefined, to: SlotSample | undefined): number =>
    from === undefined || to === undefined
      ? Number.NaN
      : (to.busySeconds - from.busySeconds) / (slots * (to.seconds - from.seconds));
  const answered = (least: number) => samples.find(({served}) => served >= least);
  return {
    whole: share(
      samples.findLast(({busySeconds}) => busySeconds === 0),
      answered(requests),
    ),
    steady: share(answered(slots), answered(requests - slots)),
  };
};
