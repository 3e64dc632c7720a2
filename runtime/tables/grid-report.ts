/** What a grid came to, as every format shows it. Pure. */
import {meanOf, weightedMean} from '../statistics/paired-bootstrap.js';
import {type Breakdown, breakdownOf} from './breakdown.js';
import {type GridRun, type GridShape, type GridTable, gridTable, scoredBy} from './grid-table.js';
import {type Metrics, metricsOf} from './metrics.js';

export interface GridReport {
  readonly name: string;
  readonly suite: string;
  readonly table: GridTable;
  readonly breakdown: Breakdown | undefined;
  readonly curves: readonly Curve[];
  /** How many runs the grid has, and how many are complete. */
  readonly runs: {readonly all: number; readonly complete: number};
  /** Items of the suite that count in no run, since not every run has a grade for them. */
  readonly leftOut: number;
  /** Sentences about what the suite's numbers are. */
  readonly notes: readonly string[];
  /** Undefined of a suite that says nothing besides its score. */
  readonly metrics: Metrics | undefined;
}

/** The score of the checkpoints of one cell by step, the mean over its seeds; from 0 to 1. */
export interface Curve {
  readonly dataset: string;
  readonly objective: string;
  readonly points: readonly {readonly step: number; readonly score: number}[];
}

/** @param runs at least one; those that are complete. */
export const gridReport = (
  {
    name,
    suite,
    shape,
    leftOut,
    notes = [],
  }: {
    readonly name: string;
    readonly suite: string;
    readonly shape: GridShape;
    readonly leftOut: number;
    readonly notes?: readonly string[];
  },
  runs: readonly GridRun[],
): GridReport => {
  const table = gridTable(shape, runs);
  const {datasets, objectives, seeds} = shape;
  return {
    name,
    suite,
    table,
    breakdown: breakdownOf(table, runs),
    curves: table.rows.map(({dataset, objective}) =>
      curveOf(
        dataset,
        objective,
        runs.filter((run) => run.dataset === dataset && run.objective === objective),
      ),
    ),
    runs: {all: datasets.length * objectives.length * seeds.length, complete: runs.length},
    leftOut,
    notes,
    metrics: metricsOf(shape, runs),
  };
};

/** At the steps at which all seeds have a checkpoint: pairs that were rejected may leave one seed shorter. */
const curveOf = (dataset: string, objective: string, runs: readonly GridRun[]): Curve => {
  const bySeed = runs.map(
    ({base, checkpoints, weights = []}) =>
      new Map([base, ...checkpoints].map((each) => [each.step, weightedMean(scoredBy(each), weights)])),
  );
  const [first, ...others] = bySeed;
  const steps = [...(first?.keys() ?? [])].filter((step) => others.every((each) => each.has(step)));
  return {
    dataset,
    objective,
    points: steps.map((step) => ({
      step,
      score: meanOf(bySeed.map((scores) => scores.get(step) ?? Number.NaN)),
    })),
  };
};
