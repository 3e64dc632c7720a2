/** The teacher over HTTP, as the `openai` client and bare requests meet it. */
import {Agent, request} from 'node:http';
import test, {type ExecutionContext} from 'ava';
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import {revisionPrompt} from '../../../../actors/reviser/revise.js';
import {startTeacher, type TeacherOptions} from '../../../../runtime/demo/teacher/teacher.js';
import {TerminalError} from '../../../../runtime/errors.js';

const KEY = 'sk-test';
const PROMPT = '34*7 21+9 40-8 17*7>';

const start = async (t: ExecutionContext, options: Partial<TeacherOptions> = {}) => {
  const teacher = await startTeacher({key: KEY, seed: 0, latencyMs: 0, failureRate: 0, ...options});
  t.teardown(() => teacher.close());
  const client = new OpenAI({apiKey: KEY, baseURL: teacher.url, maxRetries: 0});
  return {...teacher, client};
};

const ask = (content: string, model = 'stronger') => ({model, messages: [{role: 'user' as const, content}]});

const fetchJson = async (url: string, init: RequestInit & {key?: string | undefined} = {}) => {
  const {key, ...rest} = {key: KEY, ...init};
  const headers = {
    'content-type': 'application/json',
    ...(key === undefined ? {} : {authorization: `Bearer ${key}`}),
  };
  const response = await fetch(url, {headers, ...rest});
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
};

const errorOf = ({body}: {body: Record<string, unknown>}) => body.error as Record<string, unknown>;

test('the models are listed and found by name', async (t) => {
  const {client} = await start(t);
  const {data} = await client.models.list();
  t.deepEqual(
    data.map(({id}) => id),
    ['reviser', 'thorough', 'judge', 'stronger', 'careless', 'hasty'],
  );
  const model = await client.models.retrieve('judge');
  t.is(model.object, 'model');
  await t.throwsAsync(client.models.retrieve('gpt-4'), {instanceOf: NotFoundError});
});

test('a completion has its id, its text, its end, its usage and its request id', async (t) => {
  const {client} = await start(t);
  const completion = await client.chat.completions.create(ask(PROMPT));
  t.regex(completion.id, /^chatcmpl-/);
  t.is(completion.object, 'chat.completion');
  t.is(completion.model, 'stronger');
  t.true(Math.abs(completion.created - Date.now() / 1000) < 60);
  t.deepEqual(completion.choices, [
    {
      index: 0,
      message: {role: 'assistant', content: '=238 =30 =32 =119 ok.', refusal: null},
      logprobs: null,
      finish_reason: 'stop',
    },
  ]);
  // The prompt: 34 * 7, ' 21' + 9, ' 40' - 8, ' 17' * 7 and >, 13 pieces; the answer: = 238, ' =' 30, ' =' 32, ' =' 119, ' ok' and '.', 10.
  t.deepEqual(completion.usage, {prompt_tokens: 13, completion_tokens: 10, total_tokens: 23});
  t.regex(completion._request_id ?? '', /^req_/);
});

test('a reviser corrects what it is asked about, and the same request is always answered alike', async (t) => {
  const {client} = await start(t);
  const request = ask(revisionPrompt({prompt: PROMPT, completion: '218,20,42,79.'}), 'reviser');
  const contentOf = async () =>
    (await client.chat.completions.create(request)).choices[0]?.message.content ?? '';
  const first = await contentOf();
  t.regex(first, /^\{teacher_reasoning\}: .+\n\n\{corrected_student_solution\}: (\d+,){3}\d+\.$/);
  t.is(await contentOf(), first);
  const choices = await client.chat.completions.create({...request, n: 20});
  t.true(new Set(choices.choices.map(({message}) => message.content)).size > 1);
  const cold = await client.chat.completions.create({...request, n: 20, temperature: 0});
  t.is(new Set(cold.choices.map(({message}) => message.content)).size, 1);
});

test('a system message, a conversation and content in parts are read', async (t) => {
  const {client} = await start(t);
  const completion = await client.chat.completions.create({
    model: 'stronger',
    messages: [
      {role: 'system', content: ''},
      {role: 'user', content: 'Hello'},
      {role: 'assistant', content: 'Hello'},
      {
        role: 'user',
        content: [
          {type: 'text', text: '34*7 21+9 '},
          {type: 'text', text: '40-8 17*7>'},
        ],
      },
    ],
  });
  t.is(completion.choices[0]?.message.content, '=238 =30 =32 =119 ok.');
});

test('max_tokens and stop end an answer early, and it says which', async (t) => {
  const {client} = await start(t);
  const short = await client.chat.completions.create({...ask(PROMPT), max_tokens: 4});
  t.is(short.choices[0]?.message.content, '=238 =30');
  t.is(short.choices[0]?.finish_reason, 'length');
  t.is(short.usage?.completion_tokens, 4);
  const stopped = await client.chat.completions.create({...ask(PROMPT), stop: [' ok', ' =32']});
  t.is(stopped.choices[0]?.message.content, '=238 =30');
  t.is(stopped.choices[0]?.finish_reason, 'stop');
});

test('a stream gives the role, the pieces, the end and, where asked, the usage', async (t) => {
  const {client} = await start(t);
  const stream = await client.chat.completions.create({
    ...ask(PROMPT),
    stream: true,
    stream_options: {include_usage: true},
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  t.deepEqual(chunks[0]?.choices[0]?.delta, {role: 'assistant', content: ''});
  t.is(chunks.map(({choices}) => choices[0]?.delta.content ?? '').join(''), '=238 =30 =32 =119 ok.');
  t.deepEqual(
    chunks.map(({choices}) => choices[0]?.finish_reason ?? null).filter((reason) => reason !== null),
    ['stop'],
  );
  t.deepEqual(chunks.at(-1)?.choices, []);
  t.deepEqual(chunks.at(-1)?.usage, {prompt_tokens: 13, completion_tokens: 10, total_tokens: 23});
  t.is(chunks.at(-2)?.usage, null);
  t.is(new Set(chunks.map(({id}) => id)).size, 1);
});

test("the client's own stream helper puts the answer together", async (t) => {
  const {client} = await start(t, {tokensPerSecond: 1000});
  const completion = await client.chat.completions.stream({...ask(PROMPT), n: 2}).finalChatCompletion();
  t.deepEqual(
    completion.choices.map(({message, finish_reason}) => [message.content, finish_reason]),
    [
      ['=238 =30 =32 =119 ok.', 'stop'],
      ['=238 =30 =32 =119 ok.', 'stop'],
    ],
  );
});

test('without a key, and with a wrong one, there is nothing but status 401', async (t) => {
  const {url} = await start(t);
  for (const path of ['/models', '/chat/completions', '/nowhere']) {
    const without = await fetchJson(`${url}${path}`, {key: undefined});
    t.is(without.status, 401);
    t.like(errorOf(without), {type: 'invalid_request_error', param: null, code: null});
    t.regex(without.headers.get('x-request-id') ?? '', /^req_/);
  }
  const wrong = new OpenAI({apiKey: 'sk-wrong', baseURL: url, maxRetries: 0});
  const error = await t.throwsAsync(wrong.models.list(), {instanceOf: AuthenticationError});
  t.is(error.code, 'invalid_api_key');
  t.regex(error.requestID ?? '', /^req_/);
});

test('an unknown model and an unknown path are 404, and another method 405', async (t) => {
  const {client, url} = await start(t);
  const error = await t.throwsAsync(client.chat.completions.create(ask(PROMPT, 'gpt-4')), {
    instanceOf: NotFoundError,
  });
  t.is(error.code, 'model_not_found');
  t.regex(error.message, /gpt-4/);
  const nowhere = await fetchJson(`${url}/embeddings`, {method: 'POST', body: '{}'});
  t.is(nowhere.status, 404);
  t.regex(String(errorOf(nowhere).message), /POST \/v1\/embeddings/);
  const wrongMethod = await fetchJson(`${url}/chat/completions`);
  t.is(wrongMethod.status, 405);
  t.is(wrongMethod.headers.get('allow'), 'POST');
  t.is(errorOf(wrongMethod).code, 'method_not_supported');
});

const invalid: readonly (readonly [body: string, param: string | null, code: string | null])[] = [
  ['{', null, null],
  ['[]', null, null],
  ['{"model": "judge"}', 'messages', 'missing_required_parameter'],
  ['{"messages": [{"role": "user", "content": "x"}]}', 'model', 'missing_required_parameter'],
  ['{"model": "judge", "messages": []}', 'messages', 'invalid_value'],
  [
    '{"model": "judge", "messages": [{"role": "owner", "content": "x"}]}',
    'messages[0].role',
    'invalid_value',
  ],
  ['{"model": "judge", "messages": [{"role": "user"}]}', 'messages[0].content', null],
  ['{"model": "judge", "messages": [{"role": "user", "content": "x"}], "n": 0}', 'n', 'invalid_value'],
  [
    '{"model": "judge", "messages": [{"role": "user", "content": "x"}], "max_tokens": "9"}',
    'max_tokens',
    'invalid_type',
  ],
  [
    '{"model": "judge", "messages": [{"role": "user", "content": "x"}], "temperature": 3}',
    'temperature',
    'invalid_value',
  ],
  [
    '{"model": "judge", "messages": [{"role": "user", "content": "x"}], "logprobs": true}',
    'logprobs',
    'invalid_value',
  ],
  [
    '{"model": "judge", "messages": [{"role": "user", "content": "x"}], "stream_options": {}}',
    'stream_options',
    null,
  ],
];

test('a request that is not right is 400 and names the field', async (t) => {
  const {url, client} = await start(t);
  for (const [body, param, code] of invalid) {
    const reply = await fetchJson(`${url}/chat/completions`, {method: 'POST', body});
    t.is(reply.status, 400, body);
    t.is(errorOf(reply).type, 'invalid_request_error');
    t.is(errorOf(reply).param, param, body);
    if (code !== null) t.is(errorOf(reply).code, code, body);
  }
  await t.throwsAsync(client.chat.completions.create({...ask(PROMPT), temperature: 3}), {
    instanceOf: BadRequestError,
  });
});

test('requests beyond the limit are 429 and say when to come back', async (t) => {
  const {client} = await start(t, {requestsPerMinute: 2});
  const {response} = await client.chat.completions.create(ask(PROMPT)).withResponse();
  t.is(response.headers.get('x-ratelimit-limit-requests'), '2');
  t.is(response.headers.get('x-ratelimit-remaining-requests'), '1');
  await client.chat.completions.create(ask(PROMPT));
  const error = await t.throwsAsync(client.chat.completions.create(ask(PROMPT)), {
    instanceOf: RateLimitError,
  });
  t.is(error.code, 'rate_limit_exceeded');
  const seconds = Number(error.headers.get('retry-after'));
  t.true(Number.isInteger(seconds) && seconds >= 1 && seconds <= 30, String(seconds));
  t.is(Math.ceil(Number(error.headers.get('retry-after-ms')) / 1000), seconds);
  await t.notThrowsAsync(async () => client.models.list(), 'lists are not limited');
});

test('failures come at their rate, the same ones for the same seed, and a request tried again draws anew', async (t) => {
  const outcomes = async (seed: number) => {
    const {client, close} = await start(t, {failureRate: 0.5, seed});
    const statuses: number[] = [];
    for (let index = 0; index < 60; index++) {
      try {
        await client.chat.completions.create(ask(`question ${index % 30}`));
        statuses.push(200);
      } catch (error) {
        if (!(error instanceof InternalServerError)) throw error;
        statuses.push(error.status);
      }
    }
    await close();
    return statuses;
  };
  const [first, again, other] = await Promise.all([outcomes(1), outcomes(1), outcomes(2)]);
  t.deepEqual(again, first);
  t.notDeepEqual(other, first);
  t.deepEqual([...new Set(first)].sort(), [200, 500, 503]);
  const failed = first.filter((status) => status !== 200).length;
  t.true(failed > 15 && failed < 45, `${failed} of 60`);
  t.true(
    Array.from({length: 30}, (_, index) => index).some(
      (index) => first[index] !== 200 && first[index + 30] === 200,
    ),
    'some request succeeds at its second try',
  );
});

test('the client gets its answer from a teacher that fails, by trying again', async (t) => {
  const {url} = await start(t, {failureRate: 0.5, seed: 3});
  const patient = new OpenAI({apiKey: KEY, baseURL: url, maxRetries: 6});
  const completion = await patient.chat.completions.create(ask(PROMPT));
  t.is(completion.choices[0]?.message.content, '=238 =30 =32 =119 ok.');
});

test('a client that leaves a slow answer is let go, and closing does not wait for the others', async (t) => {
  const {client, close} = await start(t, {latencyMs: 3_600_000});
  const leaving = new AbortController();
  const left = client.chat.completions.create(ask(PROMPT), {signal: leaving.signal});
  const cut = client.chat.completions.create(ask(PROMPT));
  const streamed = client.chat.completions.create({...ask(PROMPT), stream: true});
  leaving.abort();
  await t.throwsAsync(left, {instanceOf: APIUserAbortError});
  await Promise.all([close(), t.throwsAsync(cut), t.throwsAsync(streamed)]);
});

test('a body without end is refused at its limit', async (t) => {
  const {url} = await start(t);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const agent = new Agent({keepAlive: false});
    const headers = {authorization: `Bearer ${KEY}`};
    const sending = request(`${url}/chat/completions`, {method: 'POST', headers, agent}, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on('error', reject);
    sending.write('x'.repeat(4 * 1024 * 1024 + 1));
  });
  t.is(status, 413);
});

test('a port that is taken is an error that names it', async (t) => {
  const {url} = await start(t);
  const port = Number(new URL(url).port);
  const error = await t.throwsAsync(startTeacher({key: KEY, seed: 0, latencyMs: 0, failureRate: 0, port}), {
    instanceOf: TerminalError,
  });
  t.true(error.message.includes(`127.0.0.1:${port}`), error.message);
});
