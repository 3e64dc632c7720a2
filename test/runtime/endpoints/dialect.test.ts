/** Fields that an endpoint will not have are told from values that it will not have. */
import test from 'ava';
import {type Field, refusedFieldIn} from '../../../runtime/endpoints/dialect.js';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {TerminalError} from '../../../runtime/errors.js';
import {failureOf, optionsFor, signal} from '../../helpers/asking.js';
import {completion, json, type SeenRequest, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';

const openai = (param: string | null, code: string | null, message: string) => ({
  error: {message, type: 'invalid_request_error', param, code},
});
const extra = (...loc: string[]) => ({
  detail: [{type: 'extra_forbidden', loc, msg: 'Extra inputs are not permitted', input: 1}],
});

const refusals: readonly (readonly [string, unknown, Field])[] = [
  [
    'OpenAI’s reasoning models',
    openai(
      'max_tokens',
      'unsupported_parameter',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
    'max_tokens',
  ],
  [
    'the same of a temperature',
    openai(
      'temperature',
      'unsupported_value',
      "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    ),
    'temperature',
  ],
  [
    'an endpoint without param',
    openai(null, null, '`temperature` is deprecated for this model.'),
    'temperature',
  ],
  ['FastAPI', extra('body', 'seed'), 'seed'],
  [
    'Google',
    openai(null, null, 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'),
    'seed',
  ],
  [
    'an endpoint without JSON schemas',
    openai('response_format.type', 'invalid_value', "The parameter 'response_format.type' is not valid."),
    'response_format',
  ],
  [
    'llama-cpp-python',
    openai(
      null,
      null,
      "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}",
    ),
    'response_format',
  ],
  ['FastAPI of a form', extra('body', 'response_format'), 'response_format'],
  ['a message alone', {message: 'seed: property is not supported'}, 'seed'],
];
for (const [who, body, field] of refusals) {
  test(`a refusal of ${field} is understood, as said by ${who}`, (t) => {
    t.is(refusedFieldIn(400, JSON.stringify(body)), field);
    t.is(refusedFieldIn(422, JSON.stringify(body)), field);
    t.is(refusedFieldIn(500, JSON.stringify(body)), field === 'response_format' ? field : undefined);
    t.is(refusedFieldIn(503, JSON.stringify(body)), undefined);
  });
}
test('a text is understood too', (t) => {
  t.is(refusedFieldIn(400, 'unknown field max_tokens'), 'max_tokens');
});

for (const body of [
  openai('temperature', null, 'temperature must be between 0 and 1'),
  openai(
    'max_tokens',
    null,
    'max_tokens is too large: 4096. This model supports at most 2048 completion tokens.',
  ),
  openai('messages', 'context_length_exceeded', "This model's maximum context length is 8192 tokens."),
  extra('body', 'top_k'),
  '<html>Bad Request</html>',
]) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  test(`${text.slice(0, 90)} refuses no field`, (t) => {
    t.is(refusedFieldIn(400, text), undefined);
  });
}

/** Takes nothing but what OpenAI's reasoning models take, without a seed. */
const strict = ({body = {model: '', messages: []}}: SeenRequest) => {
  if ('max_tokens' in body) return json(400, refusals[0]?.[1]);
  if ('temperature' in body) return json(400, refusals[1]?.[1]);
  return 'seed' in body ? json(422, extra('body', 'seed')) : completion('fine');
};

test('what is refused is left out from then on, for all requests, and said once', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, strict);
  const said: string[] = [];
  const endpoint = openEndpoint(optionsFor(baseUrl), (line) => said.push(line));
  const ask = () => endpoint.complete({prompt: 'hello', seed: 5, signal});
  for (const reply of await Promise.all([ask(), ask(), ask()])) t.is(reply.kind, 'answer');
  const learning = requests.length;
  t.is((await ask()).kind, 'answer');
  t.is(requests.length, learning + 1);
  t.deepEqual(requests.at(-1)?.body, {
    model: 'scripted',
    messages: [{role: 'user', content: 'hello'}],
    max_completion_tokens: 64,
  });
  t.deepEqual(
    said.map((line) => /from now on (.*) \(/.exec(line)?.[1]),
    [
      'max_completion_tokens is sent in the place of max_tokens',
      "no temperature is sent, so the endpoint's own holds",
      'no seed is sent, so its answers are not repeatable',
    ],
  );
  t.true(said.every((line) => line.startsWith(`endpoint ${baseUrl}, model scripted: 4`)));
});

test('where the fleet says so, it is left out from the start, and its further fields are sent', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, strict);
  const endpoint = openEndpoint(
    optionsFor(baseUrl, {
      temperature: null,
      maxTokensField: 'max_completion_tokens',
      seed: false,
      extraBody: {chat_template_kwargs: {enable_thinking: false}},
    }),
    (line) => t.fail(line),
  );
  t.is((await endpoint.complete({prompt: 'hello', seed: 5, signal})).kind, 'answer');
  t.is(requests.length, 1);
  t.deepEqual(requests[0]?.body, {
    chat_template_kwargs: {enable_thinking: false},
    model: 'scripted',
    messages: [{role: 'user', content: 'hello'}],
    max_completion_tokens: 64,
  });
});

test('a name that the fleet gives is not changed', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, strict);
  t.regex(
    await failureOf(t, optionsFor(baseUrl, {maxTokensField: 'max_tokens'}), TerminalError),
    /400 Unsupported parameter: 'max_tokens'.*; correct actors\.reviser so that the model accepts it/,
  );
});

test('an answer is held to a form where the endpoint can, and asked as before where it refuses that', async (t) => {
  const form = {name: 'revision', schema: {type: 'object'}};
  const able = await scriptedEndpoint(t, () => completion('{}'));
  const unable = await scriptedEndpoint(t, ({body}) =>
    body?.response_format === undefined
      ? completion('fine')
      : json(400, openai('response_format', null, 'no')),
  );
  const told: string[] = [];
  for (const {baseUrl} of [able, unable]) {
    const endpoint = openEndpoint(optionsFor(baseUrl), (line) => told.push(line));
    for (const prompt of ['one', 'two']) await endpoint.complete({prompt, form, signal});
  }
  t.deepEqual(able.requests[0]?.body?.response_format, {
    type: 'json_schema',
    json_schema: {...form, strict: true},
  });
  t.deepEqual(
    unable.requests.map(({body}) => (body?.response_format as {type?: string} | undefined)?.type),
    ['json_schema', 'json_object', undefined, undefined],
  );
  t.is(told.length, 2);
  t.regex(told[0] ?? '', /response_format is sent as json_object with its schema$/);
  t.regex(told[1] ?? '', /no response_format is sent.*actors\.reviser\.structured: false/);
});

test('a server that knows json_object alone is given the schema with it, by all requests and said once', async (t) => {
  const form = {name: 'revision', schema: {type: 'object'}};
  const {baseUrl, requests} = await scriptedEndpoint(t, ({body}) => {
    const {type} = (body?.response_format ?? {}) as {type?: string};
    // In the words of llama-cpp-python.
    const message = `1 validation error: {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': "Input should be 'text' or 'json_object'"}`;
    return type === 'json_object' ? completion('{}') : json(500, {error: {message}});
  });
  const told: string[] = [];
  const endpoint = openEndpoint(optionsFor(baseUrl), (line) => told.push(line));
  const ask = () => endpoint.complete({prompt: 'one', form, signal});
  for (const reply of await Promise.all([ask(), ask(), ask()])) t.is(reply.kind, 'answer');
  t.is((await ask()).kind, 'answer');
  t.deepEqual(requests.at(-1)?.body?.response_format, {type: 'json_object', schema: {type: 'object'}});
  t.is(told.length, 1);
});
