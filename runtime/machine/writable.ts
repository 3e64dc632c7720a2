/** Whether a file can be written, known before anything is worked out or paid for that is to be in it. */
import {existsSync} from 'node:fs';
import {open, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {messageOf, TerminalError} from '../errors.js';

/**
 * Writes a file beside it and takes that away again: permissions alone do not say what a file system takes.
 *
 * @param option of the command that names the file, such as `--out`.
 * @throws TerminalError where there is no folder for it, or none that takes a file, and where the path is a folder's.
 */
export const requireWritable = async (option: string, path: string): Promise<void> => {
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new TerminalError(`${option} ${path}: there is no folder ${folder}; make it, or give another file`);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new TerminalError(`${option} ${path}: is a folder; give a file`);
  const draft = `${path}.${process.pid}.partial`;
  try {
    await (await open(draft, 'w')).close();
    await rm(draft);
  } catch (error) {
    throw new TerminalError(
      `${option} ${path}: ${messageOf(error)}; give a file in a folder that can be written`,
    );
  }
};
