/** Which fields of a request an endpoint takes for a model: what OpenAI's own newer models refuse, others ask for. Pure. */
import * as z from 'zod';

export interface Dialect {
  /** What the limit on completion tokens is called. */
  readonly maxTokensField: MaxTokensField;
  readonly sendsTemperature: boolean;
  readonly sendsSeed: boolean;
  /** How an answer is held to JSON: by OpenAI's `json_schema`, or by `json_object` with a schema beside it, as llama.cpp's servers have it. */
  readonly form: 'json_schema' | 'json_object' | 'none';
}
export type MaxTokensField = 'max_tokens' | 'max_completion_tokens';
/** A field without which a request can do, or that has another name. */
export type Field = 'max_tokens' | 'temperature' | 'seed' | 'response_format';

/** What a fleet says of it; the rest is learnt. */
export interface DialectSettings {
  /** Null leaves it to the endpoint. */
  readonly temperature: number | null;
  /** `max_tokens`, until the endpoint refuses it, unless given. */
  readonly maxTokensField?: MaxTokensField | undefined;
  /** False where the endpoint takes none. */
  readonly seed?: boolean | undefined;
}

export const dialectOf = ({
  temperature,
  maxTokensField = 'max_tokens',
  seed = true,
}: DialectSettings): Dialect => ({
  maxTokensField,
  sendsTemperature: temperature !== null,
  sendsSeed: seed,
  form: 'json_schema',
});

/** How requests have the field; false where they do not. */
export const spoken = (dialect: Dialect, field: Field): string | boolean => {
  switch (field) {
    case 'max_tokens':
      return dialect.maxTokensField === 'max_tokens';
    case 'temperature':
      return dialect.sendsTemperature;
    case 'seed':
      return dialect.sendsSeed;
    case 'response_format':
      return dialect.form !== 'none' && dialect.form;
  }
};

/** Requests as before, but for a field that was refused: without it, or with the next way to have it. */
export const without = (dialect: Dialect, field: Field): Dialect => {
  switch (field) {
    case 'max_tokens':
      return {...dialect, maxTokensField: 'max_completion_tokens'};
    case 'temperature':
      return {...dialect, sendsTemperature: false};
    case 'seed':
      return {...dialect, sendsSeed: false};
    case 'response_format':
      return {...dialect, form: dialect.form === 'json_schema' ? 'json_object' : 'none'};
  }
};

/** What a person is told of a field that was refused, and how to say it at once in a fleet. */
export const learnt = (now: Dialect, field: Field, askingKey: string): string => {
  if (field === 'response_format' && now.form === 'json_object')
    return 'response_format is sent as json_object with its schema';
  const {told, setting} = LEARNT[field];
  return askingKey.startsWith('-') ? told : `${told} (${askingKey}.${setting} says so from the start)`;
};

const LEARNT: Readonly<Record<Field, {readonly told: string; readonly setting: string}>> = {
  max_tokens: {
    told: 'max_completion_tokens is sent in the place of max_tokens',
    setting: 'maxTokensField: max_completion_tokens',
  },
  temperature: {told: "no temperature is sent, so the endpoint's own holds", setting: 'temperature: null'},
  seed: {told: 'no seed is sent, so its answers are not repeatable', setting: 'seed: false'},
  response_format: {
    told: 'no response_format is sent, so the model is only asked for its form',
    setting: 'structured: false',
  },
};

const errorBody = z.object({
  error: z.object({message: z.string().nullish(), code: z.unknown(), param: z.unknown()}).partial().catch({}),
  message: z.unknown(),
  detail: z.unknown(),
});
/** One fault of a body, as FastAPI lists them. */
const fault = z.object({type: z.string().catch(''), loc: z.array(z.unknown()), msg: z.string().catch('')});

const FIELDS: readonly Field[] = ['max_tokens', 'temperature', 'seed', 'response_format'];
/** Words by which a field, and not its value, is refused. */
const REFUSED =
  /unsupported|not supported|n['o]t support|only the default|not permitted|not allowed|forbidden|unrecogni[sz]ed|unknown|unexpected|extra|deprecated|cannot find field|not accept|invalid (?:argument|parameter|field)/i;

/**
 * The field that the body of a 400 or a 422 refuses, or a 500 where that is a form; undefined where it is about something else,
 * such as a value out of range.
 */
export const refusedFieldIn = (status: number, body: string): Field | undefined => {
  // A server that stumbles over a form may say so as its own fault, as llama-cpp-python's does.
  const isFault = status === 500;
  if (status !== 400 && status !== 422 && !isFault) return undefined;
  const parsed = errorBody.partial().safeParse(jsonIn(body));
  const {error = {}, message, detail} = parsed.success ? parsed.data : {};
  const said = [error.code, error.message, message, detail]
    .filter((each) => typeof each === 'string')
    .join(' ');
  const text = said === '' ? body.slice(0, 2000) : said;
  // Whatever is wrong with a form, the request can do without it; some refuse the model's name for it, or the schema.
  if (/\bresponse_format\b|json_schema|guided_json|structured output/i.test(`${error.param} ${text}`))
    return 'response_format';
  if (isFault) return undefined;
  for (const each of Array.isArray(detail) ? detail : []) {
    const {success, data} = fault.safeParse(each);
    const field = success ? FIELDS.find((name) => name === data.loc.at(-1)) : undefined;
    if (success && field !== undefined && REFUSED.test(`${data.type} ${data.msg}`)) return field;
  }
  if (!REFUSED.test(text)) return undefined;
  return FIELDS.find((name) => name === error.param) ?? FIELDS.find((name) => namedFirst(text) === name);
};

/** The first of the fields that a text names. */
const namedFirst = (text: string): string | undefined =>
  /\b(?:max_tokens|temperature|seed)\b/.exec(text)?.[0];

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
