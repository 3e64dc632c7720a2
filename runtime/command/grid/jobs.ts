/** The command lines that a grid consists of, in order; each goes on where a kill cut it short, and is done once. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {fleetSchema} from '../../fleet/file/schema.js';
import {RUNS_FOLDER, readRecord, fleetFileOf as runFleetFileOf} from '../../fleet/run/run-folder.js';
import {readJson} from '../../json/json-file.js';
import type {Grid, GridData, GridObjective} from './grid-file.js';

/** A command line of `anchorage`, typed in the grid's folder. */
export interface Job {
  /** Unique, and the name of its log. */
  readonly name: string;
  readonly args: readonly string[];
  /** The id of the run that it makes. */
  readonly run: string;
  /** The job that must be done before, by name. */
  readonly after: string | undefined;
  /** Of `data`, one is under way at a time: what an endpoint is asked at most is a run's own limit. */
  readonly kind: 'data' | 'training';
  /** Whether it is complete in the grid's folder. */
  isDone(folder: string): Promise<boolean>;
}

/** What a job reads; relative to the grid's folder. */
export const fleetFileOf = ({dataset, seed}: Pick<GridData, 'dataset' | 'seed'>): string =>
  `fleets/${dataset}-${seed}.json`;

const dataRunOf = ({dataset, seed}: Pick<GridData, 'dataset' | 'seed'>): string => `${dataset}-${seed}`;

/** The id of the run that trains. */
export const cellRunOf = (
  {dataset, seed}: Pick<GridData, 'dataset' | 'seed'>,
  {label}: Pick<GridObjective, 'label'>,
): string => `${dataset}-${label}-${seed}`;

/**
 * @param threads of each training.
 * @throws TerminalError where two runs would have the same name, as of datasets a and a-b under objectives b-c and c.
 */
export const jobsOf = (grid: Grid, threads: number): Job[] => {
  const ids = grid.data.flatMap((each) => [
    dataRunOf(each),
    ...grid.objectives.map((objective) => cellRunOf(each, objective)),
  ]);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new TerminalError(
      `${grid.name}: datasets, objectives: two of their runs would be called ${twice}; give one of them another name or label`,
    );
  return distinctJobs(grid, threads);
};

const distinctJobs = ({data, objectives}: Grid, threads: number): Job[] =>
  data.flatMap((each) => {
    const run = dataRunOf(each);
    const out = `data/${run}.jsonl`;
    const made: Job = {
      name: `data-${run}`,
      args: ['data', 'make', fleetFileOf(each), '--out', out, '--run', run],
      run,
      after: undefined,
      kind: 'data',
      // Written when the run is complete, and whole.
      isDone: async (folder) => existsSync(join(folder, out)),
    };
    return [made, ...objectives.map((objective) => trainingOf(each, objective, made, threads))];
  });

const trainingOf = (data: GridData, objective: GridObjective, made: Job, threads: number): Job => {
  const run = cellRunOf(data, objective);
  const {name, beta, learningRate, settings} = objective;
  return {
    name: run,
    run,
    args: [
      ...['replay', dataRunOf(data), '--fleet', fleetFileOf(data), '--objective', name],
      ...['--beta', String(beta), '--learning-rate', String(learningRate)],
      ...Object.entries(settings).flatMap(([setting, value]) => ['--setting', `${setting}=${value}`]),
      ...['--run', run, '--threads', String(threads)],
    ],
    after: made.name,
    kind: 'training',
    async isDone(folder) {
      const path = join(folder, RUNS_FOLDER, run);
      if ((await readRecord(path))?.ending !== 'complete') return false;
      await requireTrainedBy(runFleetFileOf(path), {name, beta, learningRate, settings});
      return true;
    },
  };
};

const trainedSchema = z.object({objective: fleetSchema.shape.objective});

/** What was trained before the grid's file was altered is no result of what stands in it now. */
const requireTrainedBy = async (file: string, wanted: Omit<GridObjective, 'label'>): Promise<void> => {
  const {objective} = await readJson(file, trainedSchema);
  if (!isDeepStrictEqual({...objective}, wanted))
    throw new TerminalError(
      `${file}: was trained by ${shown(objective)}, and the grid has ${shown(wanted)}; give it another label, or the grid another --out`,
    );
};

const shown = ({name, beta, learningRate, settings}: Omit<GridObjective, 'label'>): string =>
  [
    name,
    ...Object.entries({beta, 'learning rate': learningRate, ...settings}).map(
      ([key, value]) => `${key} ${value}`,
    ),
  ].join(', ');
