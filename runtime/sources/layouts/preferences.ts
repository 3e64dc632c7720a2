/**
 * Preferences as TRL reads them, and prompts alone.
 *
 * | form | prompt | chosen, rejected |
 * | --- | --- | --- |
 * | prompts | string, or messages | none |
 * | standard | string | strings |
 * | conversational | messages | messages that follow the prompt's |
 * | implicit prompt | none | strings, or whole conversations, that begin alike: what they share is the prompt |
 * | mixed, as the published CLAIR data sets | string | whole conversations; the prompt is what they share |
 *
 * Messages and strings may also meet the other way round: a string that answers messages is one assistant turn. `tools`
 * and `chat_template_kwargs` go to the chat template; other fields of a row are passed over.
 */
import {isDeepStrictEqual} from 'node:util';
import {TerminalError} from '../../errors.js';
import {promptRemedy} from '../../model/text/columns.js';
import type {Message, Text} from '../../model/text/conversations.js';
import {contextIn} from '../../model/text/line-context.js';
import {textIn} from '../../model/text/text-field.js';
import type {Example, Layout} from './layout.js';

export const preferences: Layout = {
  fits: (columns) => ['prompt', 'chosen', 'rejected'].some((name) => Object.hasOwn(columns, name)),
  read: (columns, where) => {
    const context = contextIn(columns, where);
    const prompt = textIn(columns.prompt ?? undefined, `${where}: prompt`);
    const chosen = textIn(columns.chosen ?? undefined, `${where}: chosen`);
    const rejected = textIn(columns.rejected ?? undefined, `${where}: rejected`);
    if (chosen === undefined || rejected === undefined) return {prompt, chosen, rejected, context};
    if (isMessages(chosen) !== isMessages(rejected)) {
      throw new TerminalError(
        `${where}: rejected: of another form than chosen; make both texts, or both messages`,
      );
    }
    // What two texts begin with would be taken for a prompt that the row has under another name.
    const remedy = prompt === undefined && !isMessages(chosen) ? promptRemedy(columns) : undefined;
    if (remedy !== undefined) throw new TerminalError(`${where}: prompt: missing; ${remedy}`);
    requireAnswers(prompt, {chosen, rejected}, where);
    return {...withPrompt(prompt, chosen, rejected), context};
  },
};

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

function withPrompt(prompt: Text | undefined, chosen: Text, rejected: Text): Example {
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
