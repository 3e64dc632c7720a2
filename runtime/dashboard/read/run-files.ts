/** A run's folder as the report reads it. Nothing but these files is needed, so that any machine can report on a run. */
import {access, readFile} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import * as z from 'zod';
import type {Description} from '../../data/describe/description.js';
import {messageOf, TerminalError} from '../../errors.js';
import {type Fleet, fleetSchema} from '../../fleet/file/schema.js';
import {createEndCounter, type EndCounts} from '../../metrics/ends.js';
import {fileOf} from '../../metrics/lines.js';
import type {recordedLogs} from '../../metrics/record-run.js';
import {type Activity, collectActivity} from './activity.js';
import {type LogFile, readLogFile} from './log-file.js';
import {
  type AdviceLine,
  type AlertLine,
  adviceSchema,
  alertSchema,
  type CheckpointLine,
  type ControlLine,
  checkpointSchema,
  controlSchema,
  metricSchema,
  pairSchema,
  rejectionSchema,
  type ScoreLine,
  scoreSchema,
} from './log-rows.js';
import {collectPairs, type Pairs} from './pairs.js';
import {collectSteps, type StepRow} from './steps.js';
import {type SuiteScores, suiteScores} from './suite-scores.js';

/** What `anchorage up` says about the run as a whole. */
const runSchema = z.looseObject({
  run: z.string().optional(),
  /** When the run first began; when it last ended. */
  startedAt: z.iso.datetime({offset: true}).optional(),
  endedAt: z.iso.datetime({offset: true}).optional(),
  ending: z.string().optional(),
  dropped: z
    .object({duplicates: z.int(), empty: z.int(), laterTurns: z.int().optional(), joined: z.int().optional()})
    .optional(),
  backend: z.string().optional(),
  backendReason: z.string().optional(),
  recorded: z
    .object({ends: z.record(z.string(), z.number()).default({}), failures: z.array(z.string()).default([])})
    .optional(),
});

export type RunInfo = z.infer<typeof runSchema>;

export interface RunFiles {
  /** As it was given: what the commands that the report names begin with. */
  readonly folder: string;
  readonly run: string;
  readonly info: RunInfo;
  /** As it ran, with its defaults; undefined where fleet.json is not there or of another version. */
  readonly fleet: Fleet | undefined;
  readonly steps: readonly StepRow[];
  readonly activity: Activity;
  /** By the suite that says what the best checkpoint is: one a policy version, by version. */
  readonly scores: readonly ScoreLine[];
  /** By each suite, that one first. */
  readonly suites: readonly SuiteScores[];
  /** One a policy version, by version. */
  readonly checkpoints: readonly CheckpointLine[];
  /** How its prompts ended, each counted once. */
  readonly ends: EndCounts;
  readonly pairs: Pairs;
  readonly heldOut: Pairs;
  /** What the pairs are worth; undefined while there are none. */
  readonly description: Description | undefined;
  /** By revision. */
  readonly controls: readonly ControlLine[];
  /** Signs of reward hacking, in the order in which they were seen. */
  readonly alerts: readonly AlertLine[];
  /** Which anchor the pairs want, one a policy version, by version. */
  readonly advice: readonly AdviceLine[];
  /** What the files lack and what of them was passed over, a line each. */
  readonly faults: readonly string[];
}

/**
 * Reads a run's folder. Files that are not there yet count as empty; memory grows with the steps and the pairs of a run, not
 * with the length of its logs.
 *
 * @throws TerminalError where the folder is missing or holds no run.
 */
export async function readRunFiles(runFolder: string): Promise<RunFiles> {
  const info = await readInfo(runFolder);
  const [steps, activity, pairs, heldOut] = [
    collectSteps(),
    collectActivity(),
    collectPairs(),
    collectPairs(),
  ];
  const scores: ScoreLine[] = [];
  const checkpoints = new Map<number, CheckpointLine>();
  const controls: ControlLine[] = [];
  const alerts: AlertLine[] = [];
  const advice = new Map<number, AdviceLine>();
  const ends = createEndCounter(0);
  /** Messages of each channel that nobody could read. */
  const unreadable = new Map<string, number>();
  const files = new Map<string, LogFile>();
  const read = async <T>(
    log: (typeof recordedLogs)[number],
    schema: z.ZodType<T>,
    take: (row: T, sequence: number) => void,
  ) => {
    files.set(log, await readLogFile(join(runFolder, fileOf(log)), schema, take));
  };
  await read('metrics', metricSchema, (row) => {
    steps.take(row);
    activity.take(row);
  });
  await read('scores', scoreSchema, (row) => scores.push(row));
  // The last of a run may be one that was published before, as the last now.
  await read('checkpoints', checkpointSchema, (row) => checkpoints.set(row.policy_version, row));
  await read('controls', controlSchema, (row) => controls.push(row));
  await read('alerts', alertSchema, (row) => alerts.push(row));
  await read('advice', adviceSchema, (row) => advice.set(row.policy_version, row));
  await read('pairs', pairSchema, (row, sequence) => {
    pairs.take(row);
    ends.pair(row.prompt_id || `pair ${sequence}`);
  });
  await read('held_out', pairSchema, (row, sequence) => {
    heldOut.take(row);
    ends.heldOutPair(row.prompt_id || `held back ${sequence}`);
  });
  await read('rejections', rejectionSchema, ({prompt_id: promptId, reason: word, channel}, sequence) => {
    if (channel !== undefined) unreadable.set(channel, (unreadable.get(channel) ?? 0) + 1);
    ends.rejection({promptId, word, channel}, sequence);
  });
  const fleet = await readFleetJson(runFolder);
  const suites = suiteScores(scores, fleet);
  return {
    folder: runFolder,
    run: info.run ?? basename(resolve(runFolder)),
    info,
    fleet,
    steps: steps.rows,
    activity,
    scores: suites[0]?.scores ?? [],
    suites,
    checkpoints: byVersion(checkpoints),
    ends,
    pairs,
    heldOut,
    description: pairs.count === 0 ? undefined : pairs.description(),
    controls,
    alerts,
    advice: byVersion(advice),
    faults: faultsOf(files, unreadable, info),
  };
}

const byVersion = <T extends {readonly policy_version: number}>(rows: ReadonlyMap<number, T>): T[] =>
  [...rows.values()].sort((one, other) => one.policy_version - other.policy_version);

/** A log that has messages 1 to n has n lines, but for what nobody could read. */
function faultsOf(
  files: ReadonlyMap<string, LogFile>,
  unreadable: ReadonlyMap<string, number>,
  {recorded}: RunInfo,
): string[] {
  return [...files].flatMap(([log, {rows, last, odd, firstOdd}]) => {
    const end = Math.max(recorded?.ends[log] ?? 0, last);
    const lacking = end - rows - odd - (unreadable.get(log) ?? 0);
    const file = `${log}.jsonl`;
    return [
      ...(lacking > 0 && last > 0 ? [`${file} lacks ${lacking} of ${end} messages`] : []),
      ...(lacking > 0 && last === 0 ? [`${file} lacks all of ${end} messages`] : []),
      ...(odd > 0
        ? [
            `${odd === 1 ? '1 line' : `${odd} lines`} of ${file} could not be read, line ${firstOdd} first; passed over`,
          ]
        : []),
    ];
  });
}

async function readInfo(runFolder: string): Promise<RunInfo> {
  const path = join(runFolder, 'run.json');
  try {
    await access(path);
  } catch (cause) {
    throw new TerminalError(`${path}: not there, so ${runFolder} is no run's folder; runs lie under runs/`, {
      cause,
    });
  }
  try {
    return runSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new TerminalError(`${path}: cannot be read (${oneLine(error)})`, {cause: error});
  }
}

/** A fleet of another version is no reason to report nothing. */
async function readFleetJson(runFolder: string): Promise<Fleet | undefined> {
  try {
    return fleetSchema.parse(JSON.parse(await readFile(join(runFolder, 'fleet.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

const oneLine = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; ')
    : messageOf(error);
