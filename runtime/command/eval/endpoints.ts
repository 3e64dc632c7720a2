/** The endpoints that an evaluation asks, the model's own and the judge's, from what was typed. */
import {join} from 'node:path';
import {type Command, InvalidArgumentError, Option} from 'commander';
import {withAnswerCache} from '../../endpoints/answer-cache.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import type {EndpointOptions} from '../../endpoints/endpoint.js';
import type {EndpointPlace} from '../../endpoints/explain.js';
import {apiKeyFor, keyVariableOf} from '../../endpoints/place.js';
import type {Price} from '../../endpoints/usage.js';
import {TerminalError} from '../../errors.js';
import {type Judge, judgeOf} from '../../suites/judge.js';
import type {VerdictForm, VerdictWords} from '../../suites/verdict.js';
import {number, positive, wholeFrom} from '../options/values.js';
import type {EvaluationAccount} from './account.js';

export interface EndpointChoice {
  readonly endpoint?: string;
  readonly endpointApiKeyEnv?: string;
  readonly endpointApiKeyFile?: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly price?: Price;
  readonly requestsPerMinute?: number;
  readonly judge?: string;
  readonly judgeModel?: string;
  readonly judgeApiKeyEnv?: string;
  readonly judgeApiKeyFile?: string;
  readonly judgeConcurrency: number;
  readonly judgeTimeoutMs: number;
  readonly judgeTemperature: number;
  readonly judgeMaxTokens: number;
  readonly judgeForm: VerdictForm;
  readonly judgeStructured?: boolean;
  readonly judgeMaxFirstUnusable: number;
  readonly judgePrice?: Price;
  readonly judgeRequestsPerMinute?: number;
  readonly spendCeiling?: number;
}

export const withEndpointOptions = (command: Command): Command =>
  command
    .option(
      '--endpoint <url>',
      'an OpenAI-compatible endpoint that answers; --model is then a name there',
      address,
    )
    .option('--endpoint-api-key-env <name>', 'the environment variable that holds its key')
    .option('--endpoint-api-key-file <file>', 'the file that holds it instead')
    .option('--concurrency <number>', 'requests to it under way at once', wholeFrom(1), 8)
    .option('--timeout-ms <number>', 'of one request, tries included', wholeFrom(1), 120_000)
    .option('--price <in,out>', 'of a million tokens to it, and from it', price)
    .option('--requests-per-minute <number>', 'to it, at most', wholeFrom(1))
    .option('--judge <url>', 'an OpenAI-compatible endpoint that judges', address)
    .option('--judge-model <name>', 'the model there')
    .option('--judge-api-key-env <name>', 'the environment variable that holds its key')
    .option('--judge-api-key-file <file>', 'the file that holds it instead')
    .option('--judge-concurrency <number>', 'requests to it under way at once', wholeFrom(1), 8)
    .option('--judge-timeout-ms <number>', 'of one request, tries included', wholeFrom(1), 120_000)
    .option('--judge-temperature <number>', 'at which it judges', number, 0)
    .option('--judge-max-tokens <number>', 'of what it says', wholeFrom(1), 1024)
    .addOption(
      new Option('--judge-form <form>', 'marked, as the suite has it, or plain, for the verdict alone')
        .choices(['marked', 'plain'] satisfies VerdictForm[])
        .default('marked'),
    )
    .option(
      '--judge-structured',
      'asks its endpoint to hold it to JSON (response_format); one that refuses that is asked as before',
    )
    .option(
      '--judge-max-first-unusable <number>',
      'ends where so many first verdicts cannot be read; 0 asks on',
      wholeFrom(0),
      16,
    )
    .option('--judge-price <in,out>', 'of a million tokens to it, and from it', price)
    .option('--judge-requests-per-minute <number>', 'to it, at most', wholeFrom(1))
    .option(
      '--spend-ceiling <number>',
      'ends before more than this is spent, in the currency of the prices',
      positive,
    );

const address = (text: string): string => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It is an address such as http://localhost:8000/v1.');
};

const price = (text: string): Price => {
  const [input = '', output = '', ...more] = text.split(',');
  const [inputPerMillion, outputPerMillion] = [number(input), number(output)];
  if (more.length > 0 || inputPerMillion < 0 || outputPerMillion < 0)
    throw new InvalidArgumentError('It is two numbers, such as 0.5,1.5.');
  return {inputPerMillion, outputPerMillion};
};

/** What was typed of one of the two. */
interface Typed extends Pick<EndpointOptions, 'model' | 'maxTokens' | 'timeoutMs' | 'concurrency'> {
  readonly role: 'endpoint' | 'judge';
  readonly baseUrl: string;
  readonly apiKeyEnv: string | undefined;
  readonly apiKeyFile: string | undefined;
  readonly price: Price | undefined;
  readonly requestsPerMinute: number | undefined;
}

/** By the evaluation's account. */
const optionsOf = (
  {role, apiKeyEnv, apiKeyFile, price, requestsPerMinute, ...typed}: Typed,
  account: EvaluationAccount,
): Omit<EndpointOptions, 'temperature'> => {
  const {baseUrl, model} = typed;
  const place: EndpointPlace = {
    ...{baseUrl, model, apiKeyFile},
    apiKeyEnv: keyVariableOf({baseUrl, apiKeyEnv, apiKeyFile}),
    endpointKey: `--${role}`,
    askingKey: role === 'judge' ? '--judge' : '-',
  };
  const budget = account.budgetOf(role, {price, requestsPerMinute});
  return {...typed, ...place, apiKey: apiKeyFor(place), price, budget};
};

/** @throws TerminalError naming the price that a ceiling would count by, where it is missing: without it nothing would ever cost anything. */
export const requirePrices = (
  choice: Pick<EndpointChoice, 'endpoint' | 'price' | 'judge' | 'judgePrice' | 'spendCeiling'>,
): void => {
  const {endpoint, price, judge, judgePrice, spendCeiling} = choice;
  const missing =
    endpoint !== undefined && price === undefined
      ? '--price'
      : judge !== undefined && judgePrice === undefined
        ? '--judge-price'
        : undefined;
  if (spendCeiling !== undefined && missing !== undefined)
    throw new TerminalError(
      `--spend-ceiling ${spendCeiling}: counts by ${missing}, which is missing; give it, 0,0 where it costs nothing`,
    );
};

export interface Surroundings {
  readonly folder: string;
  readonly account: EvaluationAccount;
  readonly signal: AbortSignal;
  readonly warn: (line: string) => void;
}

/** What an endpoint answered, beside the rest of the evaluation. */
export const answersIn = (folder: string): string => join(folder, 'asked');

/** The model's own endpoint, once it was seen to answer. */
export const policyEndpoint = async (
  choice: EndpointChoice,
  model: string,
  maxTokens: number,
  {account, signal, warn}: Surroundings,
): Promise<Omit<EndpointOptions, 'temperature'>> => {
  const {endpoint: baseUrl = '', endpointApiKeyEnv, endpointApiKeyFile} = choice;
  const {timeoutMs, concurrency, price, requestsPerMinute} = choice;
  const options = optionsOf(
    {
      ...{role: 'endpoint', baseUrl, model, apiKeyEnv: endpointApiKeyEnv, apiKeyFile: endpointApiKeyFile},
      ...{maxTokens, timeoutMs, concurrency, price, requestsPerMinute},
    },
    account,
  );
  // Once, before a temperature is known: each is opened as it comes.
  await connectEndpoint({...options, temperature: 0}, {signal, warn});
  return options;
};

/** The judge, once it was seen to answer; undefined where none is asked for. */
export const openJudge = async (
  choice: EndpointChoice,
  {folder, account, signal, warn}: Surroundings,
): Promise<Judge | undefined> => {
  const {judge: baseUrl, judgeModel: model, judgeTemperature: temperature} = choice;
  if (baseUrl === undefined) return undefined;
  if (model === undefined) throw new TerminalError(`--judge ${baseUrl}: give --judge-model, its model, too`);
  const options: EndpointOptions = {
    ...optionsOf(
      {
        ...{role: 'judge', baseUrl, model},
        ...{apiKeyEnv: choice.judgeApiKeyEnv, apiKeyFile: choice.judgeApiKeyFile},
        ...{maxTokens: choice.judgeMaxTokens, timeoutMs: choice.judgeTimeoutMs},
        ...{concurrency: choice.judgeConcurrency, price: choice.judgePrice},
        requestsPerMinute: choice.judgeRequestsPerMinute,
      },
      account,
    ),
    temperature,
  };
  const endpoint = await connectEndpoint(options, {signal, warn});
  const cached = withAnswerCache(endpoint, options, {folder: answersIn(folder), warn});
  return judgeOf(cached, {
    ...{model, signal, words: verdictWords(choice)},
    ...{key: '--judge', maxFirstUnusable: choice.judgeMaxFirstUnusable},
  });
};

/** In which words it is asked; of what is as a suite's publication has it, nothing. */
export const verdictWords = ({
  judgeForm: form,
  judgeStructured: structured = false,
}: Pick<EndpointChoice, 'judgeForm' | 'judgeStructured'>): VerdictWords => ({
  ...(form === 'marked' ? {} : {form}),
  ...(structured ? {structured} : {}),
});
