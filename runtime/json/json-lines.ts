/** JSON-lines files, read a line at a time, with errors that name the file and the line. */
import {createReadStream} from 'node:fs';
import {messageOf, TerminalError} from '../errors.js';
import {parseExact} from './exact-json.js';
import {isMissing} from './json-file.js';

/** One line that holds something. */
export interface JsonLine {
  /** Counted from 1, empty lines too. */
  readonly line: number;
  /** `FILE:LINE`, for what is to be said of it. */
  readonly where: string;
  /** As JSON.parse gives it, but for numbers that are not the same to Python: see `parseExact`. */
  readonly value: unknown;
}

/** Of a line; a conversation of a million tokens has a tenth of it. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/**
 * The lines of a file in order; empty ones are passed over. Memory does not grow with the file.
 *
 * @param example what a line looks like, for whoever wrote another thing.
 * @throws TerminalError naming the file and, where a line is not JSON or has no end, the line.
 */
export async function* readJsonLines(file: string, example: string): AsyncGenerator<JsonLine> {
  let line = 0;
  try {
    for await (const text of linesOf(file)) {
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

/**
 * A line ends at `\n` alone. What readline takes for ends beside that, such as U+2028, may stand within a text; a `\r`
 * before the end is white space to JSON.
 */
async function* linesOf(file: string): AsyncGenerator<string> {
  let begun: string[] = [];
  let length = 0;
  let line = 1;
  for await (const text of textOf(file)) {
    const [first = '', ...others] = text.split('\n');
    begun.push(first);
    length += first.length;
    if (length > MOST_CHARACTERS)
      throw new TerminalError(
        `${file}:${line}: over ${MOST_CHARACTERS} characters; write one object on each line`,
      );
    const last = others.pop();
    if (last === undefined) continue;
    yield begun.join('');
    yield* others;
    line += 1 + others.length;
    begun = [last];
    length = last.length;
  }
  yield begun.join('');
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
    return parseExact(content);
  } catch {
    throw new TerminalError(`${where}: not JSON; each line is an object such as ${example}`);
  }
}
