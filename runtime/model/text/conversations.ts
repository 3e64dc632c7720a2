/** Texts as data sets hold them: a string, or the turns of a conversation. */
import * as z from 'zod';
import type {Turn} from '../../../proto/messages.js';

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

/** What is answered, as messages of the bus have it: a user's turn, and the turns before it, where there are any. */
export interface AskedPrompt {
  readonly prompt: string;
  readonly history?: readonly Turn[] | undefined;
}

/** What a message says of what is answered, for the next message to say. */
export const askedOf = ({
  prompt,
  history = [],
}: AskedPrompt): {readonly prompt: string; readonly history?: Turn[]} =>
  history.length === 0 ? {prompt} : {prompt, history: [...history]};

/** What is answered as a prompt; one without a history is a text, which no template is needed for. */
export const conversationOf = ({prompt, history = []}: AskedPrompt): Text =>
  history.length === 0
    ? prompt
    : // A decoded turn of no words has them as a default, which a template would not see.
      [...history.map(({role, content}) => ({role, content})), {role: 'user', content: prompt}];

/** A prompt as one text for a reader: of one user turn its words, and else every turn under its role, as MT-bench's judges see them. */
export const transcriptOf = (prompt: Text): string => {
  const [first, ...others] = promptTurns(prompt);
  if (first?.role === 'user' && others.length === 0) return wordsOf(first);
  return promptTurns(prompt)
    .map((turn) => `${roleLine(turn.role)}\n${wordsOf(turn)}`)
    .join('\n\n');
};

/** `### User:` */
export const roleLine = (role: string): string => `### ${role.slice(0, 1).toUpperCase()}${role.slice(1)}:`;
