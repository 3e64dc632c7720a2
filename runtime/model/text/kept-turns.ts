/** Whether a chat template keeps the turns of a prompt as they are once it is answered. */
import {TerminalError} from '../../errors.js';
import {type Text, wordsOf} from './conversations.js';
import type {PromptOptions} from './encode.js';
import type {Tokenizer} from './tokenizer.js';

/**
 * Some templates write a system message beside whichever user's turn is the last of all: before the answer, and nowhere once there
 * is one. What is trained on would then be another conversation than the one that was sampled.
 *
 * @throws TerminalError where the turns of a prompt are not what the rendering of prompt and answer begins with, through the
 * words of the last one; what the template's own error is.
 */
export function requireKeptTurns({renderChat}: Tokenizer, prompt: Text, {chatTemplate}: PromptOptions): void {
  if (typeof prompt === 'string' || renderChat === undefined) return;
  const context = {arguments: chatTemplate};
  const before = renderChat(prompt, false, context);
  const answered = renderChat([...prompt, {role: 'assistant', content: 'Yes.'}], false, context);
  const last = prompt.at(-1);
  const words = last === undefined ? '' : wordsOf(last).trim();
  const begin = before.lastIndexOf(words);
  // Words that the template writes otherwise are not looked for.
  const end = begin === -1 ? before.length : begin + words.length;
  if (answered.startsWith(before.slice(0, end))) return;
  throw new TerminalError(
    'the chat template writes these turns otherwise once they are answered, so that sampling and training would differ; use another template',
  );
}
