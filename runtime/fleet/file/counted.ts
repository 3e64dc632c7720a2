/** A run whose length nothing in its fleet says: it is as long as its prompts last. */
import {existsSync} from 'node:fs';
import {TerminalError} from '../../errors.js';
import {type PromptsFile, readPrompts} from '../feed/prompts.js';
import {contradictionsOf} from './check.js';
import {withSteps} from './length.js';
import type {Fleet} from './schema.js';

/**
 * The fleet with `prompts.count` and `training.steps` where only the prompts' file bounds them; as it is where that is not
 * there. The learning rate falls over the steps that all of its lines would fill.
 *
 * @param countOf for whoever reads the prompts anyway.
 * @throws TerminalError where a line cannot be read, or what is known now contradicts other keys.
 */
export const withCountedPrompts = async (
  fleet: Fleet,
  countOf: (prompts: PromptsFile) => Promise<number> = readCount,
): Promise<Fleet> => {
  const {prompts, training} = fleet;
  if (training.steps > 0 || !('file' in prompts) || !existsSync(prompts.file)) return fleet;
  const count = await countOf(prompts);
  const counted = withSteps({...fleet, prompts: {...prompts, count}});
  const contradictions = contradictionsOf(counted);
  if (contradictions.length > 0)
    throw new TerminalError(
      contradictions
        .map(
          ({path, message}) =>
            `${prompts.file} with its ${count} prompts: ${path.map(String).join('.')}: ${message}`,
        )
        .join('\n'),
    );
  return counted;
};

const readCount = async (prompts: PromptsFile): Promise<number> => {
  const read = await readPrompts(prompts);
  await read.close();
  return read.length;
};
