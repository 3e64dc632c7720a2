/** The end of a JSON-lines file that a process may have been killed in the middle of writing. */
import {type FileHandle, open} from 'node:fs/promises';
import * as z from 'zod';
import {TerminalError} from '../errors.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** More lines without a sequence than a crash leaves: the file is another one. */
const MOST_BROKEN_LINES = 100;
const numbered = z.object({sequence: z.int().positive()});

/**
 * Opens a file for appending, made where it does not exist, and removes from its end what is no whole line: a kill cuts a
 * line off, and a machine that loses its power may leave zeros.
 *
 * @returns the file, and the `sequence` of its last whole line: 0 where the file is empty.
 * @throws TerminalError where none of its last lines carries a sequence: it is no log, and stays as it is.
 */
export async function openForAppending(path: string): Promise<{file: FileHandle; sequence: number}> {
  const file = await open(path, 'a+');
  try {
    const {size} = await file.stat();
    let end = (await lastNewlineBefore(file, size)) + 1;
    const hasLines = end > 0;
    let sequence: number | undefined;
    for (let lines = 0; end > 0 && sequence === undefined && lines < MOST_BROKEN_LINES; lines++) {
      const start = (await lastNewlineBefore(file, end - 1)) + 1;
      sequence = await sequenceAt(file, start, end);
      if (sequence === undefined) end = start;
    }
    if (hasLines && sequence === undefined)
      throw new TerminalError(
        `${path}: none of its last lines has a sequence, so recording cannot go on; move the file away`,
      );
    if (end < size) await file.truncate(end);
    return {file, sequence: sequence ?? 0};
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Position of the last newline before `position`; -1 where there is none. */
async function lastNewlineBefore(file: FileHandle, position: number): Promise<number> {
  for (let end = position; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const {buffer} = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const found = buffer.lastIndexOf(NEWLINE);
    if (found >= 0) return start + found;
  }
  return -1;
}

/** Undefined where the line is none of a log. */
async function sequenceAt(file: FileHandle, start: number, end: number): Promise<number | undefined> {
  const {buffer} = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  try {
    return numbered.parse(JSON.parse(buffer.toString('utf8'))).sequence;
  } catch {
    return undefined;
  }
}
