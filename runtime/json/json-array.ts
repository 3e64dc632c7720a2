/** JSON files that are one array, read an element at a time, with errors that name the file and the element. */
import {TerminalError} from '../errors.js';
import {parseExact} from './exact-json.js';
import {explained, MOST_BYTES, textOf} from './json-text.js';

/** One element. */
export interface JsonElement {
  /** Counted from 1. */
  readonly row: number;
  /** `FILE row ROW`. */
  readonly where: string;
  /** As `parseExact` gives it. */
  readonly value: unknown;
}

/**
 * The elements of a file's array in order. Memory does not grow with the file.
 *
 * @param bytes of the file, from its first on.
 * @throws TerminalError naming the file and the element that is not JSON, is too long, or has no end.
 */
export async function* readJsonArray(
  file: string,
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<JsonElement> {
  let row = 0;
  try {
    for await (const content of elementsOf(file, bytes)) {
      row += 1;
      const where = `${file} row ${row}`;
      yield {row, where, value: parsed(textOf(content, where, false), where)};
    }
  } catch (error) {
    throw explained(file, error);
  }
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const [QUOTE, ESCAPE, COMMA, OPEN, CLOSE] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/**
 * The bytes of each element. Only strings and depth are looked at: all bytes of a character beyond ASCII are above these
 * signs, and what stands between two commas is checked by whoever parses it.
 */
async function* elementsOf(file: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  let row = 0;
  /** 0 outside of the array, 1 between its elements. */
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isOver = false;
  /** Whether the element under way has anything, and whether one must come. */
  let isBegun = false;
  let isDue = false;
  const whole = (rest: Buffer): Buffer => {
    const element = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    length = 0;
    isBegun = false;
    row += 1;
    return element;
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === ESCAPE) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
      } else if (isOver) {
        if (!isSpace(byte))
          throw new TerminalError(
            `${file}: has more after its array; write one array, or one object on each line`,
          );
      } else if (depth === 0) {
        // A byte order mark and white space stand before it.
        if (byte !== OPEN) continue;
        depth = 1;
        from = at + 1;
      } else if (depth === 1 && (byte === COMMA || byte === CLOSE)) {
        isOver = byte === CLOSE;
        if (isBegun || isDue || !isOver) yield whole(chunk.subarray(from, at));
        isDue = true;
        from = at + 1;
      } else if (byte === QUOTE) isInString = isBegun = true;
      else if (byte === OPEN || byte === OPEN_OBJECT) {
        depth += 1;
        isBegun = true;
      } else if ((byte === CLOSE || byte === CLOSE_OBJECT) && depth > 1) depth -= 1;
      else isBegun ||= !isSpace(byte);
    }
    if (isOver || depth === 0) continue;
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MOST_BYTES)
      throw new TerminalError(
        `${file} row ${row + 1}: over ${MOST_BYTES} bytes; no row is so long: check the file`,
      );
  }
  if (!isOver)
    throw new TerminalError(`${file} row ${row + 1}: the file ends before its array does; copy it again`);
}

function parsed(content: string, where: string): unknown {
  try {
    return parseExact(content);
  } catch {
    throw new TerminalError(`${where}: not JSON; the file is an array of objects`);
  }
}
