/**
 * Table 1 of the paper for a grid of runs: how far the score of the checkpoints of each is from that of the policy before
 * training, at most and on average. Pure.
 *
 * Of a run with checkpoints k = 1..K, Δ_k = 100 (score of k − score before training), in points. Max Δ is the largest, mean Δ
 * their mean, sd their standard deviation over the checkpoints, as in the paper; of several seeds each is the mean over
 * the seeds. Intervals are of 95 %, by the paired bootstrap over items and seeds.
 */
import {
  differenceOf,
  dot,
  type Estimate,
  estimateOf,
  meanOf,
  resamplesOf,
  standardDeviation,
  weighted,
  weightedMean,
} from '../statistics/paired-bootstrap.js';

/** The grades of one policy on the suite's items, each from 0 to 1, in the order of the items. */
export interface Graded {
  readonly step: number;
  readonly grades: readonly number[];
  /** Where the score is the mean of these and not of the grades: the suite's `Summary.pseudoValues`. */
  readonly pseudoValues?: readonly number[];
}

/** Of each item what the score is the mean of. */
export const scoredBy = ({grades, pseudoValues = grades}: Graded): readonly number[] => pseudoValues;

/** One run of the grid. */
export interface GridRun {
  readonly dataset: string;
  readonly objective: string;
  readonly seed: number;
  /** What each item is, in the order of the grades; the same in all runs of a grid. */
  readonly ids: readonly string[];
  /** How often each item counts; once unless given. */
  readonly weights?: readonly number[] | undefined;
  /** Of each item, where the suite is a mixture. */
  readonly benchmarks?: readonly string[] | undefined;
  readonly base: Graded;
  /** At least one, by step. */
  readonly checkpoints: readonly Graded[];
}

export interface GridRow {
  readonly dataset: string;
  readonly objective: string;
  /** Of how many runs. */
  readonly seeds: number;
  /** Points. */
  readonly max: Estimate;
  readonly mean: Estimate;
  readonly sd: number;
  /** Of its dataset, by max Δ and by mean Δ. */
  readonly bestMax: boolean;
  readonly bestMean: boolean;
  /** Of all rows. */
  readonly bestMaxOfAll: boolean;
  readonly bestMeanOfAll: boolean;
}

export interface GridTable {
  readonly items: number;
  readonly seeds: readonly number[];
  /** Points: the score before training. */
  readonly base: Estimate;
  /** Datasets in their order, in each the objectives in theirs. */
  readonly rows: readonly GridRow[];
  /** Of the grid's cells, those that have no run yet. */
  readonly missing: readonly {readonly dataset: string; readonly objective: string}[];
  /** Of two cells, the first less the second; points. Throws where one has no run. */
  difference(one: CellName, other: CellName, by: Measure): Estimate;
}

export type Measure = 'max' | 'mean';
export interface CellName {
  readonly dataset: string;
  readonly objective: string;
}

/** One statistic, and what it is in each resample. */
interface Drawn {
  readonly value: number;
  readonly draws: Float64Array;
}
interface Cell extends CellName {
  readonly seeds: number;
  readonly sd: number;
  readonly max: Drawn;
  readonly mean: Drawn;
}

export interface GridShape {
  readonly datasets: readonly string[];
  readonly objectives: readonly string[];
  readonly seeds: readonly number[];
}

/** @param runs at least one, all with the same items. */
export const gridTable = (shape: GridShape, runs: readonly GridRun[]): GridTable => {
  const [first] = runs;
  if (first === undefined) throw new Error('a table needs a run');
  const items = first.ids.length;
  const weights = first.weights ?? first.ids.map(() => 1);
  const resamples = [...resamplesOf(items, shape.seeds.length)].map((each) => weighted(each, weights));
  const cells = shape.datasets.flatMap((dataset) =>
    shape.objectives.map((objective) => ({
      dataset,
      objective,
      cell: cellOf(
        {dataset, objective},
        shape.seeds.map((seed) =>
          runs.find((run) => run.dataset === dataset && run.objective === objective && run.seed === seed),
        ),
        resamples,
      ),
    })),
  );
  const there = cells.flatMap(({cell}) => cell ?? []);
  const found = ({dataset, objective}: CellName): Cell => {
    const cell = there.find((each) => each.dataset === dataset && each.objective === objective);
    if (cell === undefined) throw new RangeError(`the grid has no run of ${dataset} by ${objective}`);
    return cell;
  };
  const best = (of: readonly Cell[], by: Measure): Cell | undefined =>
    of.reduce<Cell | undefined>(
      (most, cell) => (most === undefined || cell[by].value > most[by].value ? cell : most),
      undefined,
    );
  const rows = there.map((cell): GridRow => {
    const {dataset, objective, seeds, sd, max, mean} = cell;
    const same = there.filter((each) => each.dataset === dataset);
    return {
      dataset,
      objective,
      seeds,
      max: estimateOf(max.value, max.draws),
      mean: estimateOf(mean.value, mean.draws),
      sd,
      bestMax: best(same, 'max') === cell,
      bestMean: best(same, 'mean') === cell,
      bestMaxOfAll: best(there, 'max') === cell,
      bestMeanOfAll: best(there, 'mean') === cell,
    };
  });
  const base = scoredBy(first.base).map((grade) => 100 * grade);
  return {
    items,
    seeds: shape.seeds,
    base: estimateOf(
      weightedMean(base, weights),
      resamples.map((draw) => dot(draw.items, Float64Array.from(base))),
    ),
    rows,
    missing: cells.flatMap(({dataset, objective, cell}) =>
      cell === undefined ? [{dataset, objective}] : [],
    ),
    difference: (one, other, by) => differenceOf(found(one)[by], found(other)[by]),
  };
};

/** @param runs by seed; undefined where there is none yet. */
const cellOf = (
  name: CellName,
  runs: readonly (GridRun | undefined)[],
  resamples: ReturnType<typeof resamplesOf> extends Generator<infer R> ? readonly R[] : never,
): Cell | undefined => {
  const deltas = runs.map((run) => run && deltasOf(run));
  const there = deltas.flatMap((each) => each ?? []);
  if (there.length === 0) return undefined;
  const ofRun = there.map(({points}) => points);
  const draws = {max: new Float64Array(resamples.length), mean: new Float64Array(resamples.length)};
  for (const [draw, {items, seeds}] of resamples.entries()) {
    const bySeed = deltas.map(
      (each) => each && statisticsOf(each.byItem.map((values) => dot(items, values))),
    );
    const drawn = seeds.flatMap((seed) => bySeed[seed] ?? []);
    // Of a grid that is not complete, a draw may hold none of the seeds that are there.
    const used = drawn.length === 0 ? bySeed.flatMap((each) => each ?? []) : drawn;
    draws.max[draw] = meanOf(used.map(({max}) => max));
    draws.mean[draw] = meanOf(used.map(({mean}) => mean));
  }
  const each = ofRun.map(statisticsOf);
  return {
    ...name,
    seeds: there.length,
    sd: meanOf(ofRun.map(standardDeviation)),
    max: {value: meanOf(each.map(({max}) => max)), draws: draws.max},
    mean: {value: meanOf(each.map(({mean}) => mean)), draws: draws.mean},
  };
};

const statisticsOf = (points: readonly number[]) => ({max: Math.max(...points), mean: meanOf(points)});

/** Δ of each checkpoint, and its part that is each item's; points. */
const deltasOf = ({base, checkpoints, weights = []}: GridRun) => {
  const before = scoredBy(base);
  const byItem = checkpoints.map((each) =>
    Float64Array.from(scoredBy(each), (grade, index) => 100 * (grade - (before[index] ?? Number.NaN))),
  );
  return {byItem, points: byItem.map((values) => weightedMean(values, weights))};
};
