/** Files that are never half there: a reader, a kill or a full disk meets the text before or the text after. */
import {copyFile, link, open, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';

/**
 * Writes a file beside, flushes it to the disk, and renames it.
 *
 * @param mode of the file, such as 0o600; what the process makes files with unless given.
 * @throws the file system's error; the file is then as it was.
 */
export const writeWhole = async (
  path: string,
  text: string,
  {mode = 0o666}: {readonly mode?: number} = {},
): Promise<void> => {
  // Of a name of its own: two processes may write the report of one run.
  const draft = `${path}.${process.pid}.${drafts++}.partial`;
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, {force: true}).catch(() => undefined); // why it was not written matters more
    throw error;
  }
  await flush(dirname(path));
};

let drafts = 0;

/** A value as indented JSON, whole. */
export const writeWholeJson = (
  path: string,
  value: unknown,
  options: {readonly mode?: number} = {},
): Promise<void> => writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`, options);

/** Flushes a file or a folder's list of names to the disk. */
export const flush = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Gives a file another name, or copies it where the two are on different file systems or there are no links; flushed. */
export const linkOrCopy = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to);
    await flush(to);
  }
};
