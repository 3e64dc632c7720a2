/** What the runs of a grid came to, item by item, from their folders. */
import {join} from 'node:path';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {TerminalError} from '../../errors.js';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {fileOf} from '../../metrics/lines.js';
import type {GridRun} from '../../tables/grid-table.js';
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
}

export interface Cells {
  /** Those that are complete, on the items that all of them have a grade for. */
  readonly runs: readonly GridRun[];
  /** Items for which nobody could tell in some checkpoint: they are left out of all. */
  readonly leftOut: number;
}

/**
 * Reads the runs that are complete.
 *
 * @param complete names of the jobs that are done.
 * @param suite what the fleet calls the one that scored.
 * @throws TerminalError where the items differ, or none has a grade in all runs.
 */
export const readCells = async (
  {data, objectives}: Grid,
  folder: string,
  complete: ReadonlySet<string>,
  suite: string,
): Promise<Cells> => {
  const found: Cell[] = [];
  for (const {dataset, seed} of data)
    for (const objective of objectives) {
      const run = cellRunOf({dataset, seed}, objective);
      if (!complete.has(run)) continue;
      const lines = await readItemGrades(join(folder, RUNS_FOLDER, run), suite);
      const [base, ...checkpoints] = lines;
      if (base === undefined || checkpoints.length === 0)
        throw new TerminalError(
          `${join(folder, RUNS_FOLDER, run, ITEMS_FILE)}: lacks scores by ${suite}; remove the run's folder`,
        );
      found.push({dataset, objective: objective.label, seed, base, checkpoints});
    }
  const [first] = found;
  const odd = found.find(({base: {ids}}) => ids.join() !== first?.base.ids.join());
  if (odd !== undefined)
    throw new TerminalError(
      `${folder}: ${odd.dataset} by ${odd.objective}, seed ${odd.seed}, was scored by ${suite} on other items than the other runs: the suite's file was altered meanwhile; remove the grid's folder`,
    );
  const isScored = first?.base.ids.map((_, item) =>
    found.every(({base, checkpoints}) => [base, ...checkpoints].every(({grades}) => grades[item] !== null)),
  );
  const scored = <T>(values: readonly T[]): T[] => values.filter((_, item) => isScored?.[item]);
  const graded = ({step, grades, pseudo_values: values}: ItemGrades) => ({
    step,
    grades: scored(grades).map((grade) => grade ?? 0),
    ...(values && {pseudoValues: scored(values).map((value) => value ?? 0)}),
  });
  const leftOut = isScored?.filter((each) => !each).length ?? 0;
  if (first !== undefined && leftOut === first.base.ids.length)
    throw new TerminalError(
      `${folder}: no item of ${suite} has a grade in all checkpoints of all runs: see why in the logs of the runs`,
    );
  const runs = found.map(({base, checkpoints, ...run}) => ({
    ...run,
    ids: scored(base.ids),
    weights: base.weights && scored(base.weights),
    benchmarks: base.benchmarks && scored(base.benchmarks),
    base: graded(base),
    checkpoints: checkpoints.map(graded),
  }));
  return {runs, leftOut};
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
