/** A run's folder as the report reads it. Nothing but these files is needed, so that any machine can report on a run. */
import {access, readFile} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {z} from 'zod';
import {messageOf, TerminalError} from '../errors.js';
import {fileOf} from '../metrics/lines.js';

/** What `anchorage up` says about the run as a whole. */
const runSchema = z.looseObject({
  run: z.string().optional(),
  /** When the run first began; when it last ended. */
  startedAt: z.iso.datetime({offset: true}).optional(),
  endedAt: z.iso.datetime({offset: true}).optional(),
  backend: z.string().optional(),
  backendReason: z.string().optional(),
});
/** Stamps, and the measured values flat beside them. */
const metricSchema = z
  .object({
    time: z.number(),
    actor: z.string(),
    index: z.number().default(0),
    objective: z.string().optional(),
    step: z.number().optional(),
    policy_version: z.number().optional(),
    objective_revision: z.number().optional(),
  })
  // JSON has no NaN: a value that was none is null.
  .catchall(z.number().nullable());
const scoreSchema = z.object({
  step: z.number(),
  policy_version: z.number(),
  suite: z.string(),
  score: z.number(),
  items: z.number(),
  seconds: z.number(),
});
const checkpointSchema = z.object({step: z.number(), folder: z.string(), final: z.boolean()});
const rejectionSchema = z.object({actor: z.string(), reason: z.string()});
const pairSchema = z.object({prompt_id: z.string(), source: z.string()});

export type RunInfo = z.infer<typeof runSchema>;
export type MetricLine = z.infer<typeof metricSchema>;
export type ScoreLine = z.infer<typeof scoreSchema>;
export type CheckpointLine = z.infer<typeof checkpointSchema>;
export type RejectionLine = z.infer<typeof rejectionSchema>;
export type PairLine = z.infer<typeof pairSchema>;

export interface RunFiles {
  readonly run: string;
  readonly info: RunInfo;
  /** By time. */
  readonly metrics: readonly MetricLine[];
  /** By policy version. */
  readonly scores: readonly ScoreLine[];
  readonly checkpoints: readonly CheckpointLine[];
  readonly rejections: readonly RejectionLine[];
  readonly pairs: readonly PairLine[];
}

/**
 * Reads a run's folder. Files that are not there yet count as empty.
 *
 * @throws TerminalError where the folder is missing or holds no run, or a line cannot be read.
 */
export async function readRunFiles(runFolder: string): Promise<RunFiles> {
  const info = await readInfo(runFolder);
  const [metrics, scores, checkpoints, rejections, pairs] = await Promise.all([
    readLines(join(runFolder, fileOf('metrics')), metricSchema),
    readLines(join(runFolder, fileOf('scores')), scoreSchema),
    readLines(join(runFolder, fileOf('checkpoints')), checkpointSchema),
    readLines(join(runFolder, fileOf('rejections')), rejectionSchema),
    readLines(join(runFolder, fileOf('pairs')), pairSchema),
  ]);
  return {
    run: info.run ?? basename(resolve(runFolder)),
    info,
    metrics: metrics.toSorted((a, b) => a.time - b.time),
    scores: scores.toSorted((a, b) => a.policy_version - b.policy_version),
    checkpoints,
    rejections,
    pairs,
  };
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

/** A last line without a newline was cut off in the writing and is left out; any other line that cannot be read is an error. */
async function readLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readIfThere(path);
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, row) => {
    try {
      return schema.parse(JSON.parse(line));
    } catch (error) {
      throw new TerminalError(`${path}:${row + 1}: cannot be read (${oneLine(error)}); remove the line`, {
        cause: error,
      });
    }
  });
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

const oneLine = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; ')
    : messageOf(error);
