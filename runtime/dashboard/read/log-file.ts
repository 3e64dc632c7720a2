/**
 * A log's file, a line at a time, however long it is. A line that is no row of the log (cut off, no JSON, a time that is no
 * number) is passed over and counted: one of them does not take the report from all others.
 */
import {createReadStream} from 'node:fs';
import * as z from 'zod';
import {isMissing} from '../../errors.js';

/** What a file holds, beside its rows. */
export interface LogFile {
  /** Lines that were read as rows, each sequence once. */
  readonly rows: number;
  /** The highest sequence; 0 where no row has one. */
  readonly last: number;
  /** Lines that were passed over. */
  readonly odd: number;
  /** The first of them, from 1; undefined without one. */
  readonly firstOdd: number | undefined;
}

/** More than any message holds: what is longer is no line of ours, and is not taken into memory. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

const numbered = z.looseObject({sequence: z.int().positive().optional()});

/**
 * Hands the rows of a file over, in its order, which is that of their sequences.
 *
 * @param take given the rows that `schema` accepts, with their sequence: of one without, that of the row before.
 * @throws the file system's error, but for a file that is not there, which is empty.
 */
export async function readLogFile<T>(
  path: string,
  schema: z.ZodType<T>,
  take: (row: T, sequence: number) => void,
): Promise<LogFile> {
  const found = {rows: 0, last: 0, odd: 0, firstOdd: undefined as number | undefined};
  let line = 0;
  for await (const bytes of linesOf(path)) {
    line += 1;
    const row = bytes === undefined ? undefined : rowOf(bytes, schema);
    if (row === undefined) {
      found.odd += 1;
      found.firstOdd ??= line;
      continue;
    }
    const {value, sequence = found.last} = row;
    // Two that recorded at once may have written a message twice.
    if (row.sequence !== undefined && sequence <= found.last) continue;
    found.rows += 1;
    found.last = sequence;
    take(value, sequence);
  }
  return found;
}

const rowOf = <T>(
  bytes: Buffer,
  schema: z.ZodType<T>,
): {readonly value: T; readonly sequence: number | undefined} | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const [value, numbers] = [schema.safeParse(json), numbered.safeParse(json)];
  return value.success && numbers.success ? {value: value.data, sequence: numbers.data.sequence} : undefined;
};

/** The lines of a file, without their ends; undefined for one that cannot be one of ours: too long, or cut off at the end. */
async function* linesOf(path: string): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, {highWaterMark: 1024 * 1024})) {
      const buffer = chunk as Buffer;
      let start = 0;
      for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
        parts.push(buffer.subarray(start, end));
        bytes += end - start;
        yield bytes > MOST_LINE_BYTES ? undefined : Buffer.concat(parts);
        [parts, bytes, start] = [[], 0, end + 1];
      }
      bytes += buffer.length - start;
      // Of one that is too long, nothing is kept.
      if (bytes > MOST_LINE_BYTES) parts = [];
      else if (start < buffer.length) parts.push(buffer.subarray(start));
    }
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (bytes > 0) yield undefined;
}
