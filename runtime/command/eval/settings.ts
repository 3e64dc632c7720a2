/** What an evaluation was begun with: going on with other settings would make one result of two. */
import {createHash} from 'node:crypto';
import {readdir, readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {isMissing, messageOf, TerminalError} from '../../errors.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWholeJson} from '../../machine/whole-file.js';

/** By name, each as JSON. */
export type Settings = Readonly<Record<string, unknown>>;

const FILE = 'eval.json';
const schema = z.record(z.string(), z.unknown());

/**
 * Makes the folder, or sees that it is an evaluation's.
 *
 * @throws TerminalError naming the folder and what else it holds.
 */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await ensureFolder(folder);
  } catch (error) {
    throw new TerminalError(`--out ${folder}: ${messageOf(error)}; give a folder that can be made`);
  }
  if ((await readBefore(folder)) !== undefined) return;
  const names = (await readdir(folder)).filter((name) => !/\.partial$|^holder$/.test(name));
  if (names.length > 0)
    throw new TerminalError(
      `--out ${folder}: holds ${names[0]} and no evaluation; give an empty folder, or one that is not there`,
    );
};

/**
 * Says in a folder that this process holds what it is of; or sees that it is of the same. A judge may come to one that had none, and
 * another judge to one where the first scored nothing: then all answers are graded anew, since some may be read otherwise.
 *
 * @throws TerminalError naming the folder and the setting that is another.
 */
export const beginIn = async (folder: string, settings: Settings): Promise<void> => {
  const before = await readBefore(folder);
  const kept = await isBegun(folder);
  const isJudged = await isScored(folder);
  for (const [name, value] of Object.entries(before ?? {})) {
    const now = settings[name];
    // What came to nothing, such as a model that is not there, binds nobody.
    if (!kept) break;
    if (name === 'judge' && (value === null || !isJudged)) continue;
    if (JSON.stringify(value) !== JSON.stringify(now ?? null))
      throw new TerminalError(
        `--out ${folder}: holds an evaluation with another ${name}: ${shown(value)} there, ${shown(now)} now; give another folder`,
      );
  }
  if ((settings.judge ?? null) !== null && JSON.stringify(before?.judge) !== JSON.stringify(settings.judge))
    await rm(join(folder, 'grades.jsonl'), {force: true});
  await writeWholeJson(join(folder, FILE), settings);
};

/** What is kept of each item, and the result. */
const KEPT = ['answers.jsonl', 'grades.jsonl', 'likelihoods.jsonl', 'reference.jsonl', 'result.json'];

const isBegun = async (folder: string): Promise<boolean> => {
  for (const name of KEPT) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found !== undefined && found.size > 0) return true;
  }
  return false;
};

/** Whether an item was graded, and not only found to have no score. */
const isScored = async (folder: string): Promise<boolean> => {
  const text = await readFile(join(folder, 'grades.jsonl'), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  return /"score":\d/.test(text);
};

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};

const readBefore = async (folder: string): Promise<Settings | undefined> => {
  const path = join(folder, FILE);
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new TerminalError(`${path}: ${messageOf(error)}; move the folder away and begin anew`);
  }
};

/** The same where the same is asked. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

/** What tells a model folder from the same folder with other weights, without reading these. */
export const weightsMark = async (folder: string): Promise<string> => {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new TerminalError(
      isMissing(error) ? `${folder}: no such folder` : `${folder}: ${messageOf(error)}; give a model folder`,
    );
  });
  const marks: (string | number)[] = [];
  for (const name of names.filter((each) => each.endsWith('.safetensors')).toSorted()) {
    const {size, mtimeMs} = await stat(join(folder, name));
    marks.push(name, size, Math.trunc(mtimeMs));
  }
  return digestOf(marks);
};
