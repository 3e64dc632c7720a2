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
 * Messages and strings may also meet the other way round: a string that answers messages is one assistant turn. `tools`
 * and `chat_template_kwargs` go to the chat template; other fields of a line are passed over.
 */
import {isDeepStrictEqual} from 'node:util';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {type JsonLine, readJsonLines} from '../../json/json-lines.js';
import {promptRemedy} from '../../model/text/columns.js';
import {isBlank, type Message, type Text} from '../../model/text/conversations.js';
import type {PairTexts} from '../../model/text/encode.js';
import {contextIn} from '../../model/text/line-context.js';
import {textIn} from '../../model/text/text-field.js';

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

const rowSchema = z.looseObject({});

export function textsOf({where, value}: JsonLine): PairTexts {
  const row = rowSchema.safeParse(value);
  if (!row.success || Array.isArray(value)) {
    throw new TerminalError(`${where}: not an object; each line is ${EXAMPLE}`);
  }
  const context = contextIn(row.data, where);
  const prompt = textIn(row.data.prompt ?? undefined, `${where}: prompt`);
  const chosen = textIn(row.data.chosen ?? undefined, `${where}: chosen`);
  const rejected = textIn(row.data.rejected ?? undefined, `${where}: rejected`);
  if (chosen === undefined || rejected === undefined) {
    const field = chosen === undefined ? 'chosen' : 'rejected';
    const what = row.data[field] === null ? 'null; leave the line out' : `missing; each line is ${EXAMPLE}`;
    throw new TerminalError(`${where}: ${field}: ${what}`);
  }
  if (isMessages(chosen) !== isMessages(rejected)) {
    throw new TerminalError(
      `${where}: rejected: of another form than chosen; make both texts, or both messages`,
    );
  }
  // What two texts begin with would be taken for a prompt that the line has under another name.
  const remedy = prompt === undefined && !isMessages(chosen) ? promptRemedy(row.data) : undefined;
  if (remedy !== undefined) throw new TerminalError(`${where}: prompt: missing; ${remedy}`);
  requireAnswers(prompt, {chosen, rejected}, where);
  return {...withPrompt(prompt, chosen, rejected), context};
}

/** Answers that begin with the prompt's turns again would be trained on as if those were answers. */
function requireAnswers(
  prompt: Text | undefined,
  answers: Readonly<Record<string, Text>>,
  where: string,
): void {
  if (prompt === undefined || !isMessages(prompt) || prompt.length === 0) return;
  for (const [field, answer] of Object.entries(answers)) {
    if (!isMessages(answer) || !isDeepStrictEqual(answer.slice(0, prompt.length), prompt)) continue;
    throw new TerminalError(
      `${where}: ${field}: begins with the prompt again; leave "prompt" out, or those turns`,
    );
  }
}

const isMessages = (text: Text): text is readonly Message[] => typeof text !== 'string';

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
