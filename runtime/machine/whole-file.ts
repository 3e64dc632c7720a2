/** Files that are never half there: a reader, a kill or a full disk meets the text before or the text after. */
import {copyFile, link, open, rename, rm, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';

/**
 * Has `write` make and flush a file beside, and puts it in place.
 *
 * @throws what `write` throws, or the file system's error; the file is then as it was.
 */
export const replaceWhole = <T>(path: string, write: (draft: string) => Promise<T>): Promise<T> =>
  byDraft(path, async (draft) => {
    const written = await write(draft);
    await putInPlace(draft, path);
    return written;
  });

let drafts = 0;

/** Has `place` write a file beside and give it its name; where that fails, nothing is left beside. */
const byDraft = async <T>(path: string, place: (draft: string) => Promise<T>): Promise<T> => {
  // Of a name of its own: two processes may write the report of one run.
  const draft = `${path}.${process.pid}.${drafts++}.partial`;
  try {
    return await place(draft);
  } catch (error) {
    await rm(draft, {force: true}).catch(() => undefined); // why it was not written matters more
    throw error;
  }
};

/** Gives a flushed file its name, for good. */
export const putInPlace = async (draft: string, path: string): Promise<void> => {
  await rename(draft, path);
  await flush(dirname(path));
};

/**
 * Replaces a file by a text.
 *
 * @param mode of the file, such as 0o600; what the process makes files with unless given.
 * @throws the file system's error; the file is then as it was.
 */
export const writeWhole = (
  path: string,
  text: string,
  {mode = 0o666}: {readonly mode?: number} = {},
): Promise<void> =>
  replaceWhole(path, async (draft) => {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });

/**
 * Replaces a file by a text that no kill takes away, and a failing machine may: it is not flushed, which is what such a file costs.
 * For what can be had again.
 *
 * @throws the file system's error; the file is then as it was.
 */
export const writeUnflushed = (path: string, text: string): Promise<void> =>
  byDraft(path, async (draft) => {
    await writeFile(draft, text, {flag: 'wx'});
    await rename(draft, path);
  });

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
