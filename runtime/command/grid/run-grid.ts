/** A grid, from its file to its tables. */
import {availableParallelism} from 'node:os';
import {join, resolve} from 'node:path';
import {messageOf, TerminalError} from '../../errors.js';
import {evaluationsOf} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {readOptionalText} from '../../json/json-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWhole, writeWholeJson} from '../../machine/whole-file.js';
import {tableFormats} from '../../tables/formats/formats.js';
import {type GridReport, gridReport} from '../../tables/grid-report.js';
import {paperTable1} from '../../tables/paper.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {durationText} from '../offline/train/pace.js';
import {type Grid, readGrid} from './grid-file.js';
import {fleetFileOf, type Job, jobsOf} from './jobs.js';
import {type Cells, readCells} from './read-cells.js';
import {runJobs} from './run-jobs.js';

export interface GridOptions {
  readonly out?: string | undefined;
  readonly cores?: number | undefined;
  /** It is to be laid beside the paper's Table 1. */
  readonly paper?: boolean;
}

export interface GridEnd {
  readonly folder: string;
  /** Undefined while no run is complete. */
  readonly report: GridReport | undefined;
  readonly kind: 'complete' | 'failed' | 'stopped';
}

export const runGrid = async (
  file: string,
  {out, cores: given, paper = false}: GridOptions,
  {progress, signal}: {readonly progress: ProgressLine; readonly signal: AbortSignal},
): Promise<GridEnd> => {
  const grid = await readGrid(file);
  if (paper) requirePaperCells(grid);
  const folder = resolve(out ?? join('grids', grid.name));
  try {
    for (const each of ['fleets', 'data', 'runs', 'logs']) await ensureFolder(join(folder, each));
  } catch (error) {
    throw new TerminalError(`--out ${folder}: ${messageOf(error)}; give a folder that can be made`);
  }
  const held = await holdRun(folderHold(folder), `the grid in ${folder}`, {say: progress.print});
  try {
    await writeFleets(grid, folder);
    const [first] = grid.data;
    const cores = given ?? first?.fleet.cores ?? availableParallelism();
    const threads = first?.fleet.actors.learner.threads ?? 1;
    const slots = Math.max(1, Math.floor(cores / threads));
    const jobs = jobsOf(grid, threads);
    const done = await doneOf(jobs, folder);
    progress.print(
      `grid       ${grid.datasets.length} datasets × ${grid.objectives.length} objectives × ${grid.seeds.length} ${grid.seeds.length === 1 ? 'seed' : 'seeds'} in ${folder}: ` +
        `${jobs.length} jobs, ${done.size} of them done, ${slots} at once`,
    );
    const failed = await runAll(jobs, done, {folder, slots, signal, progress});
    const complete = await doneOf(jobs, folder);
    const cells = await readCells(grid, folder, complete);
    const report = cells.runs.length === 0 ? undefined : reportOf(grid, cells);
    if (report !== undefined)
      for (const [ending, write] of Object.entries(tableFormats))
        await writeWhole(join(folder, `table.${ending}`), write(report));
    for (const {job, failure} of failed)
      progress.print(`failed     ${job.name}: ${failure}; logs/${job.name}.log has more`);
    const kind = failed.length > 0 ? 'failed' : complete.size < jobs.length ? 'stopped' : 'complete';
    return {folder, report, kind};
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

const reportOf = (grid: Grid, {runs, leftOut}: Cells): GridReport => {
  const {name, datasets, seeds} = grid;
  const [evaluation] = grid.data[0] === undefined ? [] : evaluationsOf(grid.data[0].fleet);
  const objectives = grid.objectives.map(({label}) => label);
  return gridReport(
    {
      name,
      suite: evaluation?.suite ?? '',
      shape: {datasets, objectives, seeds},
      leftOut,
    },
    runs,
  );
};

/** The fleets that the jobs read; of a grid that goes on, the same as before. */
const writeFleets = async ({data}: Grid, folder: string): Promise<void> => {
  for (const each of data) {
    const path = join(folder, fleetFileOf(each));
    const before = await readOptionalText(path);
    if (before === undefined) await writeWholeJson(path, gridFleet(each.fleet));
    else if (before !== `${JSON.stringify(gridFleet(each.fleet), undefined, 2)}\n`)
      throw new TerminalError(
        `${path}: the grid was begun with another fleet; give it another --out, or remove that folder`,
      );
  }
};

/** Of the checkpoints, only what is gone on from and the best stay: a grid would be as large as all of them. */
const gridFleet = (fleet: Fleet): Fleet => ({
  ...fleet,
  training: {...fleet.training, keep: fleet.training.keep ?? {last: 1, best: 1}},
});

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
