/** A user's own prompt file, in the place of the words that an actor has. */
import {readFile} from 'node:fs/promises';
import {messageOf, TerminalError} from '../errors.js';
import {refusePipe} from '../json/regular-file.js';

/**
 * The text of a prompt file; undefined where there is none.
 *
 * @param key of the fleet, for a complaint.
 * @param blanks each of which has to be in it.
 * @throws TerminalError that names the file.
 */
export const promptFileOf = async (
  key: string,
  file: string | undefined,
  blanks: readonly string[],
): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  await refusePipe(file);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new TerminalError(`${key}: ${file}: ${messageOf(error)}`);
  }
  const missing = blanks.filter((name) => !text.includes(`{{${name}}}`));
  if (missing.length === 0) return text;
  const names = missing.map((name) => `{{${name}}}`).join(' and ');
  throw new TerminalError(`${key}: ${file}: lacks ${names}; put ${names} where that text is to stand`);
};
