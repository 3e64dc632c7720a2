/** Files that must not be one another: what is written over what is read would be lost. */
import {realpath} from 'node:fs/promises';
import {resolve} from 'node:path';
import {TerminalError} from '../../../errors.js';

/** @throws TerminalError where an output, by its option, is the input of that option. */
export const requireDistinct = async (
  [output, written]: readonly [option: string, path: string],
  [input, read]: readonly [option: string, path: string],
): Promise<void> => {
  if ((await placeOf(written)) !== (await placeOf(read))) return;
  throw new TerminalError(`${output} ${written}: is the file of ${input}, and would be lost; give another`);
};

const placeOf = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
