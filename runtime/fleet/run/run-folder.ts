/** runs/<id>: what a run keeps on disk, who holds it, and what may go on in it. */
import {mkdir, readdir, readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import * as z from 'zod';
import {RUN_PATTERN} from '../../bus/channels/subjects.js';
import {isMissing, TerminalError} from '../../errors.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {lifeOf} from '../../machine/process-alive.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import type {Fleet} from '../file/schema.js';
import {requireSameFleet} from './fleet-difference.js';

/** Where runs are kept, from the working folder. */
export const RUNS_FOLDER = 'runs';

const recordSchema = z.object({
  run: z.string(),
  /** The process of `anchorage up` that holds the run, told apart from others of its id, and since when; ISO 8601. */
  pid: z.int(),
  place: z.string().default(''),
  startTicks: z.number().optional(),
  heldSince: z.string(),
  /** Of a private server, with the secret of the run; of another, without its credentials, which are not ours to keep. */
  natsUrl: z.string(),
  /** The run whose pairs this one trains on once more; such a run has no server, and none is started on it. */
  replayOf: z.string().optional(),
  /** When the run first began. */
  startedAt: z.string(),
  /** Not there while the run goes on, nor after a kill. */
  endedAt: z.string().optional(),
  ending: z.enum(['complete', 'drained', 'failed']).optional(),
  /** Rows of the prompts' file that are none of the run's. */
  dropped: z
    .object({duplicates: z.int(), empty: z.int(), laterTurns: z.int().optional(), joined: z.int().optional()})
    .optional(),
  /** What the learner's tensors run on, and why on that. */
  backend: z.string().optional(),
  backendReason: z.string().optional(),
  /** Of each log, the sequence of its newest message by the server's count, and why files may lack some. */
  recorded: z
    .object({ends: z.record(z.string(), z.int().nonnegative()), failures: z.array(z.string()).readonly()})
    .optional(),
});
/** run.json. */
export type RunRecord = z.infer<typeof recordSchema>;

export interface RunFolder {
  readonly run: string;
  readonly path: string;
  /** run.json as the last process left it; undefined for a new run. */
  readonly before: RunRecord | undefined;
  /** Whether this process made it. */
  readonly isNew: boolean;
}

/**
 * Takes a run's folder for this process: makes it, or goes on in it.
 *
 * @param run the run's id; a new one, readable and unique, where it is undefined.
 * @throws TerminalError as `checkRunFolder`.
 */
export const openRunFolder = async (
  runs: string,
  run: string | undefined,
  fleet: Fleet,
): Promise<RunFolder> => {
  const id = run ?? (await newRunId(runs));
  const before = await checkRunFolder(runs, id, fleet);
  const path = resolve(runs, id);
  const isNew = run === undefined || (await ensureFolder(path));
  await ensureFolder(join(path, 'logs'));
  const file = fleetFileOf(path);
  if ((await readIfThere(file)) === undefined) await writeWholeJson(file, fleet);
  return {run: id, path, before, isNew};
};

/**
 * Looks whether a run can begin or go on with this fleet, and leaves its folder as it is.
 *
 * @returns its record, where it has one.
 * @throws TerminalError where it is running, or was begun with another fleet; the first key that differs is named.
 */
export const checkRunFolder = async (
  runs: string,
  run: string,
  fleet: Fleet,
): Promise<RunRecord | undefined> => {
  if (!RUN_PATTERN.test(run))
    throw new TerminalError(`run ${run}: letters, digits, - and _ only, at most 64`);
  const path = resolve(runs, run);
  const record = await readRecord(path);
  if (record !== undefined && isLive(record)) {
    throw new TerminalError(
      `run ${run} is already running (process ${record.pid}); stop it, or choose another --run`,
    );
  }
  if (record?.replayOf !== undefined)
    throw new TerminalError(
      `run ${run} is a replay of ${record.replayOf}, which \`anchorage replay\` goes on with; choose another --run`,
    );
  await checkSameFleet(fleetFileOf(path), fleet);
  return record;
};

/** The fleet of a run, in its folder. */
export const fleetFileOf = (path: string): string => join(path, 'fleet.json');

/** Writes run.json, whole or not at all, for its owner alone: it has the secret of a private server. */
export const writeRecord = (path: string, record: RunRecord): Promise<void> =>
  writeWholeJson(join(path, 'run.json'), record, {mode: 0o600});

/** run.json of a folder; undefined where there is none. */
export const readRecord = async (path: string): Promise<RunRecord | undefined> => {
  const file = join(path, 'run.json');
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    throw new TerminalError(`${file}: not a run's record; remove the file`);
  }
};

/** Runs on a server whose process is alive, the newest first. A folder whose record cannot be read is no live run's. */
export const liveRuns = async (runs: string): Promise<RunRecord[]> => {
  const folders = await readdir(runs, {withFileTypes: true}).catch(() => []);
  const records = await Promise.all(
    folders
      .filter((each) => each.isDirectory())
      .map(({name}) => readRecord(join(runs, name)).catch(() => undefined)),
  );
  return records
    .flatMap((record) =>
      record !== undefined && record.replayOf === undefined && isLive(record) ? [record] : [],
    )
    .sort((one, other) => other.heldSince.localeCompare(one.heldSince));
};

/** Whether the process that holds the run is there, and is another. */
export const isLive = (record: RunRecord): boolean =>
  record.endedAt === undefined && record.pid !== process.pid && lifeOf(record) === 'alive';

/** Such as 20260131-174502, the local time; with a number behind it where that is taken. */
const newRunId = async (runs: string): Promise<string> => {
  await ensureFolder(runs);
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  const stamp = local.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  for (let number = 1; ; number++) {
    const id = number === 1 ? stamp : `${stamp}-${number}`;
    try {
      // Not recursive: only one of two that start in the same second makes the folder.
      await mkdir(join(runs, id));
      return id;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
};

/** A run that goes on keeps the fleet that it began with. */
const checkSameFleet = async (file: string, fleet: Fleet): Promise<void> => {
  const kept = await readIfThere(file);
  if (kept !== undefined) requireSameFleet(file, JSON.parse(kept) as Fleet, fleet, {places: true});
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};
