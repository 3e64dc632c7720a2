/** JSON lines that are a file only when all are there. */
import {open, rename, rm, stat} from 'node:fs/promises';
import {messageOf, TerminalError} from '../../errors.js';

export interface OutputFile {
  /** What is written until the file is complete: whole lines, in order. */
  readonly partial: string;
  /** Adds a line. */
  write(line: object): Promise<void>;
  /** Gives the file its name; a file of that name is replaced. */
  complete(): Promise<void>;
  /** Leaves what was written at `partial`. */
  abandon(): Promise<void>;
  /** Leaves nothing. */
  discard(): Promise<void>;
}

/** @throws TerminalError where the file cannot be written. */
export const openOutput = async (path: string): Promise<OutputFile> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  // Otherwise it would show when all is done, and the name cannot be given.
  if (isFolder) throw new TerminalError(`--out ${path}: is a folder; give a file`);
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
      await rename(partial, path);
    },
    abandon: () => file.close(),
    async discard() {
      await file.close();
      await rm(partial, {force: true});
    },
  };
};
