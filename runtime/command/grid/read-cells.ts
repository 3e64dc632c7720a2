/** What the runs of a grid came to, item by item, from their folders. */
import {join} from 'node:path';
import * as z from 'zod';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {TerminalError} from '../../errors.js';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {fileOf} from '../../metrics/lines.js';
import type {GridRun, MetricsOfRun} from '../../tables/grid-table.js';
import {ITEMS_FILE, type ItemGrades, itemsSchema} from '../replay/replay-folder.js';
import type {Grid} from './grid-file.js';
import {cellRunOf} from './jobs.js';

const gradedSchema = itemsSchema.omit({ids: true}).extend({item_ids: itemsSchema.shape.ids});

interface Cell {
  readonly dataset: string;
  readonly objective: string;
  readonly seed: number;
  readonly base: ItemGrades;
  readonly checkpoints: readonly ItemGrades[];
  readonly metrics: MetricsOfRun | undefined;
}

/** A suite by which all cells are scored. */
export interface ScoredSuite {
  /** What the fleet calls it. */
  readonly name: string;
  /** Each dataset and seed has items of its own. */
  readonly ownItems: boolean;
}

export interface Cells {
  /** Those that are complete, without the items that one of them has no grade for. */
  readonly runs: readonly GridRun[];
  /** Items for which nobody could tell in some checkpoint: they are left out of all. */
  readonly leftOut: number;
}

/**
 * Reads the runs that are complete.
 *
 * @param complete names of the jobs that are done.
 * @throws TerminalError where the items differ, or none has a grade in all runs.
 */
export const readCells = async (
  {data, objectives}: Grid,
  folder: string,
  complete: ReadonlySet<string>,
  suite: ScoredSuite,
): Promise<Cells> => {
  const found: Cell[] = [];
  for (const {dataset, seed} of data)
    for (const objective of objectives) {
      const run = cellRunOf({dataset, seed}, objective);
      if (!complete.has(run)) continue;
      const lines = await readItemGrades(join(folder, RUNS_FOLDER, run), suite.name);
      const [base, ...checkpoints] = lines;
      if (base === undefined || checkpoints.length === 0)
        throw new TerminalError(
          `${join(folder, RUNS_FOLDER, run, ITEMS_FILE)}: lacks scores by ${suite.name}; remove the run's folder`,
        );
      const metrics = await readMetrics(join(folder, RUNS_FOLDER, run), suite.name);
      found.push({dataset, objective: objective.label, seed, base, checkpoints, metrics});
    }
  requireSameItems(folder, found, suite);
  const all = new Set(found.flatMap(({base: {ids}}) => ids));
  const unscored = new Set(
    found.flatMap(({base, checkpoints}) => [base, ...checkpoints].flatMap(unscoredIn)),
  );
  if (all.size > 0 && unscored.size === all.size)
    throw new TerminalError(
      `${folder}: no item of ${suite.name} has a grade in all checkpoints of all runs: see why in the logs of the runs`,
    );
  const runs = found.map(({base, checkpoints, ...run}) => {
    const scored = <T>(values: readonly T[]): T[] =>
      values.filter((_, item) => !unscored.has(base.ids[item] ?? ''));
    const graded = ({step, grades, pseudo_values: values}: ItemGrades) => ({
      step,
      grades: scored(grades).map((grade) => grade ?? 0),
      ...(values && {pseudoValues: scored(values).map((value) => value ?? 0)}),
    });
    return {
      ...run,
      ids: scored(base.ids),
      weights: base.weights && scored(base.weights),
      benchmarks: base.benchmarks && scored(base.benchmarks),
      base: graded(base),
      checkpoints: checkpoints.map(graded),
    };
  });
  return {runs, leftOut: unscored.size};
};

const unscoredIn = ({ids, grades}: ItemGrades): string[] => ids.filter((_, item) => grades[item] === null);

/** A suite of pairs has the run's own: those of a dataset and seed, by every objective. */
const requireSameItems = (folder: string, cells: readonly Cell[], suite: ScoredSuite): void => {
  const first = new Map<string, string>();
  for (const {dataset, objective, seed, base} of cells) {
    const of = suite.ownItems ? `${dataset}-${seed}` : '';
    const ids = base.ids.join();
    if (ids !== (first.get(of) ?? ids))
      throw new TerminalError(
        `${folder}: ${dataset} by ${objective}, seed ${seed}, was scored by ${suite.name} on other items than the other runs: ${suite.ownItems ? 'its pairs were' : "the suite's file was"} altered meanwhile; remove the grid's folder`,
      );
    first.set(of, ids);
  }
};

const metricsSchema = itemsSchema
  .pick({policy_version: true, suite: true, name: true})
  .extend({metrics: z.record(z.string(), z.number().nullable()).default({})});

/** JSON has no infinity: a metric that was none is null. */
const thereIn = (metrics: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );

/** What the suite says besides its score; undefined of one that says nothing else. */
const readMetrics = async (runFolder: string, suite: string): Promise<MetricsOfRun | undefined> => {
  const lines = new Map<number, Readonly<Record<string, number>>>();
  await readLogFile(join(runFolder, fileOf('scores')), metricsSchema, (line) => {
    if (suite === (line.name ?? line.suite)) lines.set(line.policy_version, thereIn(line.metrics));
  });
  const [before = {}, last = {}] = [Math.min(...lines.keys()), Math.max(...lines.keys())].map((version) =>
    lines.get(version),
  );
  return Object.keys(last).length === 0 ? undefined : {before, last};
};

/**
 * The grades of each checkpoint of a run, by policy version, each once: a replay's, or else those of its scores.
 *
 * @param suite what the fleet calls the one that graded; any, of a run that has one, unless given.
 */
export const readItemGrades = async (runFolder: string, suite?: string): Promise<ItemGrades[]> => {
  const lines = new Map<number, ItemGrades>();
  const take = (line: ItemGrades): void => {
    if (suite !== undefined && suite !== (line.name ?? line.suite)) return;
    if (!lines.has(line.policy_version)) lines.set(line.policy_version, line);
  };
  await readLogFile(join(runFolder, ITEMS_FILE), itemsSchema, take);
  if (lines.size === 0)
    await readLogFile(join(runFolder, fileOf('scores')), gradedSchema, ({item_ids: ids, ...line}) =>
      take({...line, ids}),
    );
  return [...lines.values()].sort((one, other) => one.policy_version - other.policy_version);
};
