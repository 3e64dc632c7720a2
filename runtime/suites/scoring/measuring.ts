/** Log-probabilities of given texts under a model in this process. */
import {TerminalError} from '../../errors.js';
import {createPairScorer, type PairScorer} from '../../learning/pair-scorer.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import type {TemplateArguments} from '../../model/text/chat-template.js';
import type {Text} from '../../model/text/conversations.js';
import {encodePair, type TextFormat} from '../../model/text/encode.js';
import type {Tokenizer} from '../../model/text/tokenizer.js';
import type {Executor} from '../../tensor/executor.js';
import type {Likelihood, LikelihoodForm, LikelihoodItem} from '../suite.js';

/** A model, and how texts become its tokens. */
export interface TextModel {
  readonly model: Pick<ModelCheckpoint, 'tokenizer' | 'config'>;
  readonly format: TextFormat;
  readonly chatTemplate?: TemplateArguments | undefined;
}

export interface Measuring {
  /** Of each continuation of the item of that place. */
  measure(place: number): Promise<readonly Likelihood[]>;
  /** Items whose prompts lost their first tokens, since the model has no places for more. */
  readonly cut: number;
  dispose(): Promise<void>;
}

/** One continuation after its prompt. */
export interface Continuation {
  readonly promptIds: readonly number[];
  readonly ids: readonly number[];
}

/**
 * The tokens of a prompt and a continuation as lm-evaluation-harness has them: those of both together, parted where those of the
 * prompt end; white space at the prompt's end belongs to the continuation. Before an empty prompt stands what begins a text, or
 * ends one where the model has no such token.
 */
export const joinedTokens = (
  tokenizer: Pick<Tokenizer, 'encode' | 'beginTokenId' | 'endTokenIds'>,
  prompt: string,
  continuation: string,
  specialTokens = true,
): Continuation => {
  const options = {specialTokens};
  const context = prompt.trimEnd();
  const rest = prompt.slice(context.length) + continuation;
  if (context === '') {
    const [added = tokenizer.endTokenIds[0] ?? 0] = tokenizer.encode('');
    const begin = tokenizer.beginTokenId ?? added;
    return {promptIds: [begin], ids: tokenizer.encode(rest, {specialTokens: false})};
  }
  const promptIds = tokenizer.encode(context, options);
  return {promptIds, ids: tokenizer.encode(context + rest, options).slice(promptIds.length)};
};

/** The texts of a suite as tokens. */
export interface PreparedTexts {
  /** Of each continuation of each item, what goes through the model at once. */
  readonly items: readonly (readonly (readonly Continuation[])[])[];
  /** As `Measuring.cut`. */
  readonly cut: number;
  /** Tokens of the longest prompt and continuation. */
  readonly maxTokens: number;
}

export interface PreparingOptions {
  /** Whether choices follow the chat template's beginning of an answer. */
  readonly isChat: boolean;
  /** Of a text that is longer, so many tokens are looked at together. */
  readonly windowTokens: number | undefined;
}

/** @throws TerminalError that names an item which has a text without tokens. */
export const prepareTexts = (
  policy: TextModel,
  items: readonly LikelihoodItem[],
  form: LikelihoodForm,
  {isChat, windowTokens}: PreparingOptions,
): PreparedTexts => {
  const {maxPositions} = policy.model.config;
  const most = Math.min(maxPositions, windowTokens ?? maxPositions);
  let cut = 0;
  let maxTokens = 2;
  const prepared = items.map((item, place) => {
    const parts = encoded(policy, item, form, isChat).map((each) => {
      if (each.ids.length === 0)
        throw new TerminalError(`item ${place + 1}: a text of it has no tokens; leave the item out`);
      return windowsOf(each, most);
    });
    if (parts.some(({isCut}) => isCut)) cut += 1;
    for (const {windows} of parts)
      for (const {promptIds, ids} of windows) maxTokens = Math.max(maxTokens, promptIds.length + ids.length);
    return parts.map(({windows}) => windows);
  });
  return {items: prepared, cut, maxTokens};
};

/** The log-probabilities of an item's continuations, of which a long one is several windows. */
export const measureItem = async (
  scorer: Pick<PairScorer, 'logps'>,
  all: readonly (readonly Continuation[])[],
): Promise<Likelihood[]> => {
  const windows = all.flat();
  const logps: number[] = [];
  // Two that follow the same prompt go through the model together.
  for (let at = 0; at < windows.length; ) {
    const [first, second] = [windows[at], windows[at + 1]];
    if (first === undefined) break;
    const isPair = second !== undefined && isSame(first.promptIds, second.promptIds);
    const found = await scorer.logps({
      promptIds: first.promptIds,
      chosenIds: first.ids,
      rejectedIds: isPair ? second.ids : first.ids,
    });
    logps.push(found.chosen, ...(isPair ? [found.rejected] : []));
    at += isPair ? 2 : 1;
  }
  let next = 0;
  return all.map((parts) => ({
    logps: parts.reduce((sum) => sum + (logps[next++] ?? Number.NaN), 0),
    tokens: parts.reduce((sum, {ids}) => sum + ids.length, 0),
  }));
};

/** By one model, whose weights stay. */
export const measureByModel = (
  policy: TextModel & {readonly model: ModelCheckpoint; readonly executor: Executor},
  items: readonly LikelihoodItem[],
  form: LikelihoodForm,
  options: PreparingOptions,
): Measuring => {
  const prepared = prepareTexts(policy, items, form, options);
  const scorer = createPairScorer(policy.model, policy.executor, prepared.maxTokens);
  return {
    cut: prepared.cut,
    measure: (place) => measureItem(scorer, prepared.items[place] ?? []),
    dispose: () => scorer.dispose(),
  };
};

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id, at) => id === other[at]);

const encoded = (
  {model, format, chatTemplate}: TextModel,
  {prompt, continuations}: LikelihoodItem,
  form: LikelihoodForm,
  isChat: boolean,
): Continuation[] => {
  const {tokenizer} = model;
  if (form === 'answer') {
    const limits = {maxPromptTokens: Number.MAX_SAFE_INTEGER, maxCompletionTokens: Number.MAX_SAFE_INTEGER};
    const [chosen = '', rejected = chosen] = continuations;
    const pair = encodePair(tokenizer, {prompt, chosen, rejected}, {format, chatTemplate, ...limits});
    const {promptIds, chosenIds, rejectedIds} = pair;
    return [chosenIds, rejectedIds].slice(0, continuations.length).map((ids) => ({promptIds, ids}));
  }
  const words = continuations.map(wordsAlone);
  const before = wordsAlone(prompt);
  if (form === 'choice' && isChat) {
    if (tokenizer.renderChat === undefined)
      throw new TerminalError('--chat: this model has no chat template; leave it out');
    const rendered = tokenizer.renderChat([{role: 'user', content: before}], true, {arguments: chatTemplate});
    return words.map((each) => joinedTokens(tokenizer, rendered, each, false));
  }
  const delimiter = form === 'choice' ? ' ' : '';
  return words.map((each) => joinedTokens(tokenizer, before, delimiter + each));
};

const wordsAlone = (text: Text): string => {
  if (typeof text === 'string') return text;
  throw new TerminalError('messages are measured as answers alone; give texts');
};

/**
 * What fits into the model at once. A prompt loses its first tokens; a continuation that alone is longer is parted as by
 * lm-evaluation-harness's rolling windows: each part after the last token before it, and the last, shorter one after as many as fit.
 * A window has `most` tokens with the one before it, so that it predicts `most - 1`, one fewer than there.
 */
export const windowsOf = (
  {promptIds, ids}: Continuation,
  most: number,
): {readonly windows: readonly Continuation[]; readonly isCut: boolean} => {
  const room = most - ids.length;
  if (room >= promptIds.length) return {windows: [{promptIds, ids}], isCut: false};
  if (room >= 1) return {windows: [{promptIds: promptIds.slice(-room), ids}], isCut: true};
  const windows: Continuation[] = [];
  for (let at = 0; at < ids.length; at += most - 1) {
    const part = ids.slice(at, at + most - 1);
    const free = most - part.length;
    const before = [...promptIds.slice(-1), ...ids.slice(Math.max(0, at - free), at)].slice(-free);
    windows.push({promptIds: before, ids: part});
  }
  return {windows, isCut: promptIds.length > 1};
};
