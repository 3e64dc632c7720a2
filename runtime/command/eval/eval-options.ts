/** What `anchorage eval` was told, and what of it holds for every suite. */
import {resolve} from 'node:path';
import {TerminalError} from '../../errors.js';
import {readModelConfig} from '../../model/files/config.js';
import {findModel} from '../../model/files/find-model.js';
import {openPolicy, type Policy, type PolicyOptions} from '../offline/policy-options.js';
import type {ProgressLine} from '../offline/progress-line.js';
import type {EndpointChoice} from './endpoints.js';
import {weightsMark} from './settings.js';
import {flagOf} from './suite-options.js';

export interface EvalOptions extends Omit<PolicyOptions, 'model'>, EndpointChoice {
  readonly suite: string;
  /** A folder; or a name, beside `endpoint`. */
  readonly model?: string;
  readonly referenceModel?: string;
  readonly responses?: readonly string[];
  readonly out: string;
  readonly limit?: number;
  readonly temperature?: number;
  readonly seed: number;
  readonly batch: number;
}

/** What an evaluation works with besides its suite. */
export interface Running {
  readonly options: EvalOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** @throws TerminalError where somebody is named who would not be asked, and why. */
export const refuseAsking = (
  options: EvalOptions,
  names: readonly ('model' | 'endpoint' | 'adapter' | 'judge' | 'responses' | 'referenceModel' | 'limit')[],
  why: string,
): void => {
  const named = names.find((name) => options[name] !== undefined);
  if (named !== undefined)
    throw new TerminalError(`${flagOf(named)} ${String(options[named])}: ${why}; leave it out`);
};

/** The first ones, where only so many are asked for. */
export const limited = <T>(
  all: readonly T[],
  {limit = all.length}: Pick<EvalOptions, 'limit'>,
): readonly T[] => all.slice(0, limit);

export const countText = (count: number, {limit}: Pick<EvalOptions, 'limit'>): string =>
  `${count} items${limit === undefined ? '' : ', the first ones alone'}`;

/** Which model it is, down to its weights; null where none is asked. */
export const modelSettings = async (options: EvalOptions): Promise<unknown> => {
  const {model, endpoint, adapter, chat, plain, chatTemplateArg, precision} = options;
  if (model === undefined) return null;
  if (endpoint !== undefined) {
    refuseAsking(options, ['adapter'], 'a model behind an endpoint has its adapters there');
    return {url: endpoint, name: model};
  }
  return {
    ...(await folderSettings(model)),
    adapter: adapter === undefined ? null : await folderSettings(adapter, 'adapter'),
    text: {chat: chat ?? false, plain: plain ?? false, ...chatTemplateArg},
    precision,
  };
};

/** @param typed a folder, or a name on the Hub. */
export const folderSettings = async (typed: string, wanted: 'model' | 'adapter' = 'model') => {
  const folder = await findModel(typed, wanted);
  return {folder: resolve(folder), weights: await weightsMark(folder)};
};

/** Opens a model; its prompts are as long as its positions allow. */
export const openModel = async (
  {options, progress}: Running,
  model: string,
  maxCompletionTokens: number,
  work: 'decoding' | 'training',
): Promise<Policy> => {
  const {maxPositions} = await readModelConfig(await findModel(model));
  if (maxCompletionTokens >= maxPositions)
    throw new TerminalError(
      `--max-completion-tokens ${maxCompletionTokens}: is over the model's ${maxPositions} positions (max_position_embeddings); lower it`,
    );
  const maxPromptTokens = maxPositions - maxCompletionTokens;
  const policy = await openPolicy({...options, model, maxPromptTokens, maxCompletionTokens}, work);
  for (const line of policy.lines) progress.print(line);
  return policy;
};
