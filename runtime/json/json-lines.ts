/** JSON-lines files, read a line at a time, with errors that name the file and the line. */
import {createReadStream} from 'node:fs';
import {TerminalError} from '../errors.js';
import {parseExact} from './exact-json.js';
import {explained, MOST_BYTES, textOf} from './json-text.js';
import {refusePipe} from './regular-file.js';

/** One line that holds something. */
export interface JsonLine {
  /** Counted from 1, empty lines too. */
  readonly line: number;
  /** `FILE:LINE`, for what is to be said of it. */
  readonly where: string;
  /** As JSON.parse gives it, but for numbers that are not the same to Python: see `parseExact`. */
  readonly value: unknown;
}

/**
 * The lines of a file in order; empty ones are passed over. Memory does not grow with the file.
 *
 * @param example what a line looks like, for whoever wrote another thing.
 * @param bytes of the file, where they are not simply what is stored.
 * @throws TerminalError naming the file and, where a line is not JSON or has no end, the line.
 */
export async function* readJsonLines(
  file: string,
  example: string,
  bytes?: AsyncIterable<Buffer>,
): AsyncGenerator<JsonLine> {
  let line = 0;
  if (bytes === undefined) await refusePipe(file);
  try {
    for await (const content of linesOf(file, bytes ?? createReadStream(file))) {
      line += 1;
      const where = `${file}:${line}`;
      const text = textOf(content, where, line === 1);
      if (text.trim() === '') continue;
      yield {line, where, value: parsed(text, where, example)};
    }
  } catch (error) {
    throw explained(file, error);
  }
}

const LINE_END = 0x0a;

/**
 * A line ends at `\n` alone. What readline takes for ends beside that, such as U+2028, may stand within a text; a `\r`
 * before the end is white space to JSON.
 */
async function* linesOf(file: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  let line = 1;
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      const rest = chunk.subarray(from, end);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      length = 0;
      line += 1;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MOST_BYTES)
      throw new TerminalError(`${file}:${line}: over ${MOST_BYTES} bytes; write one object on each line`);
  }
  yield Buffer.concat(begun);
}

function parsed(content: string, where: string, example: string): unknown {
  try {
    return parseExact(content);
  } catch {
    throw new TerminalError(`${where}: not JSON; each line is an object such as ${example}`);
  }
}
