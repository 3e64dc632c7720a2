/** Texts as data sets hold them: a string, or the turns of a conversation. */
import * as z from 'zod';

/**
 * A turn, as chat templates read it. Whatever its role is and whatever stands beside these fields (`name`, `tool_calls`,
 * `reasoning_content`) goes to the template as it is.
 */
export const messageSchema = z.looseObject({
  role: z.string().min(1),
  /** A text, or parts such as `{"type": "text", "text": "..."}`; nothing, mostly where there are `tool_calls`. */
  content: z.union([z.string(), z.array(z.looseObject({type: z.string()}))]).nullish(),
});
export type Message = z.infer<typeof messageSchema>;

/** A string, or turns, the first first. */
export type Text = string | readonly Message[];

/** Whether nothing but white space is in it: neither words nor a call of a tool. */
export const isBlank = (text: Text): boolean =>
  typeof text === 'string' ? text.trim() === '' : text.every(isBlankTurn);

const isBlankTurn = (message: Message): boolean =>
  wordsOf(message).trim() === '' && !(Array.isArray(message.tool_calls) && message.tool_calls.length > 0);

/** The text of a turn: its content's, of all parts that are text. */
export const wordsOf = ({content}: Message): string => {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({text}) => (typeof text === 'string' ? text : '')).join('');
};

/** The turns of a prompt; a string is one user turn. */
export const promptTurns = (prompt: Text): readonly Message[] =>
  typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;

/** The turns of a completion; a string is one assistant turn. */
export const completionTurns = (completion: Text): readonly Message[] =>
  typeof completion === 'string' ? [{role: 'assistant', content: completion}] : completion;
