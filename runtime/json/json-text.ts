/** What JSON lines and JSON arrays have in common: texts of UTF-8, none too long to be meant, and errors that name the file. */
import {isUtf8} from 'node:buffer';
import {isMissing, messageOf, TerminalError} from '../errors.js';

/** Of one value; a conversation of a million tokens has a tenth of it. */
export const MOST_BYTES = 64 * 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * The text of a value. Bytes that are no text would otherwise become marks that nobody wrote, and be trained on.
 *
 * @param isFirst a byte order mark stands at the beginning of a file only.
 * @throws TerminalError with `where`.
 */
export function textOf(bytes: Buffer, where: string, isFirst: boolean): string {
  if (!isUtf8(bytes)) throw new TerminalError(`${where}: holds bytes that are not UTF-8; convert the file`);
  const text = bytes.toString('utf8');
  return isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** A TerminalError that names the file which could not be read. */
export function explained(file: string, error: unknown): TerminalError {
  if (error instanceof TerminalError) return error;
  return new TerminalError(isMissing(error) ? `${file}: no such file` : `${file}: ${messageOf(error)}`);
}
