/** The folder that `anchorage train` leaves: the model, and beside it `checkpoint-N` folders and metrics. */
import {readdir, rm, rmdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {messageOf, TerminalError} from '../../../errors.js';
import {ensureFolder} from '../../../machine/ensure-folder.js';

export const METRICS_FILE = 'metrics.jsonl';

/** What transformers and PEFT look for first: it comes last, so that half a model is none. */
export const MODEL_MARKS: readonly string[] = ['config.json', 'adapter_config.json'];

/**
 * Makes the folder where it does not exist.
 *
 * @param resume whether a model and checkpoints may be in it
 * @throws TerminalError where it cannot be made, or holds a model or checkpoints already.
 */
export const prepareOutput = async (out: string, resume = false): Promise<void> => {
  try {
    await ensureFolder(out);
  } catch (error) {
    throw new TerminalError(`--out ${out}: ${messageOf(error)}; give a folder that can be made`);
  }
  const names = await readdir(out);
  // What a kill leaves of a save is as large as the model. Only one process trains into a folder.
  for (const name of names.filter((each) => /^\.checkpoint-\d+\.\d+\.partial/.test(each)))
    await rm(join(out, name), {recursive: true, force: true});
  if (resume) return;
  const taken = names.find((name) => MODEL_MARKS.includes(name) || /^checkpoint-\d+$/.test(name));
  if (taken !== undefined)
    throw new TerminalError(
      `--out ${out}: holds a model already (${taken}); give another folder, move it away, or go on with --resume`,
    );
};

/** Takes the folder away again where nothing came of it: it is empty, or its metrics are. */
export const forgetEmptyOutput = async (out: string): Promise<void> => {
  const names = await readdir(out).catch(() => undefined);
  if (names === undefined || names.some((name) => name !== METRICS_FILE)) return;
  const metrics = join(out, METRICS_FILE);
  if (names.length > 0 && (await stat(metrics)).size > 0) return;
  await rm(metrics, {force: true});
  await rmdir(out);
};

export const checkpointFolder = (out: string, step: number): string => join(out, `checkpoint-${step}`);
