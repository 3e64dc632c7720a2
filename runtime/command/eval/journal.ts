/** Lines that were written are there after a kill, each about one item; a line that was being written is not. */
import {type FileHandle, open, readFile, truncate} from 'node:fs/promises';
import * as z from 'zod';
import {isMissing, messageOf, TerminalError} from '../../errors.js';

export interface Journal<T> {
  /** By item; of several lines about one the last counts. */
  readonly known: ReadonlyMap<number, T>;
  add(item: number, line: T): Promise<void>;
  close(): Promise<void>;
}

const numbered = z.looseObject({item: z.int().nonnegative()});

/**
 * Opens a journal, which is made where there is none.
 *
 * @throws TerminalError naming the file and the line of what it does not hold.
 */
export const openJournal = async <T extends object>(
  path: string,
  schema: z.ZodType<T>,
): Promise<Journal<T>> => {
  const known = await readJournal(path, schema);
  const file: FileHandle = await open(path, 'a').catch((error: unknown) => {
    throw new TerminalError(`${path}: ${messageOf(error)}; give another folder with --out`);
  });
  return {
    known,
    async add(item, line) {
      known.set(item, line);
      await file.appendFile(`${JSON.stringify({item, ...line})}\n`);
    },
    close: () => file.close(),
  };
};

const readJournal = async <T extends object>(path: string, schema: z.ZodType<T>): Promise<Map<number, T>> => {
  const known = new Map<number, T>();
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw new TerminalError(`${path}: ${messageOf(error)}`);
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // What a kill left of a line must not run into the next one.
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  for (const [at, line] of whole.split('\n').entries()) {
    if (line === '') continue;
    const found = lineOf(line, schema);
    if (found === undefined)
      throw new TerminalError(
        `${path}:${at + 1}: is no line of this evaluation; move the folder away and begin anew`,
      );
    known.set(found.item, found.line);
  }
  return known;
};

const lineOf = <T>(
  text: string,
  schema: z.ZodType<T>,
): {readonly item: number; readonly line: T} | undefined => {
  try {
    const {item, ...rest} = numbered.parse(JSON.parse(text));
    return {item, line: schema.parse(rest)};
  } catch {
    return undefined;
  }
};
