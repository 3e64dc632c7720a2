/** A grid, from its file to its tables. */
import {availableParallelism} from 'node:os';
import {join, resolve} from 'node:path';
import * as z from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {limitsOf} from '../../fleet/asking/open-asking.js';
import {decidingOf, evaluationsOf, nameOfEvaluation} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {differenceText, judgedOtherwise} from '../../fleet/run/fleet-difference.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {readSuites} from '../../fleet/scoring/suites.js';
import {readJson, readOptionalText} from '../../json/json-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWhole, writeWholeJson} from '../../machine/whole-file.js';
import {beforeTraining, scoresPairs} from '../../suites/suites.js';
import {tableFormats} from '../../tables/formats/formats.js';
import {type GridReport, gridReport} from '../../tables/grid-report.js';
import {paperTable1} from '../../tables/paper.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {durationText} from '../offline/train/pace.js';
import {type Grid, readGrid} from './grid-file.js';
import {fleetFileOf, type Job, jobsOf} from './jobs.js';
import {type Cells, readCells} from './read-cells.js';
import {requireJudges} from './require-judges.js';
import {requirePrompts} from './require-prompts.js';
import {runJobs} from './run-jobs.js';

export interface GridOptions {
  readonly out?: string | undefined;
  readonly cores?: number | undefined;
  /** It is to be laid beside the paper's Table 1. */
  readonly paper?: boolean;
}

export interface GridEnd {
  readonly folder: string;
  /** One a suite, that which says what the best checkpoint is first; none while no run is complete. */
  readonly tables: readonly GridTables[];
  readonly kind: 'complete' | 'failed' | 'stopped';
}

/** A suite's table, and what its files are called before their endings. */
export interface GridTables {
  readonly report: GridReport;
  readonly file: string;
}

export const runGrid = async (
  file: string,
  {out, cores: given, paper = false}: GridOptions,
  {progress, signal}: {readonly progress: ProgressLine; readonly signal: AbortSignal},
): Promise<GridEnd> => {
  const grid = await readGrid(file);
  if (paper) requirePaperCells(grid);
  const [first] = grid.data;
  if (first === undefined) throw new Error('a grid has a run');
  // What cannot be asked is said before anything is paid for.
  await readSuites(first.fleet).catch((error: unknown) => {
    throw error instanceof TerminalError ? new TerminalError(`${file}: fleet: ${error.message}`) : error;
  });
  await requirePrompts(file, grid);
  const folder = resolve(out ?? join('grids', grid.name));
  try {
    for (const each of ['fleets', 'data', 'runs', 'logs']) await ensureFolder(join(folder, each));
  } catch (error) {
    throw new TerminalError(`--out ${folder}: ${messageOf(error)}; give a folder that can be made`);
  }
  const held = await holdRun(folderHold(folder), `of the grid in ${folder}`, {
    say: progress.print,
    choice: '--out',
  });
  try {
    await writeFleets(grid, folder);
    const cores = given ?? first.fleet.cores ?? availableParallelism();
    const threads = first.fleet.actors.learner.threads ?? 1;
    const limited = limitedJudge(first.fleet);
    const slots = limited === undefined ? Math.max(1, Math.floor(cores / threads)) : 1;
    const jobs = jobsOf(grid, threads);
    const done = await doneOf(jobs, folder);
    if (jobs.some(({name, kind}) => kind === 'training' && !done.has(name)))
      await requireJudges(file, first.fleet);
    progress.print(
      `grid       ${grid.datasets.length} datasets × ${grid.objectives.length} objectives × ${grid.seeds.length} ${grid.seeds.length === 1 ? 'seed' : 'seeds'} in ${folder}: ` +
        `${jobs.length} jobs, ${done.size} of them done, ${slots} at once${limited === undefined ? '' : `, so that the limits of endpoints.${limited} hold`}`,
    );
    const failed = await runAll(jobs, done, {folder, slots, signal, progress});
    const complete = await doneOf(jobs, folder);
    const tables = await tablesOf(grid, folder, complete);
    for (const {report, file} of tables)
      for (const [ending, write] of Object.entries(tableFormats))
        await writeWhole(join(folder, `${file}.${ending}`), write(report));
    for (const {job, failure} of failed)
      progress.print(`failed     ${job.name}: ${failure}; logs/${job.name}.log has more`);
    const kind = failed.length > 0 ? 'failed' : complete.size < jobs.length ? 'stopped' : 'complete';
    return {folder, tables, kind};
  } finally {
    await held.release();
  }
};

/** Before anything is made: a table that cannot be printed is no use hours later. */
const requirePaperCells = ({name, datasets, objectives}: Grid): void => {
  for (const {dataset, objective} of paperTable1)
    if (!datasets.includes(dataset) || !objectives.some(({label}) => label === objective))
      throw new TerminalError(
        `--paper: ${name} has no ${dataset} by ${objective}; take the datasets and objectives of the paper's Table 1, or leave --paper out`,
      );
};

/** Whose judge's endpoint says how much it is asked at most, if one does: what a run holds to, several at once would not. */
const limitedJudge = (fleet: Fleet): string | undefined =>
  evaluationsOf(fleet)
    .flatMap(({judge}) => judge?.endpoint ?? [])
    .find((endpoint) => {
      const {requestsPerMinute, tokensPerMinute} = limitsOf(fleet, endpoint);
      return requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    });

const tablesOf = async (grid: Grid, folder: string, complete: ReadonlySet<string>): Promise<GridTables[]> => {
  const fleet = grid.data[0]?.fleet ?? {};
  const decides = decidingOf(fleet)?.name;
  const evaluations = evaluationsOf(fleet).toSorted(
    (one, other) => Number(nameOfEvaluation(other) === decides) - Number(nameOfEvaluation(one) === decides),
  );
  const tables: GridTables[] = [];
  for (const evaluation of evaluations) {
    const name = nameOfEvaluation(evaluation);
    const ownItems = scoresPairs(evaluation.suite);
    const cells = await readCells(grid, folder, complete, {name, ownItems});
    if (cells.runs.length === 0) continue;
    const notes = [
      ...(ownItems ? ['Each dataset and seed has pairs of its own, those of its held-out prompts.'] : []),
      ...[beforeTraining(evaluation) ?? []].flat(),
    ];
    const suite = name === evaluation.suite ? name : `${name} (${evaluation.suite})`;
    const file = name === decides ? 'table' : `table-${name}`;
    tables.push({file, report: reportOf(grid, {suite, notes}, cells)});
  }
  return tables;
};

const reportOf = (
  {name, datasets, seeds, objectives}: Grid,
  said: Pick<GridReport, 'suite' | 'notes'>,
  {runs, leftOut}: Cells,
): GridReport => {
  const shape = {datasets, objectives: objectives.map(({label}) => label), seeds};
  return gridReport({name, ...said, shape, leftOut}, runs);
};

/** The fleets that the jobs read; of a grid that goes on, the same as before. */
const writeFleets = async ({data}: Grid, folder: string): Promise<void> => {
  for (const each of data) {
    const path = join(folder, fleetFileOf(each));
    const fleet = gridFleet(each.fleet);
    const isBegun = (await readOptionalText(path)) !== undefined;
    const differs = isBegun ? judgedOtherwise(await readJson(path, z.unknown()), fleet) : undefined;
    if (differs !== undefined)
      throw new TerminalError(
        `${path}: the grid was begun with ${differenceText(differs)}; give it another --out, or remove that folder`,
      );
    await writeWholeJson(path, fleet);
  }
};

/** Of the checkpoints, only what is gone on from and the best stay: a grid would be as large as all of them. */
const gridFleet = (fleet: Fleet): unknown => {
  const {steps, keep = {last: 1, best: 1}, ...training} = fleet.training;
  // As many as the pairs fill, where nobody knows yet how many there will be: 0 is nothing that a file may say.
  return {...fleet, training: {...training, keep, ...(steps > 0 && {steps})}};
};

const doneOf = async (jobs: readonly Job[], folder: string): Promise<Set<string>> => {
  const done = new Set<string>();
  for (const job of jobs) if (await job.isDone(folder)) done.add(job.name);
  return done;
};

const runAll = async (
  jobs: readonly Job[],
  done: ReadonlySet<string>,
  {
    folder,
    slots,
    signal,
    progress,
  }: {
    readonly folder: string;
    readonly slots: number;
    readonly signal: AbortSignal;
    readonly progress: ProgressLine;
  },
) => {
  const begun = performance.now();
  const underWay = new Set<string>();
  let ended = done.size;
  let work = 0;
  const left = jobs.length - done.size;
  const show = (): void => {
    const seconds = (performance.now() - begun) / 1000;
    const rest =
      work === 0 ? '' : `, ${durationText((seconds / work) * (left - work))} left by the pace so far`;
    progress.show(`running    ${[...underWay].join(', ')}; ${ended} of ${jobs.length} done${rest}`);
  };
  const timer = setInterval(show, 1000);
  try {
    return await runJobs(jobs, done, {
      folder,
      slots,
      signal,
      onBegin: ({name}) => {
        underWay.add(name);
        show();
      },
      onWait: ({name}, pid) =>
        progress.print(`waiting    ${name} waits for process ${pid} of the earlier grid`),
      onEnd: ({job, failure, seconds}) => {
        underWay.delete(job.name);
        if (failure === undefined) ended += 1;
        work += 1;
        progress.print(
          `${failure === undefined ? 'done      ' : 'failed    '} ${job.name} in ${durationText(seconds)}; ${ended} of ${jobs.length}`,
        );
        show();
      },
    });
  } finally {
    clearInterval(timer);
  }
};
