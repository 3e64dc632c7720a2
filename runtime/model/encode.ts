/**
 * Prompts and completions as token ids, so that what is trained is what is sampled.
 *
 * A completion's ids are what follows the prompt's ids in the encoding of both together: the suffix of the full chat
 * template, or of the joined texts and the end token. There is one BOS, in the prompt, and one end token, in the completion.
 */
import {TerminalError} from '../errors.js';
import {completionTurns, promptTurns, type Text} from './messages.js';
import type {ChatRenderer, Tokenizer} from './tokenizer.js';

/** `chat` renders the model's chat template; `plain` joins prompt and completion as they are. */
export type TextFormat = 'plain' | 'chat';

export interface PromptOptions {
  readonly format: TextFormat;
  /** A longer prompt keeps its last tokens. */
  readonly maxPromptTokens: number;
}

export interface CompletionOptions extends PromptOptions {
  /** A longer completion keeps its first tokens, and so loses its end token. */
  readonly maxCompletionTokens: number;
}

/** A prompt and one completion of it. */
export interface EncodedCompletion {
  readonly promptIds: readonly number[];
  /** The end token included, where it was not cut off. */
  readonly completionIds: readonly number[];
}

/** A prompt and two completions of it, and which of them were cut. */
export interface EncodedPair {
  readonly promptIds: readonly number[];
  /** Each with the end token, where it was not cut off. */
  readonly chosenIds: readonly number[];
  readonly rejectedIds: readonly number[];
  readonly isCut: {readonly prompt: boolean; readonly chosen: boolean; readonly rejected: boolean};
}

/** A preference as it is written: what is answered, and two answers. */
export interface PairTexts {
  readonly prompt: Text;
  readonly chosen: Text;
  readonly rejected: Text;
}

/**
 * The ids after which the model answers `prompt`: a string is one user turn of the chat template, or stands as it is.
 *
 * @throws TerminalError where messages meet `plain`, or `chat` a model without a template.
 */
export function encodePrompt(tokenizer: Tokenizer, prompt: Text, options: PromptOptions): number[] {
  return keepLast(beginning(tokenizer, prompt, 'assistant', options.format).ids, options.maxPromptTokens);
}

/**
 * The ids of a prompt and of one completion, end token included.
 *
 * @throws TerminalError, beside the errors of `encodePrompt`, for a chat template that rewrites the prompt.
 */
export function encodeCompletion(
  tokenizer: Tokenizer,
  prompt: Text,
  completion: Text,
  options: CompletionOptions,
): EncodedCompletion {
  const before = beginning(tokenizer, prompt, firstRole(completion), options.format);
  return {
    promptIds: keepLast(before.ids, options.maxPromptTokens),
    completionIds: continuation(tokenizer, before, completion, options.format).slice(
      0,
      options.maxCompletionTokens,
    ),
  };
}

/** The same of both completions of a pair. */
export function encodePair(
  tokenizer: Tokenizer,
  {prompt, chosen, rejected}: PairTexts,
  {format, maxPromptTokens, maxCompletionTokens}: CompletionOptions,
): EncodedPair {
  const before = beginning(tokenizer, prompt, firstRole(chosen), format);
  const chosenIds = continuation(tokenizer, before, chosen, format);
  const rejectedIds = continuation(tokenizer, before, rejected, format);
  return {
    promptIds: keepLast(before.ids, maxPromptTokens),
    chosenIds: chosenIds.slice(0, maxCompletionTokens),
    rejectedIds: rejectedIds.slice(0, maxCompletionTokens),
    isCut: {
      prompt: before.ids.length > maxPromptTokens,
      chosen: chosenIds.length > maxCompletionTokens,
      rejected: rejectedIds.length > maxCompletionTokens,
    },
  };
}

/** A prompt, whole: what the completion is encoded after. */
interface Beginning {
  readonly prompt: Text;
  readonly text: string;
  readonly ids: number[];
}

/** @param next whose turn follows: the assistant's is begun by the template, another's by the completion itself */
function beginning(tokenizer: Tokenizer, prompt: Text, next: string, format: TextFormat): Beginning {
  if (format === 'plain') {
    const text = plainText(prompt);
    return {prompt, text, ids: tokenizer.encode(text)};
  }
  const text = chatRenderer(tokenizer)(promptTurns(prompt), next === 'assistant');
  // The template writes BOS itself.
  return {prompt, text, ids: tokenizer.encode(text, {specialTokens: false})};
}

function continuation(
  tokenizer: Tokenizer,
  before: Beginning,
  completion: Text,
  format: TextFormat,
): number[] {
  const whole =
    format === 'chat'
      ? chatRenderer(tokenizer)([...promptTurns(before.prompt), ...completionTurns(completion)], false)
      : before.text + ended(plainText(completion), tokenizer.endToken);
  if (!whole.startsWith(before.text)) {
    throw new TerminalError(
      'the chat template renders a prompt differently once it is answered; use format plain, or a template that does not',
    );
  }
  const joined = tokenizer.encode(whole, {specialTokens: format === 'plain'});
  const isPrefix = before.ids.every((id, index) => joined[index] === id);
  // Tokens that merge across the border would differ from what is sampled: then the completion is encoded by itself.
  return isPrefix
    ? joined.slice(before.ids.length)
    : tokenizer.encode(whole.slice(before.text.length), {specialTokens: false});
}

const firstRole = (completion: Text): string => completionTurns(completion)[0]?.role ?? 'assistant';

function plainText(text: Text): string {
  if (typeof text === 'string') return text;
  throw new TerminalError(
    'holds messages, which need the chat template: do without plain, or with a model that has one',
  );
}

/** Data sets may end their completions themselves. */
const ended = (text: string, endToken: string): string =>
  endToken !== '' && text.endsWith(endToken) ? text : text + endToken;

function chatRenderer(tokenizer: Tokenizer): ChatRenderer {
  if (tokenizer.renderChat === undefined) {
    throw new TerminalError(
      'this model has no chat template; add chat_template.jinja to it, or have texts joined as they are (plain)',
    );
  }
  return tokenizer.renderChat;
}

const keepLast = (ids: number[], count: number): number[] => ids.slice(Math.max(0, ids.length - count));
