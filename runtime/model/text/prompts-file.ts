/** Prompts files: JSON lines with a `prompt`, a text or the turns of a conversation. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {readJsonLines} from '../../json/json-lines.js';
import type {ChatContext} from './chat-template.js';
import {promptRemedy} from './columns.js';
import {isBlank, type Text} from './conversations.js';
import {contextIn} from './line-context.js';
import {textIn} from './text-field.js';

export interface PromptLine {
  readonly prompt: Text;
  /** `tools` and `chat_template_kwargs` of the line. */
  readonly context: ChatContext | undefined;
  /** `FILE:LINE`. */
  readonly where: string;
}

const lineSchema = z.looseObject({});

/**
 * The prompts of a file in order, a line at a time.
 *
 * @throws TerminalError naming the file and the line of what is no prompt, or is one that nobody can answer.
 */
export async function* readPromptLines(file: string): AsyncGenerator<PromptLine> {
  for await (const {where, value} of readJsonLines(file, '{"prompt": "..."}')) {
    const {success, data: row} = lineSchema.safeParse(value);
    const prompt = success ? textIn(row.prompt ?? undefined, `${where}: prompt`) : undefined;
    if (!success || prompt === undefined) {
      const remedy = success ? promptRemedy(row) : undefined;
      throw new TerminalError(
        `${where}: no prompt; ${remedy ?? 'each line is {"prompt": "text"} or {"prompt": [{"role": "user", "content": "text"}]}'}`,
      );
    }
    if (isBlank(prompt)) throw new TerminalError(`${where}: prompt: empty; leave the line out`);
    if (typeof prompt !== 'string' && prompt.at(-1)?.role === 'assistant')
      throw new TerminalError(`${where}: prompt: ends with an answer; end it with what is to be answered`);
    yield {prompt, context: contextIn(row, where), where};
  }
}
