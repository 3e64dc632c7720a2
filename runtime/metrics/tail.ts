/** The end of a JSON-lines file that a process may have been killed in the middle of writing. */
import {type FileHandle, open} from 'node:fs/promises';
import {z} from 'zod';
import {TerminalError} from '../errors.js';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const numbered = z.object({sequence: z.int().positive()});

/**
 * Opens a file for appending, made where it does not exist, and removes a last line that has no newline.
 *
 * @returns the file, and the `sequence` of its last whole line: 0 where there is none.
 * @throws TerminalError where the last whole line carries no sequence.
 */
export async function openForAppending(path: string): Promise<{file: FileHandle; sequence: number}> {
  const file = await open(path, 'a+');
  try {
    const {size} = await file.stat();
    const end = (await lastNewlineBefore(file, size)) + 1;
    if (end < size) await file.truncate(end);
    if (end === 0) return {file, sequence: 0};
    const start = (await lastNewlineBefore(file, end - 1)) + 1;
    const {buffer} = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return {file, sequence: sequenceOf(buffer.toString('utf8'), path)};
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

function sequenceOf(line: string, path: string): number {
  try {
    return numbered.parse(JSON.parse(line)).sequence;
  } catch (cause) {
    throw new TerminalError(
      `${path}: the last line has no sequence, so recording cannot go on; move the file away`,
      {cause},
    );
  }
}
