/**
 * Pairs files: JSON lines in the forms that TRL reads.
 *
 * | form | prompt | chosen, rejected |
 * | --- | --- | --- |
 * | standard | string | strings |
 * | conversational | messages | messages that follow the prompt's |
 * | implicit prompt | none | strings, or whole conversations, that begin alike: what they share is the prompt |
 * | mixed, as the published CLAIR data sets | string | whole conversations; the prompt is what they share |
 *
 * Messages and strings may also meet the other way round: a string that answers messages is one assistant turn. Other
 * fields of a line are passed over.
 */
import {isDeepStrictEqual} from 'node:util';
import {z} from 'zod';
import {TerminalError} from '../errors.js';
import type {PairTexts} from '../model/encode.js';
import {type JsonLine, readJsonLines} from '../model/json-lines.js';
import {isBlank, type Message, messageSchema, type Text} from '../model/messages.js';

/** A line of a pairs file. */
export interface PairLine extends PairTexts {
  /** Counted from 1. */
  readonly line: number;
  /** `FILE:LINE`. */
  readonly where: string;
  /** Why the pair cannot be trained on, such as `chosen is empty`; undefined where it can. */
  readonly refusal: string | undefined;
}

const EXAMPLE = '{"prompt": "...", "chosen": "...", "rejected": "..."}';
const MESSAGE = '{"role": "user", "content": "..."}';

/**
 * The pairs of a file, in order, a line at a time.
 *
 * @throws TerminalError naming the file, the line and the field of what is in none of the forms.
 */
export async function* readPairs(file: string): AsyncGenerator<PairLine> {
  for await (const line of readJsonLines(file, EXAMPLE)) {
    const texts = textsOf(line);
    yield {line: line.line, where: line.where, ...texts, refusal: refusalOf(texts)};
  }
}

const rowSchema = z.looseObject({
  tools: z.unknown().optional(),
  chat_template_kwargs: z.unknown().optional(),
});

function textsOf({where, value}: JsonLine): PairTexts {
  const row = rowSchema.safeParse(value);
  if (!row.success || Array.isArray(value)) {
    throw new TerminalError(`${where}: not an object; each line is ${EXAMPLE}`);
  }
  for (const field of ['tools', 'chat_template_kwargs'] as const) {
    // Without them the template would render another text than the one that the data set means.
    if (isGiven(row.data[field]))
      throw new TerminalError(`${where}: ${field}: not supported; leave such lines out`);
  }
  const prompt = textOf(row.data.prompt ?? undefined, `${where}: prompt`);
  const chosen = textOf(row.data.chosen ?? undefined, `${where}: chosen`);
  const rejected = textOf(row.data.rejected ?? undefined, `${where}: rejected`);
  if (chosen === undefined || rejected === undefined) {
    const field = chosen === undefined ? 'chosen' : 'rejected';
    throw new TerminalError(`${where}: ${field}: missing; each line is ${EXAMPLE}`);
  }
  if (isMessages(chosen) !== isMessages(rejected)) {
    throw new TerminalError(
      `${where}: rejected: of another form than chosen; make both texts, or both messages`,
    );
  }
  return withPrompt(prompt, chosen, rejected);
}

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && Object.keys(value).length > 0;

const isMessages = (text: Text): text is readonly Message[] => typeof text !== 'string';

/** The text of a field, checked; undefined where there is none. */
export function textOf(value: unknown, where: string): Text | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (!Array.isArray(value))
    throw new TerminalError(`${where}: neither a text nor messages such as [${MESSAGE}]`);
  const parsed = z.array(messageSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new TerminalError(`${where}.${path}: not a text; each message is ${MESSAGE}`);
}

function withPrompt(prompt: Text | undefined, chosen: Text, rejected: Text): PairTexts {
  const isWhole = prompt === undefined || (typeof prompt === 'string' && isMessages(chosen));
  if (!isWhole) return {prompt, chosen, rejected};
  const length = isMessages(chosen) ? sharedTurns(chosen, rejected) : sharedCharacters(chosen, rejected);
  // A string prompt beside answers that do not repeat it is simply their prompt.
  if (length === 0 && prompt !== undefined && [chosen, rejected].every(isAnswer))
    return {prompt, chosen, rejected};
  return {
    prompt: chosen.slice(0, length),
    chosen: chosen.slice(length),
    rejected: rejected.slice(length),
  };
}

const isAnswer = (text: Text): boolean => isMessages(text) && text[0]?.role === 'assistant';

/** Where two conversations part; what is left has a turn at least. */
function sharedTurns(chosen: readonly Message[], rejected: Text): number {
  const shorter = Math.min(chosen.length, rejected.length);
  const parting = chosen.findIndex(
    (turn, index) => index < shorter && !isDeepStrictEqual(turn, rejected[index]),
  );
  return parting === -1 ? Math.max(0, shorter - 1) : parting;
}

/** Where two texts part, a space before that left to the completions: tokenizers begin words with it. */
function sharedCharacters(chosen: string, rejected: Text): number {
  const shorter = Math.min(chosen.length, rejected.length);
  let length = 0;
  while (length < shorter && chosen[length] === rejected[length]) length += 1;
  // Where one text is the beginning of the other, its last character is left to the completions.
  if (length === shorter) return Math.max(0, shorter - 1);
  const isInsideCharacter = /[\ud800-\udbff]/.test(chosen[length - 1] ?? '');
  return isInsideCharacter || chosen[length - 1] === ' ' ? length - 1 : length;
}

function refusalOf({prompt, chosen, rejected}: PairTexts): string | undefined {
  if (isBlank(prompt)) return 'the prompt is empty';
  if (isBlank(chosen)) return 'chosen is empty';
  if (isBlank(rejected)) return 'rejected is empty';
  return undefined;
}
