/** Folders of model files, written so that none is ever half there. */
import {createHash} from 'node:crypto';
import {readdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {isMissing, TerminalError} from '../../errors.js';
import {openRegularFile} from '../../json/regular-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {flush} from '../../machine/whole-file.js';
import {type WritableTensor, type WriteOptions, writeSafetensors} from './safetensors/safetensors.js';

/** Throws a TerminalError where a folder that a person names as new is a file, or holds something. */
export async function requireNewFolder(directory: string): Promise<void> {
  try {
    if ((await readdir(directory)).length === 0) return;
  } catch (error) {
    if (isMissing(error)) return;
  }
  throw new TerminalError(`${directory}: is there already; give the path of a new folder`);
}

/**
 * Has `write` fill a folder beside, flushes it and only then renames it, so that a kill never leaves half a folder. An
 * existing folder of that name is replaced: for the moment between two renames there is none.
 */
export async function publishFolder(
  directory: string,
  write: (draft: string) => Promise<void>,
): Promise<void> {
  const target = resolve(directory);
  const parent = dirname(target);
  const draft = join(parent, `.${basename(target)}.${process.pid}.partial`);
  await rm(draft, {recursive: true, force: true});
  await ensureFolder(draft);
  try {
    await write(draft);
    for (const name of await readdir(draft)) await flush(join(draft, name));
    await flush(draft);
    await replaceFolder(draft, target);
    await flush(parent);
  } catch (error) {
    await rm(draft, {recursive: true, force: true});
    throw error;
  }
}

/** Writes a safetensors file as transformers reads it, reads it back, and returns its SHA-256. */
export async function writeWeightsFile(
  path: string,
  tensors: Iterable<readonly [string, WritableTensor]>,
  {dtype}: Pick<WriteOptions, 'dtype'> = {},
): Promise<string> {
  // transformers refuses a file that does not name its framework.
  const metadata = {format: 'pt'};
  const sha256 = await writeSafetensors(path, tensors, {metadata, ...(dtype === undefined ? {} : {dtype})});
  if ((await digest(path)) !== sha256)
    throw new TerminalError(`${path}: what was read back differs from what was written; check the disk`);
  return sha256;
}

export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** A full folder cannot be renamed over: the old one steps aside first. */
async function replaceFolder(draft: string, target: string): Promise<void> {
  const aside = `${draft}.old`;
  await rm(aside, {recursive: true, force: true});
  try {
    await rename(target, aside);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await rename(draft, target);
  await rm(aside, {recursive: true, force: true});
}

/** A file's SHA-256, hexadecimal. */
export async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await openRegularFile(path);
  // The stream closes the file at its end, and where it fails.
  await pipeline(file.createReadStream(), hash);
  return hash.digest('hex');
}
