/** Whether the prompts of a grid are there, and more than its suites hold back: said before anything is paid for. */
import {tmpdir} from 'node:os';
import {isAbsolute} from 'node:path';
import {TerminalError} from '../../errors.js';
import {readPrompts} from '../../fleet/feed/prompts.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {Grid} from './grid-file.js';

/** @throws TerminalError where prompts cannot be read, or none is left to train on. */
export const requirePrompts = async (file: string, {data}: Pick<Grid, 'data'>): Promise<void> => {
  const known = new Map<string, number>();
  for (const {dataset, fleet} of data) {
    const key = JSON.stringify(fleet.prompts);
    const count = known.get(key) ?? (await countOf(fleet, `${file}: ${dataset}: prompts: `));
    known.set(key, count);
    if (count <= holdOutOf(fleet))
      throw new TerminalError(
        `${file}: ${dataset}: evaluation.holdOut: ${holdOutOf(fleet)} leaves none of the ${count} prompts to train on; lower it`,
      );
  }
};

const countOf = async ({prompts, seed}: Fleet, where: string): Promise<number> => {
  // A name on the Hub is looked for by whoever makes pairs.
  if (!('file' in prompts) || !isAbsolute(prompts.file)) return prompts.count ?? Infinity;
  try {
    const read = await readPrompts(prompts, {folder: tmpdir()});
    const {length} = read.choose(prompts.count, seed);
    await read.close();
    return length;
  } catch (error) {
    throw error instanceof TerminalError ? new TerminalError(`${where}${error.message}`) : error;
  }
};
