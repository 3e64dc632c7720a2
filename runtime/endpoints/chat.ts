/**
 * One request to an OpenAI-compatible API and what came of it. The only file that knows the `openai` package, which is
 * told never to retry: `endpoint.ts` does, in one place.
 */
import OpenAI, {APIConnectionError, APIError, APIUserAbortError} from 'openai';
import {z} from 'zod';
import {messageOf} from '../errors.js';
import {redacted} from '../redact.js';

/** What came of one try. */
export type Attempt = Answer | Failure;

export interface Answer {
  readonly kind: 'answer';
  readonly text: string;
  /** `stop`, `length`, `content_filter` or whatever else the endpoint says; '' where it says nothing. */
  readonly finishReason: string;
  /** The model as the endpoint names it, which may be more exact than what was asked for. */
  readonly model: string;
  /** The endpoint's id of this request, or ''. */
  readonly requestId: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** From sending to the last byte. */
  readonly seconds: number;
}

/**
 * | kind | what it says | trying again |
 * |---|---|---|
 * | `refused` | this request is unacceptable: 400, 413, 422, a model that declines | gives the same |
 * | `denied` | every request is: 401, 402, 403, 404, a spent quota, an unknown parameter | gives the same |
 * | `overloaded` | 429 | later |
 * | `unavailable` | 408, 409, 425, 5xx, a connection that failed | later |
 * | `timeout` | the time was up | is the caller's to decide |
 * | `garbage` | 200, and no chat completion | may show a proxy's passing page |
 */
export interface Failure {
  readonly kind: 'refused' | 'denied' | 'overloaded' | 'unavailable' | 'timeout' | 'garbage';
  /** One line: the HTTP status, where there is one, and the endpoint's own words. */
  readonly reason: string;
  /** The HTTP status; undefined where there was no response. */
  readonly status: number | undefined;
  /** How long the endpoint asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

export interface ChatRequest {
  readonly system?: string | undefined;
  readonly prompt: string;
  /** Makes sampling repeatable on endpoints that support it. */
  readonly seed?: number | undefined;
}

/** How requests are asked; the same for all of an endpoint's. */
export interface ChatSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly temperature: number;
  /** Completion tokens, at most. */
  readonly maxTokens: number;
}

const chatCompletion = z.object({
  model: z.string().default(''),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({content: z.string().nullish(), refusal: z.string().nullish()}),
      }),
    )
    .min(1),
  usage: z.object({prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0)}).nullish(),
});
const modelList = z.object({data: z.array(z.object({id: z.string()}))});
/** Routers answer 200 with an error inside where the provider behind them failed. */
const errorBody = z.object({error: z.object({message: z.string()})});

export type Chat = (request: ChatRequest, timeoutMs: number) => Promise<Attempt>;

/** Prepares requests to one model; nothing is sent yet. */
export const openChat = ({baseUrl, apiKey, model, temperature, maxTokens}: ChatSettings): Chat => {
  const client = clientOf(baseUrl, apiKey);
  return async ({system, prompt, seed}, timeoutMs) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{role: 'user', content: prompt}];
    if (system !== undefined) messages.unshift({role: 'system', content: system});
    const body = {model, messages, temperature, max_tokens: maxTokens, ...(seed === undefined ? {} : {seed})};
    const sent = performance.now();
    return attempt(timeoutMs, async (options) => {
      const {data, request_id} = await client.chat.completions.create(body, options).withResponse();
      const completion = chatCompletion.safeParse(data);
      if (!completion.success) return unreadable(data, 'a chat completion');
      const {choices, usage, model: answeredBy} = completion.data;
      const [choice] = choices;
      if (choice?.message.refusal) {
        return failure('refused', `the model declined: ${oneLine(choice.message.refusal)}`);
      }
      return {
        kind: 'answer',
        text: choice?.message.content ?? '',
        finishReason: choice?.finish_reason ?? '',
        model: answeredBy || model,
        requestId: request_id ?? '',
        promptTokens: usage?.prompt_tokens ?? 0,
        completionTokens: usage?.completion_tokens ?? 0,
        seconds: (performance.now() - sent) / 1000,
      };
    });
  };
};

/** The ids of the models that an endpoint lists: one cheap request. */
export const listModels = (
  {baseUrl, apiKey}: Pick<ChatSettings, 'baseUrl' | 'apiKey'>,
  timeoutMs: number,
): Promise<{readonly kind: 'models'; readonly models: readonly string[]} | Failure> =>
  attempt(timeoutMs, async (options) => {
    const data: unknown = await clientOf(baseUrl, apiKey).get('/models', options);
    const list = modelList.safeParse(data);
    if (!list.success) return unreadable(data, 'a list of models');
    return {kind: 'models', models: list.data.data.map(({id}) => id)};
  });

const clientOf = (baseURL: string, apiKey: string): OpenAI => new OpenAI({baseURL, apiKey, maxRetries: 0});

/** Runs one try under its deadline. The package's own timeout ends with the response's head; the signal covers the body. */
const attempt = async <T>(
  timeoutMs: number,
  send: (options: {signal: AbortSignal; timeout: number}) => Promise<T | Failure>,
): Promise<T | Failure> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    return await send({signal: deadline.signal, timeout: Math.ceil(timeoutMs) + 1000});
  } catch (error) {
    if (deadline.signal.aborted || error instanceof APIUserAbortError) {
      return failure('timeout', `no answer within ${Math.round(timeoutMs)} ms`);
    }
    return failureOf(error);
  } finally {
    clearTimeout(timer);
  }
};

const failureOf = (error: unknown): Failure => {
  if (error instanceof APIError && error.status !== undefined) return failureOfStatus(error);
  if (error instanceof APIConnectionError) return failure('unavailable', rootCauseOf(error));
  if (error instanceof SyntaxError) {
    // The rest of what the parser says is a piece of the body, cut wherever, which may hold half a key.
    const [what = ''] = error.message.split(/[,"]|\.\.\./);
    return failure('garbage', `the body is not JSON: ${oneLine(what)}`);
  }
  // fetch throws a TypeError where the connection ends within the body.
  if (error instanceof TypeError) return failure('unavailable', rootCauseOf(error));
  throw error;
};

/** Codes with which OpenAI says of a 400 or a 429 that it is not about this one request. */
const CODES_FOR_EVERY_REQUEST = new Set([
  'insufficient_quota',
  'invalid_api_key',
  'model_not_found',
  'unsupported_parameter',
  'unsupported_value',
]);

const failureOfStatus = (error: APIError): Failure => {
  const {status, headers, code} = error;
  const kindOf = (): Failure['kind'] => {
    if (typeof code === 'string' && CODES_FOR_EVERY_REQUEST.has(code)) return 'denied';
    if (status === 429) return 'overloaded';
    if (status === undefined || status >= 500 || [408, 409, 425].includes(status)) return 'unavailable';
    return [401, 402, 403, 404, 405, 410].includes(status) ? 'denied' : 'refused';
  };
  return {kind: kindOf(), reason: oneLine(error.message), status, retryAfterMs: retryAfterMsOf(headers)};
};

const failure = (kind: Failure['kind'], reason: string): Failure => ({
  kind,
  reason,
  status: undefined,
  retryAfterMs: undefined,
});

const unreadable = (data: unknown, expected: string): Failure => {
  const inside = errorBody.safeParse(data);
  if (inside.success) return failure('unavailable', oneLine(inside.data.error.message));
  const start = typeof data === 'string' ? data : (JSON.stringify(data) ?? 'nothing');
  return failure('garbage', `not ${expected}: ${oneLine(start)}`);
};

/** `retry-after-ms`, else `retry-after` in seconds or as a date; at least 0. */
const retryAfterMsOf = (headers: Headers | undefined): number | undefined => {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after') ?? '';
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
};

/** `fetch failed` says nothing; what it was caused by does. */
const rootCauseOf = (error: Error): string => {
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  // An address with several numbers fails with an AggregateError, which has a code and no message.
  return oneLine(root.message || (root as NodeJS.ErrnoException).code || messageOf(error));
};

/** Secrets go before it is cut, for half of one is not found afterwards. */
const oneLine = (text: string): string => {
  const line = redacted(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
};
