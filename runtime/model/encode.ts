/**
 * Prompts and completions as token ids, so that what is trained is what is sampled.
 *
 * A completion's ids are what follows the prompt's ids in the encoding of both together: the suffix of the full chat
 * template, or of the joined texts and the end token. There is one BOS, in the prompt, and one end token, in the completion.
 */
import {TerminalError} from '../errors.js';
import type {Tokenizer} from './tokenizer.js';

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

/** The ids after which the model answers `prompt`. */
export function encodePrompt(tokenizer: Tokenizer, prompt: string, options: PromptOptions): number[] {
  return keepLast(wholePrompt(tokenizer, prompt, options.format).ids, options.maxPromptTokens);
}

/** The ids of a prompt and of one completion, end token included. Throws a TerminalError for a chat template that rewrites the prompt. */
export function encodeCompletion(
  tokenizer: Tokenizer,
  prompt: string,
  completion: string,
  options: CompletionOptions,
): EncodedCompletion {
  const before = wholePrompt(tokenizer, prompt, options.format);
  const whole =
    options.format === 'chat'
      ? chatRenderer(tokenizer)(prompt, completion)
      : prompt + completion + tokenizer.endToken;
  if (!whole.startsWith(before.text)) {
    throw new TerminalError(
      'the chat template renders a prompt differently once it is answered; use format plain, or a template that does not',
    );
  }
  const specialTokens = options.format === 'plain';
  const joined = tokenizer.encode(whole, {specialTokens});
  const isPrefix = before.ids.every((id, index) => joined[index] === id);
  // Tokens that merge across the border would differ from what is sampled: then the completion is encoded by itself.
  const completionIds = isPrefix
    ? joined.slice(before.ids.length)
    : tokenizer.encode(whole.slice(before.text.length), {specialTokens: false});
  return {
    promptIds: keepLast(before.ids, options.maxPromptTokens),
    completionIds: completionIds.slice(0, options.maxCompletionTokens),
  };
}

function wholePrompt(
  tokenizer: Tokenizer,
  prompt: string,
  format: TextFormat,
): {text: string; ids: number[]} {
  if (format === 'plain') return {text: prompt, ids: tokenizer.encode(prompt)};
  const text = chatRenderer(tokenizer)(prompt);
  // The template writes BOS itself.
  return {text, ids: tokenizer.encode(text, {specialTokens: false})};
}

function chatRenderer(tokenizer: Tokenizer): (prompt: string, completion?: string) => string {
  if (tokenizer.renderChat === undefined) {
    throw new TerminalError('this model has no chat template; set the format to plain');
  }
  return tokenizer.renderChat;
}

const keepLast = (ids: number[], count: number): number[] => ids.slice(Math.max(0, ids.length - count));
