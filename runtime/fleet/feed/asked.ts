/** What a fleet asks of a row of prompts: a user's turn, and the turns before it. Pure. */
import type {Turn} from '../../../proto/messages.js';
import {MOST_TURNS} from '../../bus/channels/doors.js';
import {TerminalError} from '../../errors.js';
import type {AskedPrompt, Message} from '../../model/text/conversations.js';
import type {PromptRow} from '../../sources/prompts.js';

/**
 * What is asked; undefined where there is nothing to ask.
 *
 * @throws TerminalError naming the row, and the turn that cannot travel as a role and a text.
 */
export const askedIn = ({prompt, context, where}: PromptRow): AskedPrompt | undefined => {
  // Without them the template would render another text than the row means.
  if (context !== undefined)
    throw new TerminalError(
      `${where}: ${context.tools === undefined ? 'chat_template_kwargs' : 'tools'}: not of a fleet's prompts; leave it out, or set policy.chatTemplate for all of them`,
    );
  if (prompt === undefined || typeof prompt === 'string') return prompt === undefined ? undefined : {prompt};
  const at = `${where}: prompt`;
  if (prompt.length > MOST_TURNS)
    throw new TerminalError(`${at}: has ${prompt.length} turns, and a fleet takes ${MOST_TURNS}; shorten it`);
  const turns = prompt.map((message, index) => turnOf(message, index, at));
  const last = turns.at(-1);
  if (last?.role !== 'user')
    throw new TerminalError(
      `${at}: ends with a turn of the ${last?.role}; end it with the user's turn that is to be answered`,
    );
  if (last.content.trim() === '') return undefined;
  const history = turns.slice(0, -1);
  return history.length === 0 ? {prompt: last.content} : {prompt: last.content, history};
};

const ROLES = ['system', 'user', 'assistant'];
/** What templates read of a turn beside these two: without it they would render another text. */
const READ_BY_TEMPLATES = [
  'tool_calls',
  'tool_call_id',
  'name',
  'reasoning_content',
  'reasoning',
  'thinking',
  'prefix',
];

const turnOf = (message: Message, index: number, where: string): Turn => {
  const {role, content} = message;
  const at = `${where}.${index}`;
  if (!ROLES.includes(role))
    throw new TerminalError(
      `${at}.role: "${role}", and a fleet's turns are of system, user and assistant; leave the line out, or name it so`,
    );
  if (role === 'system' && index > 0)
    throw new TerminalError(`${at}.role: a system message after the first turn; make it the first`);
  const read = READ_BY_TEMPLATES.find((key) => message[key] !== undefined && message[key] !== null);
  if (read !== undefined)
    throw new TerminalError(
      `${at}.${read}: not of a fleet's prompts, whose turns are a role and a text; leave the line out, or the field`,
    );
  if (typeof content === 'string') return {role, content};
  throw new TerminalError(
    `${at}.content: no text alone; each turn is such as {"role": "user", "content": "..."}`,
  );
};
