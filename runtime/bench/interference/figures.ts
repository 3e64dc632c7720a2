/** What evaluators cost a learner, from the rows of one run in which they were there and not, in turns. Pure. */
import type {Taken, TakenBy} from './processes.js';

/** A line of metrics.jsonl, as far as it is read. */
export interface MetricRow {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly actor: string;
  readonly loss?: number;
  readonly 'score/seconds'?: number;
}

/** A while in which evaluators were there, or were not; without the moments in which they came and went. */
export interface Turn {
  readonly round: number;
  readonly evaluators: 'on' | 'off';
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the processes, a second of the turn; empty where the system does not tell. */
  readonly taken: TakenBy;
}

export interface TurnFigures extends Turn {
  /** Of the learner, as its own rows say: from the first of the turn to the last. */
  readonly stepsPerSecond: number;
  readonly steps: number;
  /** Scores that came in it, and what each took. */
  readonly scores: number;
  readonly scoreSeconds: number;
}

export const turnFigures = (turn: Turn, rows: readonly MetricRow[]): TurnFigures => {
  const within = rows.filter(({time}) => time >= turn.fromMs && time <= turn.toMs);
  const times = within
    .filter(({actor, loss}) => actor === 'learner' && loss !== undefined)
    .map(({time}) => time);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const took = within.flatMap(({'score/seconds': seconds}) => (seconds === undefined ? [] : [seconds]));
  return {
    ...turn,
    stepsPerSecond: last > first ? (1000 * (times.length - 1)) / (last - first) : Number.NaN,
    steps: Math.max(0, times.length - 1),
    scores: took.length,
    scoreSeconds: took.reduce((sum, each) => sum + each, 0) / Math.max(1, took.length),
  };
};

export interface Interference {
  /** Steps a second, means of the rounds. */
  readonly on: number;
  readonly off: number;
  /** What evaluators cost: 1 less the ratio of a round's turns; the mean, its standard error, and each. */
  readonly cost: number;
  readonly costError: number;
  readonly costByRound: readonly number[];
}

/** What the machine did, the mean of some turns. */
export interface Made {
  /** Cores that each process kept busy, by its name. */
  readonly cores: Readonly<Record<string, number>>;
  /** Of the learner: what it computed for a step, and how long its threads waited for a core meanwhile. */
  readonly computingMsAStep: number;
  readonly waitingMsAStep: number;
}

/** @returns undefined where the system does not tell. */
export const madeIn = (turns: readonly TurnFigures[]): Made | undefined => {
  const names = [...new Set(turns.flatMap(({taken}) => Object.keys(taken)))];
  if (names.length === 0) return undefined;
  const ofAStep = (kind: keyof Taken): number =>
    mean(turns.map(({taken, stepsPerSecond}) => (1000 * (taken.learner?.[kind] ?? 0)) / stepsPerSecond));
  return {
    cores: Object.fromEntries(
      names.map((name) => [name, mean(turns.map(({taken}) => taken[name]?.computing ?? 0))]),
    ),
    computingMsAStep: ofAStep('computing'),
    waitingMsAStep: ofAStep('waiting'),
  };
};

/** Rounds with both turns. */
export const interferenceOf = (turns: readonly TurnFigures[]): Interference => {
  const rounds = [...new Set(turns.map(({round}) => round))].flatMap((round) => {
    const of = (evaluators: Turn['evaluators']) =>
      turns.find((turn) => turn.round === round && turn.evaluators === evaluators)?.stepsPerSecond;
    const [on, off] = [of('on'), of('off')];
    return on === undefined || off === undefined || Number.isNaN(on / off) ? [] : [{on, off}];
  });
  const costs = rounds.map(({on, off}) => 1 - on / off);
  const cost = mean(costs);
  const variance =
    mean(costs.map((each) => (each - cost) ** 2)) * (costs.length / Math.max(1, costs.length - 1));
  return {
    on: mean(rounds.map(({on}) => on)),
    off: mean(rounds.map(({off}) => off)),
    cost,
    costError: Math.sqrt(variance / costs.length),
    costByRound: costs,
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
