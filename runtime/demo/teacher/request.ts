/** What a chat completion request may say, and the errors that a client of the API sees. Pure. */
import * as z from 'zod';

/** An error as the API answers it: a status and a body `{error: {message, type, param, code}}`. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: {
      readonly code?: string;
      readonly param?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = details.code ?? null;
    this.param = details.param ?? null;
    this.headers = details.headers ?? {};
  }

  get body() {
    const {message, param, code} = this;
    return {error: {message, type: typeOf(this.status), param, code}};
  }
}

const typeOf = (status: number): string => {
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
};

const content = z.union([z.string(), z.array(z.looseObject({type: z.literal('text'), text: z.string()}))]);

const requestSchema = z.looseObject({
  model: z.string(),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.looseObject({role: z.enum(['developer', 'system', 'user']), content}),
        z.looseObject({role: z.literal('assistant'), content: content.nullish()}),
      ]),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({include_usage: z.boolean().optional()}).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  n: z.int().min(1).max(128).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  response_format: z.looseObject({type: z.literal('text')}).optional(),
  logprobs: z.literal(false).nullish(),
  tools: z.array(z.never()).optional(),
});

export type ChatRequest = z.infer<typeof requestSchema>;

/** Throws a `RequestError` with status 400 that names the field. */
export const readRequest = (body: string): ChatRequest => {
  const parsed = requestSchema.safeParse(parseJson(body));
  if (parsed.success) {
    if (parsed.data.stream_options != null && parsed.data.stream !== true) {
      throw new RequestError(400, "'stream_options' is for requests with 'stream': true.", {
        param: 'stream_options',
      });
    }
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const param = path.map((key, index) =>
    typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`,
  );
  const name = param.join('');
  if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    throw new RequestError(400, `The parameter '${name}' is required.`, {
      param: name,
      code: 'missing_required_parameter',
    });
  }
  const code = issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
  throw new RequestError(
    400,
    `The parameter '${name}' is not valid: ${issue?.message ?? 'no reason known'}.`,
    {param: name, code},
  );
};

const parseJson = (body: string): unknown => {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, the same for what is no JSON and what is no object.
  }
  throw new RequestError(400, 'The body of the request is not a JSON object.');
};

export const textOf = (message: ChatRequest['messages'][number]): string => {
  if (message.content == null) return '';
  if (typeof message.content === 'string') return message.content;
  return message.content.map(({text}) => text).join('');
};
