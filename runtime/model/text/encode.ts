/**
 * Prompts and completions as token ids, so that what is trained is what is sampled.
 *
 * A completion's ids begin where those of the prompt and those of both together part, as in TRL: mostly after the prompt.
 * Tokens that merge across the border, and what a template writes otherwise once the prompt is answered, belong to the
 * completion. There is one BOS, in the prompt, and one end token, in the completion.
 */
import {TerminalError} from '../../errors.js';
import type {ChatContext, ChatRenderer, TemplateArguments} from './chat-template.js';
import {completionTurns, promptTurns, type Text} from './conversations.js';
import type {Tokenizer} from './tokenizer.js';

/** `chat` renders the model's chat template; `plain` joins prompt and completion as they are. */
export type TextFormat = 'plain' | 'chat';

export interface PromptOptions {
  readonly format: TextFormat;
  /** Arguments of the chat template, such as `enable_thinking`. */
  readonly chatTemplate?: TemplateArguments | undefined;
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
  /**
   * Tokens at the prompt's end that both completions begin anew, mostly 0. A policy that is sampled meets them in the
   * prompt; in training they are left out.
   */
  readonly mergedTokens: number;
}

/** A preference as it is written: what is answered, and two answers. */
export interface PairTexts {
  readonly prompt: Text;
  readonly chosen: Text;
  readonly rejected: Text;
  /** Of this pair alone; its arguments go before those of the options. */
  readonly context?: ChatContext | undefined;
  /** Of a completion that was sampled, its very tokens, the end token included where there was one; else none. */
  readonly sampled?: {readonly chosenIds: readonly number[]; readonly rejectedIds: readonly number[]};
}

/**
 * The ids after which the model answers `prompt`: a string is one user turn of the chat template, or stands as it is.
 *
 * @throws TerminalError where messages meet `plain`, or `chat` a model without a template.
 */
export function encodePrompt(
  tokenizer: Tokenizer,
  prompt: Text,
  options: PromptOptions,
  context?: ChatContext,
): number[] {
  return keepLast(beginning(tokenizer, prompt, formOf(options, context)).ids, options.maxPromptTokens);
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
  const form = formOf(options);
  const before = beginning(tokenizer, prompt, form);
  const joined = joinedIds(tokenizer, before, completion, form);
  const shared = sharedLength(before.ids, [joined], form);
  return {
    promptIds: keepLast(before.ids.slice(0, shared), options.maxPromptTokens),
    completionIds: joined.slice(shared, shared + options.maxCompletionTokens),
  };
}

/** A completion as its policy sampled it. */
export interface SampledCompletion {
  readonly completionIds: readonly number[];
  /** What follows the prompt's text. */
  readonly text: string;
}

/**
 * The text that stands for a sampled completion, and whether that text is encoded as the very tokens that were sampled.
 *
 * A template may write the space before an answer itself. Then the text without it is the answer, where that gives the
 * sampled tokens back.
 */
export function sampledText(
  tokenizer: Tokenizer,
  prompt: Text,
  {completionIds, text}: SampledCompletion,
  options: CompletionOptions,
): {readonly text: string; readonly isExact: boolean} {
  const candidates = options.format === 'chat' && text.startsWith(' ') ? [text, text.slice(1)] : [text];
  const promptIds = encodePrompt(tokenizer, prompt, options);
  const exact = candidates.find((candidate) => {
    const encoded = encodeCompletion(tokenizer, prompt, candidate, options);
    return (
      encoded.promptIds.length === promptIds.length &&
      completionIds.every((id, index) => encoded.completionIds[index] === id)
    );
  });
  return {text: exact ?? text, isExact: exact !== undefined};
}

/** The ids of a prompt and of both completions of a pair: those that were sampled, and else those of the text. */
export function encodePair(
  tokenizer: Tokenizer,
  {prompt, chosen, rejected, context, sampled}: PairTexts,
  options: CompletionOptions,
): EncodedPair {
  const {maxPromptTokens, maxCompletionTokens} = options;
  const form = formOf(options, context);
  const before = beginning(tokenizer, prompt, form);
  const joined = (completion: Text, own: readonly number[] = []): readonly number[] =>
    asSampled(before.ids, joinedIds(tokenizer, before, completion, form), own, tokenizer.endTokenIds);
  const chosenJoined = joined(chosen, sampled?.chosenIds);
  const rejectedJoined = joined(rejected, sampled?.rejectedIds);
  const shared = sharedLength(before.ids, [chosenJoined, rejectedJoined], form);
  return {
    promptIds: keepLast(before.ids.slice(0, shared), maxPromptTokens),
    chosenIds: chosenJoined.slice(shared, shared + maxCompletionTokens),
    rejectedIds: rejectedJoined.slice(shared, shared + maxCompletionTokens),
    isCut: {
      prompt: shared > maxPromptTokens,
      chosen: chosenJoined.length - shared > maxCompletionTokens,
      rejected: rejectedJoined.length - shared > maxCompletionTokens,
    },
    mergedTokens: before.ids.length - shared,
  };
}

export type Encoding<T> =
  | {readonly kind: 'encoded'; readonly value: T}
  /** Other texts can be encoded. */
  | {readonly kind: 'odd'; readonly detail: string};

/**
 * Encodes texts that anybody may have written: one with a token in it that the model has no embedding of, or that the
 * template refuses, is odd, and no reason to end a run.
 *
 * @throws TerminalError where no text at all can be encoded so.
 */
export function encoding<T>(tokenizer: Tokenizer, options: CompletionOptions, encode: () => T): Encoding<T> {
  try {
    return {kind: 'encoded', value: encode()};
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    encodePair(tokenizer, PLAIN_WORDS, options);
    return {kind: 'odd', detail: error.message};
  }
}

/** What every model has tokens for. */
const PLAIN_WORDS: PairTexts = {prompt: '1 + 1 = ', chosen: '2', rejected: '3'};

/** How texts become one: joined, or by the chat template with what it is given. */
type Form = {readonly format: 'plain'} | {readonly format: 'chat'; readonly context: ChatContext};

function formOf({format, chatTemplate}: PromptOptions, {tools, arguments: given}: ChatContext = {}): Form {
  return format === 'plain' ? {format} : {format, context: {tools, arguments: {...chatTemplate, ...given}}};
}

/** A prompt, whole: what the completion is encoded after. */
interface Beginning {
  readonly prompt: Text;
  readonly text: string;
  readonly ids: number[];
}

function beginning(tokenizer: Tokenizer, prompt: Text, form: Form): Beginning {
  if (form.format === 'plain') {
    const text = plainText(prompt);
    return {prompt, text, ids: tokenizer.encode(text)};
  }
  const text = chatRenderer(tokenizer)(promptTurns(prompt), true, form.context);
  // The template writes BOS itself.
  return {prompt, text, ids: tokenizer.encode(text, {specialTokens: false})};
}

/** The ids of prompt and completion together. */
function joinedIds(tokenizer: Tokenizer, before: Beginning, completion: Text, form: Form): number[] {
  if (form.format === 'plain')
    return tokenizer.encode(before.text + ended(plainText(completion), tokenizer.endToken));
  const turns = [...promptTurns(before.prompt), ...completionTurns(completion)];
  return tokenizer.encode(chatRenderer(tokenizer)(turns, false, form.context), {specialTokens: false});
}

/**
 * The ids of prompt and completion together, with a completion's own tokens in the place of those that its text has: a text
 * may be written in several ways. What a template writes after an answer follows these too, so that both completions of a pair
 * end alike; after one that was cut off nothing does, however short it is.
 *
 * @param joined the ids of prompt and text together.
 * @param sampled none where the text was not sampled.
 */
function asSampled(
  promptIds: readonly number[],
  joined: readonly number[],
  sampled: readonly number[],
  endTokenIds: readonly number[],
): readonly number[] {
  const own = [...promptIds, ...sampled];
  const last = sampled.at(-1);
  if (last === undefined) return joined;
  if (!endTokenIds.includes(last)) return own;
  if (own.every((id, index) => joined[index] === id)) return joined;
  const end = joined.lastIndexOf(last);
  return end < promptIds.length ? own : [...own, ...joined.slice(end + 1)];
}

/** How many of the prompt's ids all sequences begin with. */
function sharedLength(
  promptIds: readonly number[],
  sequences: readonly (readonly number[])[],
  {format}: Form,
): number {
  const parting = promptIds.findIndex((id, index) => sequences.some((ids) => ids[index] !== id));
  if (parting === 0 && format === 'chat') {
    throw new TerminalError(
      'the chat template renders a prompt differently once it is answered; use format plain, or a template that does not',
    );
  }
  return parting === -1 ? promptIds.length : parting;
}

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
