/**
 * Which files of a data folder are one split: of a Hugging Face data set as `save_to_disk` writes it, or as it lies in a
 * repository of the Hub, in `data/` or beside its README.
 */
import {readdir, readFile, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import * as z from 'zod';
import {isMissing, messageOf, TerminalError} from '../errors.js';
import {refusePipe} from '../json/regular-file.js';
import {DATA_FORMS, isDataFile, splitOf, UNNAMED} from './data-files.js';
import {findData} from './find-data.js';

/** What a user asks of a data file or folder. */
export interface Source {
  readonly path: string;
  /** Of a folder that has several. */
  readonly split?: string | undefined;
  /** What the user writes before the names `split` and `column`: of a fleet's keys, or of a command's options. */
  readonly keys: 'prompts.' | '--';
}

/**
 * The files of a source, in order: a file is its own. Those of a name on the Hub are fetched where they are not in the cache.
 *
 * @throws TerminalError naming the source, and its splits where one must be chosen.
 */
export async function filesOf({path: typed, split, keys}: Source): Promise<readonly string[]> {
  const path = await findData(typed, split);
  if (!(await isFolder(path))) {
    if (split !== undefined)
      throw new TerminalError(`${path}: is a file and has no splits; leave ${keys}split out`);
    return [path];
  }
  const splits = (await savedSplits(path)) ?? (await listedSplits(path));
  const names = [...splits.keys()];
  const [first] = names;
  if (first === undefined) throw new TerminalError(`${path}: ${await nothingIn(path)}`);
  const there = names.map((name) => JSON.stringify(name)).join(', ');
  if (split === undefined && names.length > 1)
    throw new TerminalError(`${path}: has the splits ${there}; name one by ${keys}split`);
  const files = splits.get(split ?? first);
  if (files === undefined)
    throw new TerminalError(
      `${path}: no split ${JSON.stringify(split)}; there ${names.length === 1 ? 'is' : 'are'} ${there}`,
    );
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error) => {
    throw new TerminalError(isMissing(error) ? `${path}: no such file` : `${path}: ${messageOf(error)}`);
  });
  await refusePipe(path);
  return found.isDirectory();
}

/** A name of a file or folder within its own. */
const name = z
  .string()
  .regex(/^[^/\\]+$/)
  .refine((text) => text !== '.' && text !== '..');
const dictSchema = z.object({splits: z.array(name)});
const stateSchema = z.object({
  _data_files: z.array(z.object({filename: name})),
  _split: z.string().nullish(),
});

type Splits = ReadonlyMap<string, readonly string[]>;

/** Of what `save_to_disk` wrote; undefined where the folder is none of its. */
async function savedSplits(folder: string): Promise<Splits | undefined> {
  const dict = await readState(join(folder, 'dataset_dict.json'), dictSchema);
  if (dict === undefined) return await savedFiles(folder);
  const splits = new Map<string, readonly string[]>();
  for (const split of dict.splits) {
    const [files] = (await savedFiles(join(folder, split)))?.values() ?? [];
    if (files === undefined)
      throw new TerminalError(`${join(folder, split)}: has no state.json; copy the data set again`);
    splits.set(split, files);
  }
  return splits;
}

async function savedFiles(folder: string): Promise<Splits | undefined> {
  const state = await readState(join(folder, 'state.json'), stateSchema);
  const files = state?._data_files.map(({filename}) => join(folder, filename));
  return files && new Map([[state?._split ?? UNNAMED, files]]);
}

async function readState<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new TerminalError(`${file}: not as save_to_disk writes it; copy the data set again`);
  }
}

/** Of data files by their names, in `data/` where there are any, else in the folder itself. */
async function listedSplits(folder: string): Promise<Splits> {
  const inside = await dataFilesIn(join(folder, 'data'));
  const files = inside.length > 0 ? inside : await dataFilesIn(folder);
  const splits = new Map<string, string[]>();
  for (const file of files) {
    const split = splitOf(basename(file));
    splits.set(split, [...(splits.get(split) ?? []), file]);
  }
  return splits;
}

async function dataFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error) => {
    if (isMissing(error)) return [];
    throw new TerminalError(`${folder}: ${messageOf(error)}`);
  });
  const files: string[] = [];
  for (const each of names.toSorted()) {
    const path = join(folder, each);
    // A link of a cache leads to its file; a pipe would be waited for for ever.
    if (isDataFile(each) && (await stat(path)).isFile()) files.push(path);
  }
  return files;
}

async function nothingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, {withFileTypes: true});
  const folders = entries.filter((each) => each.isDirectory() && !each.name.startsWith('.'));
  const remedy =
    folders.length === 0
      ? 'give a folder that has some'
      : `give one of its folders: ${folders.map((each) => each.name).join(', ')}`;
  return `holds no data files (${DATA_FORMS}); ${remedy}`;
}
