/** JSON lines that are a file only when all are there. */
import {open, rm, stat} from 'node:fs/promises';
import {messageOf, TerminalError} from '../../../errors.js';
import {putInPlace} from '../../../machine/whole-file.js';

export interface OutputFile {
  /** What is written until the file is complete: whole lines, in order. */
  readonly partial: string;
  /** Adds a line. */
  write(line: object): Promise<void>;
  /** Gives the file its name. */
  complete(): Promise<void>;
  /** Leaves what was written at `partial`. */
  abandon(): Promise<void>;
  /** Leaves nothing. */
  discard(): Promise<void>;
}

/**
 * Looks before a model is loaded, which takes minutes, whether the name can be given.
 *
 * @param force a file of that name is replaced.
 * @throws TerminalError where it is a folder, or a file that is not to be replaced.
 */
export const requireFree = async (path: string, force = false): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new TerminalError(`--out ${path}: is a folder; give a file`);
  if (found?.isFile() && !force)
    throw new TerminalError(`--out ${path}: is there already; give another file, or --force to replace it`);
};

/**
 * @param force a file of that name is replaced.
 * @throws TerminalError where the file cannot be written, or is there.
 */
export const openOutput = async (path: string, force = false): Promise<OutputFile> => {
  // Otherwise it would show when all is done, and the name cannot be given.
  await requireFree(path, force);
  const partial = `${path}.partial`;
  const file = await open(partial, 'w').catch((error: unknown) => {
    throw new TerminalError(`--out ${path}: ${messageOf(error)}; give a file in a folder that is there`);
  });
  return {
    partial,
    write: (line) => file.appendFile(`${JSON.stringify(line)}\n`),
    async complete() {
      await file.sync();
      await file.close();
      await putInPlace(partial, path);
    },
    abandon: () => file.close(),
    async discard() {
      await file.close();
      await rm(partial, {force: true});
    },
  };
};
