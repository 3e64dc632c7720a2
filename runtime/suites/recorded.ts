/** Answers that were given elsewhere, such as by `anchorage generate`, found by their prompts. */
import {TerminalError} from '../errors.js';
import {type Columns, readRows} from '../sources/rows.js';
import type {Item} from './suite.js';

const EXAMPLE = '{"prompt": "...", "completion": "..."}';
const PROMPTS = ['prompt', 'instruction', 'question'];
const ANSWERS = ['completion', 'response', 'output', 'answer'];

/**
 * To each item in order; undefined where the files have none.
 *
 * @throws TerminalError as `answersByPrompt`, and where no prompt is an item's.
 */
export const recordedAnswers = async (
  files: readonly string[],
  items: readonly Item[],
): Promise<readonly (readonly string[] | undefined)[]> => {
  const byPrompt = await answersByPrompt(files);
  const found = items.map(({prompt}) => byPrompt.get(prompt));
  if (found.every((each) => each === undefined))
    throw new TerminalError(`${files.join(', ')}: answers no item of this suite; its prompts are others`);
  return found;
};

/**
 * Answers to each turn, by the prompt; of several to one prompt the first counts.
 *
 * @throws TerminalError naming the file and the row of what has no prompt or no answer.
 */
export const answersByPrompt = async (
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const byPrompt = new Map<string, readonly string[]>();
  for (const path of files)
    for await (const {where, columns} of readRows({path, keys: '--'}, EXAMPLE)) {
      const prompt = textIn(columns, PROMPTS);
      const answer = turnsIn(columns);
      if (prompt === undefined || answer === undefined)
        throw new TerminalError(
          `${where}: needs a prompt (${PROMPTS.join(', ')}) and an answer (${ANSWERS.join(', ')}), as in ${EXAMPLE}`,
        );
      if (!byPrompt.has(prompt)) byPrompt.set(prompt, answer);
    }
  return byPrompt;
};

const textIn = (columns: Columns, names: readonly string[]): string | undefined =>
  names.map((name) => columns[name]).find((value): value is string => typeof value === 'string');

/** One answer, or one to each turn. */
const turnsIn = (columns: Columns): readonly string[] | undefined => {
  const {answers} = columns;
  if (Array.isArray(answers) && answers.length > 0 && answers.every((each) => typeof each === 'string'))
    return answers as readonly string[];
  const answer = textIn(columns, ANSWERS);
  return answer === undefined ? undefined : [answer];
};
