/** Recorded answers to a prompt, as whoever has some may write them: `answers`, each with its `text` and, where known, `model` and `score`. */
import {TerminalError} from '../../errors.js';
import {contextIn} from '../../model/text/line-context.js';
import {textIn} from '../../model/text/text-field.js';
import {numberIn, objectsIn, stringIn} from '../fields.js';
import type {Layout} from './layout.js';

export const recorded: Layout = {
  // A pair, or a question with the texts that count as right, may have a column of that name, too.
  fits: (columns) =>
    Object.hasOwn(columns, 'prompt') &&
    !Object.hasOwn(columns, 'chosen') &&
    Array.isArray(columns.answers) &&
    columns.answers.every((answer) => typeof answer === 'object' && answer !== null),
  read: (columns, where) => ({
    prompt: textIn(columns.prompt ?? undefined, `${where}: prompt`),
    context: contextIn(columns, where),
    answers: objectsIn(columns, 'answers', where).map((answer, index) => {
      const at = `${where}: answers.${index}`;
      if (!Object.hasOwn(answer, 'text')) throw new TerminalError(`${at}: no text`);
      return {
        text: stringIn(answer, 'text', at),
        model: stringIn(answer, 'model', at) || undefined,
        score: numberIn(answer.score),
      };
    }),
  }),
};
