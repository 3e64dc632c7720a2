/** Log-probabilities of given texts under a model in this process. */

import {TerminalError} from '../../errors.js';
import {createPairScorer} from '../../learning/pair-scorer.js';
import type {Text} from '../../model/text/conversations.js';
import {encodePair} from '../../model/text/encode.js';
import type {Tokenizer} from '../../model/text/tokenizer.js';
import type {Likelihood, LikelihoodForm, LikelihoodItem} from '../../suites/suite.js';
import type {Policy} from '../offline/policy-options.js';

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

/** @param windowTokens of a text that is longer, so many are looked at together. */
export const measureByModel = (
  policy: Policy,
  items: readonly LikelihoodItem[],
  form: LikelihoodForm,
  {isChat, windowTokens}: {readonly isChat: boolean; readonly windowTokens: number | undefined},
): Measuring => {
  const {model, executor} = policy;
  const most = Math.min(model.config.maxPositions, windowTokens ?? model.config.maxPositions);
  let cut = 0;
  let longest = 2;
  const prepared = items.map((item, place) => {
    const parts = encoded(policy, item, form, isChat).map((each) => {
      if (each.ids.length === 0)
        throw new TerminalError(`item ${place + 1}: a text of it has no tokens; leave the item out`);
      return windowsOf(each, most);
    });
    if (parts.some(({isCut}) => isCut)) cut += 1;
    for (const {windows} of parts)
      for (const {promptIds, ids} of windows) longest = Math.max(longest, promptIds.length + ids.length);
    return parts.map(({windows}) => windows);
  });
  const scorer = createPairScorer(model, executor, longest);
  return {
    cut,
    async measure(place) {
      const all = prepared[place] ?? [];
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
    },
    dispose: () => scorer.dispose(),
  };
};

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id, at) => id === other[at]);

const encoded = (
  {model, format, chatTemplate}: Policy,
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
