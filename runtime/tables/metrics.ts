/** What a suite says besides its score, before training and of the last checkpoint of each cell; means over the seeds. Pure. */
import {meanOf} from '../statistics/paired-bootstrap.js';
import type {GridRun, GridShape} from './grid-table.js';
import {titleOf} from './words.js';

export interface Metrics {
  /** Those that every run has. */
  readonly names: readonly string[];
  /** Of each dataset, whose items may be its own, before training, and then by objective. */
  readonly rows: readonly MetricsRow[];
}

export interface MetricsRow {
  readonly dataset: string;
  /** Undefined before training. */
  readonly objective: string | undefined;
  /** In the order of the names, in the suite's own units. */
  readonly values: readonly number[];
}

/** @returns undefined where no metric is there of every run. */
export const metricsOf = (
  {datasets, objectives}: GridShape,
  runs: readonly GridRun[],
): Metrics | undefined => {
  const [first, ...others] = runs;
  const names = Object.keys(first?.metrics?.last ?? {}).filter((name) =>
    [first, ...others].every((run) => isThere(run, name)),
  );
  if (names.length === 0) return undefined;
  const valuesOf = (of: readonly GridRun[], when: 'before' | 'last'): number[] =>
    names.map((name) => meanOf(of.map(({metrics}) => metrics?.[when][name] ?? Number.NaN)));
  const rows = datasets.flatMap((dataset) => {
    const own = runs.filter((run) => run.dataset === dataset);
    if (own.length === 0) return [];
    const before = {dataset, objective: undefined, values: valuesOf(own, 'before')};
    const trained = objectives.flatMap((objective) => {
      const cell = own.filter((run) => run.objective === objective);
      return cell.length === 0 ? [] : [{dataset, objective, values: valuesOf(cell, 'last')}];
    });
    return [before, ...trained];
  });
  return {names, rows};
};

const isThere = (run: GridRun | undefined, name: string): boolean =>
  [run?.metrics?.before[name], run?.metrics?.last[name]].every((value) => Number.isFinite(value));

/** Four digits that say something, as of nats and of shares. */
const metricText = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);

/** As a table shows it. @param repeats whether each row names its dataset, or the first of it alone. */
export const metricsCells = (
  {names, rows}: Metrics,
  {repeats = true}: {readonly repeats?: boolean} = {},
): {readonly header: readonly string[]; readonly rows: readonly (readonly string[])[]} => ({
  header: ['Dataset', 'Objective', ...names],
  rows: rows.map(({dataset, objective, values}, index) => [
    repeats || rows[index - 1]?.dataset !== dataset ? titleOf(dataset) : '',
    objective === undefined ? 'before' : titleOf(objective),
    ...values.map(metricText),
  ]),
});

/** What the numbers of the second table are. */
export const METRICS_CAPTION =
  'What the suite says besides, in its own units: before training, and of the last checkpoint; means over the seeds.';
