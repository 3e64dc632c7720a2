/** JSON files of a model folder, read with errors that name the file. */
import type {z} from 'zod';
import {isMissing, messageOf, TerminalError} from '../errors.js';
import {openRegularFile} from './regular-file.js';

/** Far above any that is written; what is parsed takes many times its size. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Vocabularies of a quarter million tokens, with their merges, take half of it. */
export const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** The text of a file; a TerminalError that names it where it cannot be read, or has more than `maxBytes`. */
export async function readText(path: string, maxBytes = MAX_JSON_BYTES): Promise<string> {
  const text = await readOptionalText(path, maxBytes);
  if (text === undefined) throw new TerminalError(`${path}: no such file; a model folder needs it`);
  return text;
}

/** The text of a file, or undefined where there is none. */
export async function readOptionalText(path: string, maxBytes = MAX_JSON_BYTES): Promise<string | undefined> {
  try {
    const file = await openRegularFile(path);
    try {
      const {size} = await file.stat();
      if (size > maxBytes)
        throw new TerminalError(
          `${path}: has ${size} bytes, and ${maxBytes} are read at most; copy the model again`,
        );
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof TerminalError) throw error;
    throw new TerminalError(`${path}: cannot be read: ${messageOf(error)}`);
  }
}

/** A JSON text checked against a schema; a TerminalError names the file and the first wrong field. */
export function parseJson<T>(path: string, text: string, schema: z.ZodType<T>): T {
  try {
    const value: unknown = JSON.parse(text);
    requireShallow(path, value);
    return checked(path, value, schema);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TerminalError(`${path}: not valid JSON (${error.message}); copy the file again`);
  }
}

/** Far above any that is written, and as deep as Python's own reader goes. */
const MOST_LEVELS = 900;

/** Whoever walks a value that is nested without end would run out of stack. */
function requireShallow(path: string, value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS)
      throw new TerminalError(
        `${path}: over ${MOST_LEVELS} levels of lists and objects; copy the file again`,
      );
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
}

/** A value of a JSON file checked against a schema; a TerminalError names the file and the first wrong field. */
export function checked<T>(path: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`;
  throw new TerminalError(`${path}: ${field}: ${issue?.message ?? 'invalid'}; copy the file again`);
}

/** Reads and checks a JSON file. */
export const readJson = async <T>(path: string, schema: z.ZodType<T>, maxBytes?: number): Promise<T> =>
  parseJson(path, await readText(path, maxBytes), schema);

/** Of an optional field: null, false and emptiness say the same as its absence. */
export const changesNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);
