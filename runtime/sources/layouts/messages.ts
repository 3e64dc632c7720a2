/**
 * Whole conversations, as data sets for supervised training have them: `messages`, of which an assistant's at the end is a
 * recorded answer to what comes before.
 */
import {type Text, wordsOf} from '../../model/text/conversations.js';
import {contextIn} from '../../model/text/line-context.js';
import {textIn} from '../../model/text/text-field.js';
import type {Example, Layout} from './layout.js';

export const messages: Layout = {
  fits: (columns) => Array.isArray(columns.messages),
  read: (columns, where) => ({
    ...partedIn(textIn(columns.messages, `${where}: messages`) ?? []),
    context: contextIn(columns, where),
  }),
};

/** A conversation as what was asked last, with all before it, and what was answered then. */
export function partedIn(turns: Text): Required<Pick<Example, 'prompt' | 'answers'>> {
  const last = typeof turns === 'string' ? undefined : turns.at(-1);
  return typeof turns === 'string' || last?.role !== 'assistant'
    ? {prompt: turns, answers: []}
    : {prompt: turns.slice(0, -1), answers: [{text: wordsOf(last)}]};
}
