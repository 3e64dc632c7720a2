/** What became of the prompts of a run, by its folder. */
import {join} from 'node:path';
import * as z from 'zod';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {fileOf} from '../../metrics/lines.js';

export interface Outcome {
  readonly pairs: number;
  /** Prompts by why they gave none. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Of all prompts that are one of the two; null of none. */
  readonly acceptedShare: number | null;
  /** Malformed answers that were asked for again, and those that were well-formed then. */
  readonly retried: number;
  readonly mended: number;
  /** What a reason said first, for whoever wonders. */
  readonly details: Readonly<Record<string, string>>;
}

const ASKING = ['reviser', 'judge', 'answerer'];
const rejectionSchema = z.object({reason: z.string(), detail: z.string()});

/** @throws TerminalError where the folder holds no run. */
export const outcomeOf = async (runFolder: string): Promise<Outcome> => {
  const {ends, activity} = await readRunFiles(runFolder);
  const details: Record<string, string> = {};
  await readLogFile(join(runFolder, fileOf('rejections')), rejectionSchema, ({reason, detail}) => {
    details[reason] ??= detail;
  });
  const {made, prompts} = ends.counts();
  const total = (metric: string): number =>
    ASKING.reduce((sum, actor) => sum + activity.total(actor, metric), 0);
  return {
    pairs: made,
    rejected: ends.rejections(),
    acceptedShare: prompts === 0 ? null : made / prompts,
    retried: total('malformed/retried'),
    mended: total('malformed/mended'),
    details,
  };
};
