/**
 * One request to an OpenAI-compatible API and what came of it. The only file that knows the `openai` package, which is
 * told never to retry: `endpoint.ts` does, in one place.
 */
import OpenAI, {APIConnectionError, APIConnectionTimeoutError, APIUserAbortError} from 'openai';
import type {Turn} from '../../proto/messages.js';
import {
  type Dialect,
  type DialectSettings,
  dialectOf,
  type Field,
  learnt,
  spoken,
  without,
} from './dialect.js';
import {
  type Attempt,
  completionIn,
  type Failure,
  failure,
  failureOfStatus,
  modelsIn,
  oneLine,
} from './reply.js';
import {textCompletionIn} from './text-completion.js';
import {MAX_BODY_BYTES, openFetch, TransportError} from './transport.js';

/** What an answer's text is to be: JSON by a schema, where the endpoint can hold a model to one. */
export interface AnswerForm {
  readonly name: string;
  /** JSON schema. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface ChatRequest {
  /** In the place of the endpoint's own. */
  readonly model?: string | undefined;
  /** Sent where it is given, empty too: some templates put words of their own in the place of one that is missing. */
  readonly system?: string | undefined;
  /** Turns before the prompt, as if they had been: how such a prompt is answered. */
  readonly examples?: readonly {readonly prompt: string; readonly answer: string}[] | undefined;
  /** Turns before the prompt, as they are. */
  readonly history?: readonly Turn[] | undefined;
  readonly prompt: string;
  /** The prompt as the model's own tokens, which are sent in its place; of `completions` alone. */
  readonly promptIds?: readonly number[] | undefined;
  /** Further fields of this request's body, which go before the settings'; of `completions` alone. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly form?: AnswerForm | undefined;
  /** Makes sampling repeatable on endpoints that support it. */
  readonly seed?: number | undefined;
}

/** How requests are asked; the same for all of an endpoint's. */
export interface ChatSettings extends DialectSettings {
  readonly baseUrl: string;
  /** Undefined where none is sent. */
  readonly apiKey: string | undefined;
  readonly model: string;
  /** `completions` goes on from a prompt as it stands, by `POST /v1/completions`; `chat` unless given. */
  readonly api?: 'chat' | 'completions' | undefined;
  /** Completion tokens, at most. */
  readonly maxTokens: number;
  /** Further fields of the request's body, as they are. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** The fleet's key of who asks, such as `actors.reviser`. */
  readonly askingKey: string;
}

export type Chat = (request: ChatRequest, timeoutMs: number) => Promise<Attempt>;

/**
 * Prepares requests to one model; nothing is sent yet. A field that the endpoint refuses is left out from then on, and `warn`
 * is told once.
 */
export const openChat = (settings: ChatSettings, warn: (line: string) => void): Chat => {
  const {baseUrl, model, maxTokens, temperature, extraBody, askingKey} = settings;
  const client = clientOf(settings);
  let dialect = dialectOf(settings);

  const bodyFor = (
    {model: other, system, examples = [], history = [], prompt, form, seed}: ChatRequest,
    asked: Dialect,
  ) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      ...(system === undefined ? [] : [{role: 'system', content: system} as const]),
      ...examples.flatMap((example) => [
        {role: 'user', content: example.prompt} as const,
        {role: 'assistant', content: example.answer} as const,
      ]),
      ...history.map(messageOf),
      {role: 'user', content: prompt},
    ];
    return {
      ...extraBody,
      model: other ?? model,
      messages,
      ...(asked.sendsTemperature ? {temperature} : {}),
      [asked.maxTokensField]: maxTokens,
      ...(asked.sendsSeed && seed !== undefined ? {seed} : {}),
      ...(form === undefined ? {} : formIn(asked, form)),
    };
  };

  /** Whether another try may do without the field: another request may have learnt so meanwhile. */
  const mayLeave = (field: Field, asked: Dialect, {reason}: Failure): boolean => {
    if (field === 'max_tokens' && settings.maxTokensField !== undefined) return false;
    if (spoken(dialect, field) === false || spoken(dialect, field) !== spoken(asked, field)) return true;
    dialect = without(dialect, field);
    warn(`endpoint ${baseUrl}, model ${model}: ${reason}; from now on ${learnt(dialect, field, askingKey)}`);
    return true;
  };

  return async (request, timeoutMs) => {
    const began = performance.now();
    const left = new Set<string>();
    for (;;) {
      const asked = dialect;
      const sent = performance.now();
      const attempt = await tryOnce(timeoutMs - (sent - began), async (options): Promise<Attempt> => {
        const response = await client.chat.completions.create(bodyFor(request, asked), options).asResponse();
        const completion = completionIn(await response.text(), {model: request.model ?? model, maxTokens});
        if (completion.kind !== 'answer') return completion;
        const requestId = oneLine(response.headers.get('x-request-id') ?? '');
        return {...completion, requestId, seconds: (performance.now() - sent) / 1000};
      });
      if (attempt.kind === 'answer') return attempt;
      const {refusedField} = attempt;
      if (refusedField === undefined) return attempt;
      const refused = `${refusedField} ${spoken(asked, refusedField)}`;
      if (left.has(refused) || !mayLeave(refusedField, asked, attempt)) return attempt;
      left.add(refused);
    }
  };
};

/** As the endpoint takes it. */
const formIn = ({form: way}: Dialect, form: AnswerForm) => {
  const schema = {...form.schema};
  switch (way) {
    case 'json_schema':
      return {
        response_format: {type: 'json_schema' as const, json_schema: {...form, schema, strict: true}},
      };
    case 'json_object':
      return {response_format: {type: 'json_object' as const, schema}};
    case 'none':
      return {};
  }
};

/**
 * Prepares requests that a model goes on from as they stand: no template comes between, which a server may have another one of.
 * The tokens of the answer, and their log-probabilities, are asked for; a server that does not say them leaves them out.
 */
export const openCompletions = (settings: ChatSettings): Chat => {
  const {model: own, maxTokens, temperature, extraBody} = settings;
  const client = clientOf(settings);
  return ({model = own, prompt, promptIds, body, seed}, timeoutMs) => {
    const sent = performance.now();
    return tryOnce(timeoutMs, async (options): Promise<Attempt> => {
      const asked = {
        ...extraBody,
        temperature,
        ...body,
        model,
        prompt: promptIds === undefined ? prompt : [...promptIds],
        max_tokens: maxTokens,
        logprobs: 1,
        return_token_ids: true,
        ...(seed === undefined || settings.seed === false ? {} : {seed}),
      };
      const response = await client.completions.create(asked, options).asResponse();
      const completion = textCompletionIn(await response.text(), {model, maxTokens});
      if (completion.kind !== 'answer') return completion;
      const requestId = oneLine(response.headers.get('x-request-id') ?? '');
      return {...completion, requestId, seconds: (performance.now() - sent) / 1000};
    });
  };
};

const messageOf = ({role, content}: Turn): OpenAI.ChatCompletionMessageParam => {
  if (role === 'system' || role === 'user' || role === 'assistant') return {role, content};
  throw new Error(`a turn of role ${role}`);
};

/** The ids of the models that an endpoint lists: one cheap request. */
export const listModels = (
  place: Pick<ChatSettings, 'baseUrl' | 'apiKey'>,
  timeoutMs: number,
): Promise<ReturnType<typeof modelsIn>> =>
  tryOnce(timeoutMs, async (options) => {
    const response = await clientOf(place).get('/models', options).asResponse();
    return modelsIn(await response.text());
  });

/** Sends a server something of its own kind, such as to load an adapter; an absolute address of the same server. */
export const postTo = (
  place: Pick<ChatSettings, 'baseUrl' | 'apiKey'>,
  url: string,
  body: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): Promise<{readonly kind: 'text'; readonly text: string} | Failure> =>
  tryOnce(timeoutMs, async (options) => {
    const response = await clientOf(place)
      .post(url, {...options, body})
      .asResponse();
    return {kind: 'text' as const, text: await response.text()};
  });

const clientOf = ({baseUrl, apiKey}: Pick<ChatSettings, 'baseUrl' | 'apiKey'>): OpenAI => {
  const {origin, pathname, searchParams} = new URL(baseUrl);
  // Azure's deployments: the version goes with each request, and a key in a header of its own.
  const isAzure = searchParams.has('api-version');
  return new OpenAI({
    baseURL: `${origin}${pathname}`,
    defaultQuery: Object.fromEntries(searchParams),
    // Where none is given, the package would take another one from the environment.
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    defaultHeaders: {
      ...(apiKey === undefined || isAzure ? {authorization: null} : {}),
      ...(apiKey !== undefined && isAzure ? {'api-key': apiKey} : {}),
    },
    maxRetries: 0,
    // It would print requests, and with them prompts, to the console.
    logLevel: 'off',
    fetch: openFetch(baseUrl),
  });
};

/** Runs one try under its deadline, which covers the body. */
const tryOnce = async <T>(
  timeoutMs: number,
  send: (options: {signal: AbortSignal; timeout: number}) => Promise<T | Failure>,
): Promise<T | Failure> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    return await send({signal: deadline.signal, timeout: Math.ceil(timeoutMs) + 1000});
  } catch (error) {
    // The client's own limit is later, but on a process that stood still until both were over.
    const isOver = error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError;
    if (deadline.signal.aborted || isOver) {
      return failure('timeout', `no answer within ${Math.round(timeoutMs)} ms`);
    }
    return failureOf(error);
  } finally {
    clearTimeout(timer);
  }
};

const failureOf = (error: unknown): Failure => {
  const thrown = error instanceof APIConnectionError ? error.cause : error;
  if (!(thrown instanceof TransportError)) throw error;
  switch (thrown.failure.kind) {
    case 'status': {
      const {status, headers, body} = thrown.failure;
      return failureOfStatus(status, headers, body);
    }
    case 'connection':
      return failure('unavailable', oneLine(thrown.failure.reason));
    case 'too_large':
      return failure('refused', `the answer is over ${MAX_BODY_BYTES / 2 ** 20} MiB`);
  }
};
