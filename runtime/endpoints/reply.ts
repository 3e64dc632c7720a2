/** What an endpoint's reply says: an answer, or why there is none. Pure. */
import * as z from 'zod';
import {endingOf} from '../text/answer-form.js';
import {redacted} from '../text/redact.js';
import {type Field, refusedFieldIn} from './dialect.js';

/** What came of one try. */
export type Attempt = Answer | Failure;

export interface Answer {
  readonly kind: 'answer';
  readonly text: string;
  /** What the model thought aloud, where the endpoint gives it apart from the text. */
  readonly reasoning?: string;
  /** Why `text` is empty, where it is. */
  readonly emptyReason?: string;
  /** `stop`, `length` or whatever else the endpoint says; '' where it says nothing. */
  readonly finishReason: string;
  /** The model as the endpoint names it, which may be more exact than what was asked for. */
  readonly model: string;
  /** The endpoint's id of this request, or ''. */
  readonly requestId: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** From sending to the last byte. */
  readonly seconds: number;
  /** Of the text, the end token included where the model wrote one; where the endpoint says them, which only completions do. */
  readonly tokenIds?: readonly number[];
  /** log π of each of them, in nats: before any temperature as vLLM has it unless `--logprobs-mode` says otherwise. */
  readonly tokenLogps?: readonly number[];
}

/**
 * | kind | what it says | trying again |
 * |---|---|---|
 * | `refused` | this request is unacceptable: 400, 413, 422, a model that declines, a filter | gives the same |
 * | `denied` | every request may be: 3xx, 401, 402, 403, 404, a spent quota, an unknown parameter | gives the same |
 * | `overloaded` | 429 | later |
 * | `unavailable` | 408, 409, 425, 5xx, a connection that failed | later |
 * | `timeout` | the time was up | is the caller's to decide |
 * | `garbage` | 200, and no chat completion | may show a proxy's passing page |
 */
export interface Failure {
  readonly kind: 'refused' | 'denied' | 'overloaded' | 'unavailable' | 'timeout' | 'garbage';
  /** One line: the HTTP status, where there is one, and the endpoint's own words. */
  readonly reason: string;
  /** All of those words, in one line of at most 4,000 characters, where they are to be told apart. */
  readonly said?: string;
  /** The HTTP status; undefined where there was no response. */
  readonly status: number | undefined;
  /** How long the endpoint asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** The field that it will not have. */
  readonly refusedField?: Field | undefined;
  /** Tokens were answered, and are paid for. */
  readonly isPaid?: boolean;
}

export const failure = (kind: Failure['kind'], reason: string): Failure => ({
  kind,
  reason,
  status: undefined,
  retryAfterMs: undefined,
});

export const number = z.number().catch(0);
export const words = z.string().nullish().catch(undefined);
const chatCompletion = z.object({
  model: words,
  choices: z
    .array(
      z.object({
        finish_reason: words,
        message: z.object({
          content: z.union([z.string(), z.array(z.unknown())]).nullish(),
          refusal: words,
          reasoning_content: words,
          reasoning: words,
          tool_calls: z.unknown().optional(),
        }),
        error: z.unknown().optional(),
      }),
    )
    .min(1),
  usage: z.object({prompt_tokens: number, completion_tokens: number}).nullish().catch(undefined),
});
const textPart = z.object({type: z.enum(['text', 'output_text']).default('text'), text: z.string()});

/**
 * Reads the body of a response with status 200.
 *
 * @param asked the model, and the limit that was set on completion tokens.
 */
export const completionIn = (
  body: string,
  asked: {readonly model: string; readonly maxTokens: number},
): Omit<Answer, 'requestId' | 'seconds'> | Failure => {
  const data = jsonIn(body) ?? streamedIn(body);
  const completion = chatCompletion.safeParse(data);
  if (!completion.success) return unreadable(data, body, 'a chat completion');
  const {choices, usage, model} = completion.data;
  const [choice] = choices;
  if (choice === undefined) return unreadable(data, body, 'a chat completion');
  const {message} = choice;
  const {prompt_tokens: promptTokens = 0, completion_tokens: completionTokens = 0} = usage ?? {};
  const word = oneLine(choice.finish_reason ?? '', 40);
  const finishReason = word === '' && completionTokens >= asked.maxTokens ? 'length' : word;
  if (message.refusal) return failure('refused', `the model declined: ${oneLine(message.refusal)}`);
  const why = choice.error == null ? '' : `: ${saidIn(choice.error)}`;
  if (endingOf(finishReason) === 'withheld')
    return failure(
      'refused',
      `the endpoint's filter withheld the answer: finish_reason is ${finishReason}${why}`,
    );
  if (endingOf(finishReason) === 'broken')
    return {
      ...failure('unavailable', `the answer broke off: finish_reason is ${finishReason}${why}`),
      isPaid: true,
    };
  const text = textOf(message.content);
  const reasoning = message.reasoning_content || message.reasoning || '';
  const reasoned = reasoning !== '' || (message.content ?? []).length > 0;
  const called = Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
  const emptyReason = called
    ? 'the answer is empty: the model called a tool'
    : `the answer is empty${reasoned ? ', and all that came is reasoning' : ''}`;
  return {
    kind: 'answer',
    text,
    ...(reasoning.trim() === '' ? {} : {reasoning}),
    ...(text.trim() === '' ? {emptyReason} : {}),
    finishReason,
    model: oneLine(model ?? '') || asked.model,
    promptTokens,
    completionTokens,
  };
};

/** The text of a content, which may come in parts: thoughts, and what else is no text, are left out. */
const textOf = (content: string | readonly unknown[] | null | undefined): string =>
  typeof content === 'string' || content == null
    ? (content ?? '')
    : content
        .map((part) => (typeof part === 'string' ? part : (textPart.safeParse(part).data?.text ?? '')))
        .join('');

const chunk = z.object({
  model: words,
  choices: z
    .array(z.object({delta: z.record(z.string(), z.unknown()).nullish(), finish_reason: words}))
    .default([]),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** The completion in a stream of chunks, which some gateways send unasked; undefined where the text is none. */
const streamedIn = (body: string): unknown => {
  const lines = body.split(/\r?\n/).flatMap((line) => /^data: ?(\{.*)$/.exec(line)?.[1] ?? []);
  if (lines.length === 0) return undefined;
  const message: Record<string, string> = {};
  const all: {model?: unknown; usage?: unknown; finish_reason?: unknown} = {};
  for (const line of lines) {
    const {success, data} = chunk.safeParse(jsonIn(line));
    if (!success) return undefined;
    if (data.error != null) return {error: data.error};
    const [choice] = data.choices;
    for (const [key, value] of Object.entries(choice?.delta ?? {}))
      if (typeof value === 'string' && key !== 'role') message[key] = (message[key] ?? '') + value;
    all.model ??= data.model;
    all.usage = data.usage ?? all.usage;
    all.finish_reason = choice?.finish_reason ?? all.finish_reason;
  }
  // A stream that ends without a reason was cut off on its way.
  if (all.finish_reason == null && !/^data: ?\[DONE\]/m.test(body)) return undefined;
  return {...all, choices: [{message, finish_reason: all.finish_reason}]};
};

const models = z.array(z.object({id: z.string()}));
/** Some send the array alone. */
const modelList = z.union([models, z.object({data: models}).transform(({data}) => data)]);

/** Reads a list of models. JSON of another form comes from an API all the same, which may serve what it does not list. */
export const modelsIn = (
  body: string,
): {readonly kind: 'models'; readonly models: readonly string[]} | Failure => {
  const data = jsonIn(body);
  const list = modelList.safeParse(data);
  if (list.success) return {kind: 'models', models: list.data.map(({id}) => id)};
  const found = unreadable(data, body, 'a list of models');
  return data === undefined ? found : {...found, kind: 'denied', status: found.status ?? 200};
};

/** Routers answer 200 with an error inside where the provider behind them failed; its code is then that of a response. */
export const unreadable = (data: unknown, body: string, expected: string): Failure => {
  const inside = z.object({error: z.union([z.string(), z.record(z.string(), z.unknown())])}).safeParse(data);
  if (!inside.success) return failure('garbage', `not ${expected}: ${oneLine(body) || 'nothing'}`);
  const {error} = inside.data;
  const code = typeof error === 'string' ? undefined : Number(error.code ?? error.status);
  const status = code !== undefined && code >= 400 && code <= 599 ? code : undefined;
  return {...failure(kindOf(status, error), saidIn(data) || oneLine(body)), status};
};

/** Codes with which OpenAI says of a 400 or a 429 that it is not about this one request. */
const CODES_FOR_EVERY_REQUEST = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'invalid_api_key',
  'model_not_found',
  'unsupported_parameter',
  'unsupported_value',
]);
/** Codes with which it says that it is, whatever the status. */
const CODES_FOR_ONE_REQUEST = new Set([
  'content_filter',
  'content_policy_violation',
  'context_length_exceeded',
]);

const kindOf = (status: number | undefined, error: unknown): Failure['kind'] => {
  const {code} = z.object({code: z.string()}).safeParse(error).data ?? {};
  if (code !== undefined && CODES_FOR_EVERY_REQUEST.has(code)) return 'denied';
  if (code !== undefined && CODES_FOR_ONE_REQUEST.has(code)) return 'refused';
  if (status === 429) return 'overloaded';
  if (status === undefined || status >= 500 || [408, 409, 425].includes(status)) return 'unavailable';
  return status < 400 || [401, 402, 403, 404, 405, 410].includes(status) ? 'denied' : 'refused';
};

/** What a response with another status than 2xx says. */
export const failureOfStatus = (
  status: number,
  headers: {get(name: string): string | null},
  body: string,
): Failure => {
  const data = jsonIn(body);
  const {error} = z.object({error: z.unknown().optional()}).safeParse(data).data ?? {};
  return {
    kind: kindOf(status, error ?? data),
    reason: `${status} ${saidIn(data) || oneLine(body) || 'with an empty body'}`,
    said: saidIn(data, MOST_SAID) || oneLine(body, MOST_SAID),
    status,
    retryAfterMs: retryAfterMsOf(headers),
    refusedField: refusedFieldIn(status, body),
  };
};

/** No message waits longer for its next try, whatever the endpoint asks. */
const LONGEST_WAIT_MS = 3_600_000;

/** `retry-after-ms`, else `retry-after` in seconds or as a date; at least 0. */
const retryAfterMsOf = (headers: {get(name: string): string | null}): number | undefined => {
  const bounded = (ms: number): number => Math.min(LONGEST_WAIT_MS, Math.max(0, ms));
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return bounded(milliseconds);
  const text = headers.get('retry-after') ?? '';
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0) return bounded(seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : bounded(date - Date.now());
};

const said = z.union([z.string(), z.object({message: z.string().min(1)}).transform(({message}) => message)]);

/** The words in an error, however it is nested; '' where it is none of the known forms. */
const saidIn = (data: unknown, most?: number): string => {
  if (typeof data !== 'object' || data === null) return typeof data === 'string' ? oneLine(data, most) : '';
  const {error, message, detail, error_message: problem} = data as Readonly<Record<string, unknown>>;
  for (const each of [error, message, detail, problem]) {
    const {success, data: text} = said.safeParse(each);
    if (success && text.trim() !== '') return oneLine(text, most);
  }
  return '';
};

export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * A text from outside as part of a line: no control character of it reaches a terminal, and a long one is cut. Secrets go before
 * that, for half of one is not found afterwards.
 */
export const oneLine = (text: string, most = 200): string => {
  const said = redacted(text.slice(0, MOST_LOOKED_AT))
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const letters = [...said.slice(0, 2 * most + 2)];
  return letters.length > most ? `${letters.slice(0, most).join('')}…` : letters.join('');
};

const MOST_SAID = 4000;
const MOST_LOOKED_AT = 65_536;
