/** JSON lines with `prompt` and `answer`; right is a completion that is equal to the answer but for outer space. */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {type JsonLine, readJsonLines} from '../json/json-lines.js';
import {type AnswerSuite, answerLength, type Item} from './suite.js';

const options = z.strictObject({suite: z.literal('exact_match'), file: z.string().min(1), ...answerLength});

export interface AnsweredItem extends Item {
  readonly answer: string;
}

const EXAMPLE = '{"prompt": "...", "answer": "..."}';

export const exactMatch = {
  kind: 'answers',
  options,
  files: ['file'],
  describe: ({suite, file}) => `${suite} of ${file}`,
  async items({file}) {
    const items: AnsweredItem[] = [];
    for await (const line of readJsonLines(file, EXAMPLE)) items.push(itemOf(line));
    if (items.length === 0)
      throw new TerminalError(`${file}: holds nothing to ask; write ${EXAMPLE} on each line`);
    return items;
  },
  grade: async ({answer}, completion) => (completion.trim() === answer.trim() ? 1 : 0),
} as const satisfies AnswerSuite<z.infer<typeof options>, AnsweredItem>;

const itemOf = ({value, where}: JsonLine): AnsweredItem => {
  const {prompt, answer}: {prompt?: unknown; answer?: unknown} = value instanceof Object ? value : {};
  if (typeof prompt !== 'string' || typeof answer !== 'string')
    throw new TerminalError(`${where}: needs the texts prompt and answer, as in ${EXAMPLE}`);
  return {prompt, answer};
};
