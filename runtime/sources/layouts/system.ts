/** A column `system` beside a prompt: the system message of that prompt. */
import {isDeepStrictEqual} from 'node:util';
import {TerminalError} from '../../errors.js';
import {isBlank, promptTurns} from '../../model/text/conversations.js';
import {stringIn} from '../fields.js';
import type {Row} from '../rows.js';
import type {Example} from './layout.js';

/**
 * The example with the row's system message before its prompt. One that is null or blank is none: data sets have it where
 * nothing is to be said.
 *
 * @throws TerminalError where it is no text, or the prompt has another.
 */
export function withSystem<E extends Example>({columns, where}: Row, example: E): E {
  const content = Object.hasOwn(columns, 'system') ? stringIn(columns, 'system', where) : '';
  const {prompt} = example;
  if (content.trim() === '' || prompt === undefined || isBlank(prompt)) return example;
  const turns = promptTurns(prompt);
  const [first] = turns;
  if (first?.role !== 'system') return {...example, prompt: [{role: 'system', content}, ...turns]};
  if (isDeepStrictEqual(first.content, content)) return example;
  throw new TerminalError(`${where}: system: the prompt has another system message; leave one of them out`);
}
