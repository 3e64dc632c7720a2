/** Folders, made with those above them. */
import {existsSync} from 'node:fs';
import {mkdir, stat} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';

/**
 * Makes a folder where it is not there, and those above it first. Node's own `recursive` never comes back from a file system that
 * answers that there is no such folder instead of making it, as /proc does.
 *
 * @returns whether it was made.
 * @throws the file system's error.
 */
export const ensureFolder = async (path: string): Promise<boolean> => {
  const above = dirname(resolve(path));
  if (!existsSync(above)) await ensureFolder(above);
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    if (!isFolder) throw error;
    return false;
  }
};
