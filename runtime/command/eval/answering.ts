/** Whoever answers the items of a suite: a model in this process, or one behind an endpoint. */

import {withAnswerCache} from '../../endpoints/answer-cache.js';
import {type EndpointOptions, openEndpoint} from '../../endpoints/endpoint.js';
import {TerminalError} from '../../errors.js';
import {cacheLine, fitCache, machineShare} from '../../model/generation/cache-memory.js';
import {createGenerator} from '../../model/generation/generation.js';
import type {Text} from '../../model/text/conversations.js';
import {encodePrompt} from '../../model/text/encode.js';
import {seedOf} from '../../seed.js';
import {
  type Answered,
  answerItem,
  conversation,
  promptTokensOf,
  type Sampled,
} from '../../suites/scoring/conversation.js';
import type {Item} from '../../suites/suite.js';
import type {Policy} from '../offline/policy-options.js';

export interface Answering {
  /** How many items it is worth to have under way at once. */
  readonly ahead: number;
  /** @param place of the item in its suite. */
  answer(item: Item, place: number): Promise<Answered>;
  /** What there is to say of how fast it is, for a line of progress; empty where there is nothing. */
  pace(): string;
  dispose(): Promise<void>;
}

export interface AnsweringOptions extends Sampled {
  readonly signal: AbortSignal;
}

/** A model in this process. No prompt is cut: one that does not fit is an error that names its item. */
export const answerByModel = async (
  policy: Policy,
  items: readonly Item[],
  sampled: AnsweringOptions,
  {batch, print}: {readonly batch: number; readonly print: (line: string) => void},
): Promise<Answering> => {
  const {model, executor, format, chatTemplate} = policy;
  const {maxPositions} = model.config;
  const {maxCompletionTokens} = sampled;
  const encode = (prompt: Text): number[] =>
    encodePrompt(model.tokenizer, prompt, {format, chatTemplate, maxPromptTokens: maxPositions});
  let longest = 0;
  for (const [at, item] of items.entries()) {
    if (format === 'plain' && (item.followUps ?? []).length > 0)
      throw new TerminalError(
        `item ${at + 1}: has several turns, which need the chat template: leave --plain out, or add chat_template.jinja to the model's folder`,
      );
    const tokens = promptTokensOf(item, encode, maxCompletionTokens);
    if (tokens >= maxPositions)
      throw new TerminalError(
        `item ${at + 1}: its prompt has ${tokens} tokens, which leaves no room for an answer in the model's ${maxPositions} positions; leave the item out, or lower --max-completion-tokens`,
      );
    longest = Math.max(longest, tokens);
  }
  const cache = fitCache(
    model.config,
    {rows: Math.min(batch, items.length), maxTokens: Math.min(maxPositions, longest + maxCompletionTokens)},
    machineShare('lower --max-completion-tokens, or evaluate on a machine with more'),
  );
  print(`cache      ${cacheLine(model.config, cache)}`);
  const generator = await createGenerator(model, executor, cache);
  const begun = performance.now();
  return {
    ahead: 4 * cache.rows,
    answer: (item, place) => answerItem(generator, encode, sampled, item, place),
    pace: () =>
      generator.tokenCount === 0
        ? ''
        : `${((generator.tokenCount * 1000) / (performance.now() - begun)).toFixed(1)} tokens a second`,
    dispose: () => generator.dispose(),
  };
};

/** A model behind an endpoint. What it answered before, by the same settings, is kept in `folder` and not asked again. */
export const answerByEndpoint = (
  endpointOptions: Omit<EndpointOptions, 'temperature'>,
  items: readonly Item[],
  {temperature, seed, signal}: AnsweringOptions,
  {folder, warn}: {readonly folder: string; readonly warn: (line: string) => void},
): Answering => {
  // A temperature is an endpoint's; the account and the folder are shared.
  const opened = new Map<number, ReturnType<typeof withAnswerCache>>();
  const at = (degree: number) => {
    const known = opened.get(degree);
    if (known !== undefined) return known;
    const options = {...endpointOptions, temperature: degree};
    const endpoint = withAnswerCache(openEndpoint(options, warn), options, {folder, warn});
    opened.set(degree, endpoint);
    return endpoint;
  };
  const {concurrency} = endpointOptions;
  const degrees = new Set(items.map((item) => temperature ?? item.temperature ?? 0));
  return {
    // Each temperature's endpoint counts its own requests alone: together they are no more than the items under way.
    ahead: degrees.size > 1 ? concurrency : 2 * concurrency,
    answer: (item, place) =>
      conversation(item, async (turns, answers) => {
        const reply = await at(temperature ?? item.temperature ?? 0).complete({
          examples: answers.map((answer, turn) => ({prompt: turns[turn] ?? '', answer})),
          prompt: turns.at(-1) ?? '',
          seed: seedOf(seed, 'eval', place, turns.length),
          signal,
        });
        return reply.kind === 'refused' ? reply.reason : reply;
      }),
    pace: () => '',
    dispose: async () => undefined,
  };
};
