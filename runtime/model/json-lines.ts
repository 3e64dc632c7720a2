/** JSON-lines files, read a line at a time, with errors that name the file and the line. */
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';
import {Readable} from 'node:stream';
import {messageOf, TerminalError} from '../errors.js';
import {isMissing} from './json-file.js';

/** One line that holds something. */
export interface JsonLine {
  /** Counted from 1, empty lines too. */
  readonly line: number;
  /** `FILE:LINE`, for what is to be said of it. */
  readonly where: string;
  readonly value: unknown;
}

/**
 * The lines of a file in order; empty ones are passed over. Memory does not grow with the file.
 *
 * @param example what a line looks like, for whoever wrote another thing.
 * @throws TerminalError naming the file and, where a line is not JSON, the line.
 */
export async function* readJsonLines(file: string, example: string): AsyncGenerator<JsonLine> {
  let line = 0;
  try {
    const input = Readable.from(textOf(file));
    for await (const text of createInterface({input, crlfDelay: Number.POSITIVE_INFINITY})) {
      line += 1;
      if (text.trim() === '') continue;
      const where = `${file}:${line}`;
      yield {line, where, value: parsed(text, where, example)};
    }
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    throw new TerminalError(isMissing(error) ? `${file}: no such file` : `${file}: ${messageOf(error)}`);
  }
}

/** Without a byte order mark. Bytes that are no text would otherwise become marks that nobody wrote, and be trained on. */
async function* textOf(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', {fatal: true});
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, {stream: chunk !== undefined});
    } catch {
      throw new TerminalError(`${file}: holds bytes that are not UTF-8; convert the file`);
    }
  };
  for await (const chunk of createReadStream(file)) yield decode(chunk as Buffer);
  yield decode();
}

function parsed(content: string, where: string, example: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new TerminalError(`${where}: not JSON; each line is an object such as ${example}`);
  }
}
