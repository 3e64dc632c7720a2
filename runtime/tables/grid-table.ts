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
  type Resample,
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
  /** What each item is, in the order of the grades; the same in all runs of a grid but where each dataset and seed has its own. */
  readonly ids: readonly string[];
  /** How often each item counts; once unless given. */
  readonly weights?: readonly number[] | undefined;
  /** Of each item, where the suite is a mixture. */
  readonly benchmarks?: readonly string[] | undefined;
  readonly base: Graded;
  /** At least one, by step. */
  readonly checkpoints: readonly Graded[];
  /** What else the suite says before training and of the last checkpoint, in its own units. */
  readonly metrics?: MetricsOfRun | undefined;
}

export interface MetricsOfRun {
  readonly before: Readonly<Record<string, number>>;
  readonly last: Readonly<Record<string, number>>;
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
  /** Different ones of all runs. */
  readonly items: number;
  readonly seeds: readonly number[];
  /** Points: the score before training; where items or random numbers are others by seed, the mean of it. */
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

/**
 * What is drawn is drawn of the different items of all runs, and holds for each run's own: so runs are paired by every item that
 * they have in common.
 *
 * @param runs at least one.
 */
export const gridTable = (shape: GridShape, runs: readonly GridRun[]): GridTable => {
  if (runs.length === 0) throw new Error('a table needs a run');
  const items = [...new Set(runs.flatMap(({ids}) => ids))];
  const resamples = [...resamplesOf(items.length, shape.seeds.length)];
  const sharesOf = drawnShares(items, resamples);
  /** By seed; undefined where there is none yet. */
  const bySeed = (isOne: (run: GridRun) => boolean): (Drawable | undefined)[] =>
    shape.seeds.map((seed) => {
      const run = runs.find((each) => each.seed === seed && isOne(each));
      return run && {...deltasOf(run), shares: sharesOf(run)};
    });
  const cells = shape.datasets.flatMap((dataset) =>
    shape.objectives.map((objective) => ({
      dataset,
      objective,
      cell: cellOf(
        {dataset, objective},
        bySeed((run) => run.dataset === dataset && run.objective === objective),
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
  const before = shape.datasets
    .map((dataset) => bySeed((run) => run.dataset === dataset))
    .filter((seeds) => seeds.some((each) => each !== undefined))
    .map((seeds) => drawnOver(seeds, resamples, meanBefore));
  return {
    items: items.length,
    seeds: shape.seeds,
    base: estimateOf(
      meanOf(before.map(({value}) => value)),
      resamples.map((_, draw) => meanOf(before.map(({draws}) => draws[draw] ?? Number.NaN))),
    ),
    rows,
    missing: cells.flatMap(({dataset, objective, cell}) =>
      cell === undefined ? [{dataset, objective}] : [],
    ),
    difference: (one, other, by) => differenceOf(found(one)[by], found(other)[by]),
  };
};

/** A run's points by item, and in each draw how much each of its items counts; undefined where the draw has none of them. */
interface Drawable extends Points {
  readonly shares: readonly (Float64Array | undefined)[];
}

/** Of each run; those with the same items have the same. */
const drawnShares = (items: readonly string[], resamples: readonly Resample[]) => {
  const placeOf = new Map(items.map((id, place) => [id, place]));
  const known = new Map<string, (Float64Array | undefined)[]>();
  return ({ids, weights = []}: GridRun): readonly (Float64Array | undefined)[] => {
    const key = JSON.stringify([ids, weights]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const places = ids.map((id) => placeOf.get(id) ?? Number.NaN);
    const shares = resamples.map((draw) => {
      const own = {...draw, items: Float64Array.from(places, (place) => draw.items[place] ?? 0)};
      return own.items.some((share) => share > 0) ? weighted(own, weights).items : undefined;
    });
    known.set(key, shares);
    return shares;
  };
};

/** The mean over the seeds of a statistic of a run, and the same in each draw. @param runs by seed, at least one of them there. */
const drawnOver = (
  runs: readonly (Drawable | undefined)[],
  resamples: readonly Resample[],
  statistic: (run: Points, shares: Float64Array | undefined) => number,
): Drawn => {
  const value = meanOf(runs.flatMap((run) => (run === undefined ? [] : statistic(run, undefined))));
  const draws = Float64Array.from(resamples, ({seeds}, draw) => {
    const bySeed = runs.map((run) => {
      const shares = run?.shares[draw];
      return run && shares && statistic(run, shares);
    });
    const drawn = seeds.flatMap((seed) => bySeed[seed] ?? []);
    // Of a grid that is not complete, a draw may hold none of the seeds that are there.
    const used = drawn.length === 0 ? bySeed.flatMap((each) => each ?? []) : drawn;
    return used.length === 0 ? value : meanOf(used);
  });
  return {value, draws};
};

const cellOf = (
  name: CellName,
  runs: readonly (Drawable | undefined)[],
  resamples: readonly Resample[],
): Cell | undefined => {
  const there = runs.flatMap((each) => each ?? []);
  if (there.length === 0) return undefined;
  return {
    ...name,
    seeds: there.length,
    sd: meanOf(there.map(({points}) => standardDeviation(points))),
    max: drawnOver(runs, resamples, (run, shares) => Math.max(...pointsIn(run, shares))),
    mean: drawnOver(runs, resamples, (run, shares) => meanOf(pointsIn(run, shares))),
  };
};

/** Points of a run, over all of its items and by each. */
interface Points {
  readonly weights: readonly number[];
  /** Before training. */
  readonly before: Float64Array;
  /** Δ of each checkpoint. */
  readonly points: readonly number[];
  readonly byItem: readonly Float64Array[];
}

const deltasOf = ({base, checkpoints, weights = []}: GridRun): Points => {
  const graded = scoredBy(base);
  const before = Float64Array.from(graded, (grade) => 100 * grade);
  const byItem = checkpoints.map((each) =>
    Float64Array.from(scoredBy(each), (grade, index) => 100 * (grade - (graded[index] ?? Number.NaN))),
  );
  return {weights, before, byItem, points: byItem.map((values) => weightedMean(values, weights))};
};

/** @param shares of a draw; all items, each as often as it counts, unless given. */
const pointsIn = ({byItem, points}: Points, shares: Float64Array | undefined): readonly number[] =>
  shares === undefined ? points : byItem.map((values) => dot(shares, values));

const meanBefore = ({before, weights}: Points, shares: Float64Array | undefined): number =>
  shares === undefined ? weightedMean(before, weights) : dot(shares, before);
