/** A prompts file: JSON lines with `{"prompt": "..."}`, or one user turn as `{"prompt": [{"role": "user", "content": "..."}]}`. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {type JsonLine, readJsonLines} from '../../json/json-lines.js';
import {promptRemedy} from '../../model/text/columns.js';
import {contextIn} from '../../model/text/line-context.js';
import {seedOf, shuffled} from '../../seed.js';

const text = z.string().min(1);
const turn = z.object({role: z.literal('user'), content: text});
const lineSchema = z.looseObject({prompt: z.union([text, z.tuple([turn])])});

/** A prompt of a file. */
export interface FilePrompt {
  readonly prompt: string;
  /** Counted from 1, empty lines too. */
  readonly line: number;
}

/**
 * The prompts of a file in a seeded order. Every line is read and checked first, so that a broken one is found before
 * anything starts; empty lines are passed over.
 *
 * @param count how many of them; all, where it is undefined.
 * @throws TerminalError naming the file and the line.
 */
export const readPrompts = async (
  file: string,
  seed: number,
  count: number | undefined,
): Promise<FilePrompt[]> => {
  const prompts: FilePrompt[] = [];
  for await (const line of readJsonLines(file, '{"prompt": "..."}'))
    prompts.push({prompt: promptIn(line), line: line.line});
  if (prompts.length === 0)
    throw new TerminalError(`${file}: holds no prompts; write one JSON object on each line`);
  if (count !== undefined && count > prompts.length) {
    throw new TerminalError(
      `${file}: holds ${prompts.length} prompts and prompts.count is ${count}; lower it, or leave it out`,
    );
  }
  return shuffled(prompts, seedOf(seed, 'prompts')).slice(0, count);
};

const promptIn = ({where, value}: JsonLine): string => {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw new TerminalError(`${where}: ${complaintOf(value)}`);
  const {prompt, ...others} = parsed.data;
  // Without them the template would render another text than the line means.
  const context = contextIn(others, where);
  if (context !== undefined)
    throw new TerminalError(
      `${where}: ${context.tools === undefined ? 'chat_template_kwargs' : 'tools'}: not of a fleet's prompts; leave it out, or set policy.chatTemplate for all of them`,
    );
  return typeof prompt === 'string' ? prompt : prompt[0].content;
};

const complaintOf = (value: unknown): string => {
  const form = 'each line is {"prompt": "text"} or {"prompt": [one user message]}';
  if (typeof value !== 'object' || value === null || !('prompt' in value))
    return `no prompt; ${(value instanceof Object && promptRemedy(value)) || form}`;
  const {prompt} = value;
  if (Array.isArray(prompt) && prompt.length > 1)
    return 'prompt: has several turns, and a fleet asks one user turn; make it one';
  const role = z.tuple([z.looseObject({role: z.string()})]).safeParse(prompt).data?.[0].role;
  return role === undefined || role === 'user'
    ? `prompt: empty, or neither a text nor one user message with one; ${form}`
    : `prompt: its message is of role "${role}", and a fleet asks one user turn; ${form}`;
};
