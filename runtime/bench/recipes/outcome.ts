/** What became of the prompts of a run, by its folder. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {isMissing} from '../../errors.js';
import {fileOf} from '../../metrics/lines.js';

export interface Outcome {
  readonly pairs: number;
  /** Prompts by why they gave none. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Of all prompts that are one of the two. */
  readonly acceptedShare: number | null;
  /** Malformed answers that were asked for again, and those that were well-formed then. */
  readonly retried: number;
  readonly mended: number;
  /** What a reason said first, for whoever wonders. */
  readonly details: Readonly<Record<string, string>>;
}

const rejectionSchema = z.object({prompt_id: z.string(), reason: z.string(), detail: z.string()});
const pairSchema = z.object({prompt_id: z.string()});
const metricSchema = z.object({
  'malformed/retried': z.number().default(0),
  'malformed/mended': z.number().default(0),
});

export const outcomeOf = async (runFolder: string): Promise<Outcome> => {
  const rejections = new Map((await linesOf(runFolder, 'rejections', rejectionSchema)).map(byPrompt));
  const lists = [
    await linesOf(runFolder, 'pairs', pairSchema),
    await linesOf(runFolder, 'held_out', pairSchema),
  ];
  const pairs = new Set(lists.flat().map(({prompt_id: id}) => id)).size;
  const rejected: Record<string, number> = {};
  const details: Record<string, string> = {};
  for (const {reason, detail} of rejections.values()) {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    details[reason] ??= detail;
  }
  const metrics = await linesOf(runFolder, 'metrics', metricSchema);
  const prompts = pairs + rejections.size;
  return {
    pairs,
    rejected,
    acceptedShare: prompts === 0 ? null : pairs / prompts,
    retried: metrics.reduce((sum, row) => sum + row['malformed/retried'], 0),
    mended: metrics.reduce((sum, row) => sum + row['malformed/mended'], 0),
    details,
  };
};

const byPrompt = <T extends {readonly prompt_id: string}>(row: T): [string, T] => [row.prompt_id, row];

/** None of a log that the run has not. */
const linesOf = async <T>(
  runFolder: string,
  log: Parameters<typeof fileOf>[0],
  schema: z.ZodType<T>,
): Promise<T[]> => {
  try {
    const text = await readFile(join(runFolder, fileOf(log)), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => schema.parse(JSON.parse(line)));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};
