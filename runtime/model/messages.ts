/** Texts as data sets hold them: a string, or the turns of a conversation. */
import {z} from 'zod';

/** A turn, as chat templates read it. Fields beside these two (`name`, `reasoning_content`) go to the template as they are. */
export const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.string(),
});
export type Message = z.infer<typeof messageSchema>;

/** A string, or turns, the first first. */
export type Text = string | readonly Message[];

export const textSchema = z.union([z.string(), z.array(messageSchema)]);

/** Whether nothing but white space is in it. */
export const isBlank = (text: Text): boolean =>
  typeof text === 'string' ? text.trim() === '' : text.every(({content}) => content.trim() === '');

/** The turns of a prompt; a string is one user turn. */
export const promptTurns = (prompt: Text): readonly Message[] =>
  typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;

/** The turns of a completion; a string is one assistant turn. */
export const completionTurns = (completion: Text): readonly Message[] =>
  typeof completion === 'string' ? [{role: 'assistant', content: completion}] : completion;
