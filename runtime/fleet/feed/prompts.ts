/** A prompts file: JSON lines with `{"prompt": "..."}`, or one user turn as `{"prompt": [{"role": "user", "content": "..."}]}`. */
import {z} from 'zod';
import {TerminalError} from '../../errors.js';
import {type JsonLine, readJsonLines} from '../../model/json-lines.js';
import {seedOf, shuffled} from '../../seed.js';

const text = z.string().min(1);
const turn = z.object({role: z.literal('user'), content: text});
const lineSchema = z.object({prompt: z.union([text, z.tuple([turn])])});

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
  if (!parsed.success) {
    throw new TerminalError(
      `${where}: no prompt; each line is {"prompt": "text"} or {"prompt": [one user message]}`,
    );
  }
  const {prompt} = parsed.data;
  return typeof prompt === 'string' ? prompt : prompt[0].content;
};
