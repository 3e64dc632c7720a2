/**
 * Table 2 of the paper: the score by benchmark, before training and of the best run of each dataset. Of several seeds it is the
 * mean of their best checkpoints. Pure.
 */
import {meanOf, weightedMean} from '../statistics/paired-bootstrap.js';
import {TABLE_2} from '../suites/mixeval/benchmarks.js';
import {type Graded, type GridRun, type GridTable, scoredBy} from './grid-table.js';

export interface Breakdown {
  /** Of the columns after the first, which is the policy before training. */
  readonly columns: readonly {readonly dataset: string; readonly objective: string}[];
  /** The overall score first, then the benchmarks: those of Table 2 in its order, others by their number of items. */
  readonly rows: readonly BreakdownRow[];
}
export interface BreakdownRow {
  readonly name: string;
  readonly items: number;
  /** Points, one a column, that before training first. */
  readonly scores: readonly number[];
}

/** @returns undefined where the suite is no mixture. */
export const breakdownOf = (table: GridTable, runs: readonly GridRun[]): Breakdown | undefined => {
  const [first] = runs;
  const {benchmarks, weights = []} = first ?? {};
  if (first === undefined || benchmarks === undefined) return undefined;
  const columns = table.rows.filter(({bestMax}) => bestMax);
  const graded = [
    [first.base],
    ...columns.map(({dataset, objective}) =>
      runs.filter((run) => run.dataset === dataset && run.objective === objective).map(bestOf),
    ),
  ];
  const names = [...new Set(benchmarks)];
  const places = names.map((name) => ({
    name,
    at: benchmarks.flatMap((each, index) => (each === name ? [index] : [])),
  }));
  const countOf = (at: readonly number[]): number =>
    at.reduce((sum, index) => sum + (weights[index] ?? 1), 0);
  // MixEval's benchmarks as the paper has them, whatever else by how much of it there is.
  const rank = ({name}: {readonly name: string}): number => TABLE_2.indexOf(name) + 1 || Infinity;
  places.sort((one, other) =>
    rank(one) === rank(other) ? countOf(other.at) - countOf(one.at) : rank(one) - rank(other),
  );
  const all = {name: 'Overall score', at: benchmarks.map((_, index) => index), of: scoredBy};
  const gradesOf = ({grades}: Graded): readonly number[] => grades;
  return {
    columns: columns.map(({dataset, objective}) => ({dataset, objective})),
    rows: [all, ...places.map((place) => ({...place, of: gradesOf}))].map(({name, at, of}) => ({
      name,
      items: countOf(at),
      scores: graded.map((seeds) =>
        meanOf(
          seeds.map(
            (graded) =>
              100 *
              weightedMean(
                at.map((index) => of(graded)[index] ?? Number.NaN),
                at.map((index) => weights[index] ?? 1),
              ),
          ),
        ),
      ),
    })),
  };
};

/** The first of the highest score. */
const bestOf = ({checkpoints, weights = []}: GridRun): Graded =>
  checkpoints.reduce((best, each) =>
    weightedMean(scoredBy(each), weights) > weightedMean(scoredBy(best), weights) ? each : best,
  );
