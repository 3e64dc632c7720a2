/** Prompts files: JSON lines with a `prompt`, a text or the turns of a conversation. */
import {z} from 'zod';
import {TerminalError} from '../errors.js';
import {readJsonLines} from './json-lines.js';
import {isBlank, type Text, textSchema} from './messages.js';

export interface PromptLine {
  readonly prompt: Text;
  /** `FILE:LINE`. */
  readonly where: string;
}

const lineSchema = z.looseObject({prompt: textSchema});

/**
 * The prompts of a file in order, a line at a time.
 *
 * @throws TerminalError naming the file and the line of what is no prompt, or is one that nobody can answer.
 */
export async function* readPromptLines(file: string): AsyncGenerator<PromptLine> {
  for await (const {where, value} of readJsonLines(file, '{"prompt": "..."}')) {
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) {
      throw new TerminalError(
        `${where}: no prompt; each line is {"prompt": "text"} or {"prompt": [{"role": "user", "content": "text"}]}`,
      );
    }
    const {prompt} = parsed.data;
    if (isBlank(prompt)) throw new TerminalError(`${where}: prompt: empty; leave the line out`);
    if (typeof prompt !== 'string' && prompt.at(-1)?.role === 'assistant')
      throw new TerminalError(`${where}: prompt: ends with an answer; end it with what is to be answered`);
    yield {prompt, where};
  }
}
