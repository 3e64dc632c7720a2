import {setMaxListeners} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {type EndpointOptions, openEndpoint, pauseBefore} from '../../../runtime/endpoints/endpoint.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';
import {
  apiError,
  completion,
  html,
  inOrder,
  json,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

const {signal} = new AbortController();
setMaxListeners(0, signal);

const optionsFor = (baseUrl: string, options: Partial<EndpointOptions> = {}): EndpointOptions => ({
  baseUrl,
  apiKey: 'sk-test',
  model: 'scripted',
  temperature: 0.7,
  maxTokens: 64,
  timeoutMs: 30_000,
  concurrency: 4,
  apiKeyEnv: 'SCRIPTED_KEY',
  endpointKey: 'endpoints.scripted',
  askingKey: 'actors.reviser',
  ...options,
});

/** The message of the error of this class that the first request ends with. */
const failureOf = async (
  t: ExecutionContext,
  options: EndpointOptions,
  instanceOf: typeof TerminalError | typeof RetryableError,
): Promise<string> => {
  const error = await t.throwsAsync(openEndpoint(options).complete({prompt: 'hello', signal}), {instanceOf});
  t.false(error?.message.includes('\n'), 'a message for a person is one line');
  return error?.message ?? '';
};

test('a request carries what was asked, and the answer what came back', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const reply = await endpoint.complete({system: 'be brief', prompt: 'hello', seed: 5, signal});
  if (reply.kind !== 'answer') return t.fail(reply.reason);
  const {seconds, ...rest} = reply;
  t.deepEqual(rest, {
    kind: 'answer',
    text: 'better',
    finishReason: 'stop',
    model: 'scripted-2024',
    requestId: 'req_7',
    promptTokens: 11,
    completionTokens: 7,
  });
  t.true(seconds > 0 && seconds < 60);
  t.is(requests.length, 1);
  t.is(requests[0]?.path, '/v1/chat/completions');
  t.is(requests[0]?.authorization, 'Bearer sk-test');
  t.deepEqual(requests[0]?.body, {
    model: 'scripted',
    messages: [
      {role: 'system', content: 'be brief'},
      {role: 'user', content: 'hello'},
    ],
    temperature: 0.7,
    max_tokens: 64,
    seed: 5,
  });
});

test('without a system turn or a seed, neither is sent; without usage or content, the answer is empty', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () =>
    json(200, {choices: [{message: {role: 'assistant', content: null}, finish_reason: 'content_filter'}]}),
  );
  const reply = await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal});
  if (reply.kind !== 'answer') return t.fail(reply.reason);
  const {seconds: _, ...rest} = reply;
  t.deepEqual(rest, {
    kind: 'answer',
    text: '',
    finishReason: 'content_filter',
    model: 'scripted',
    requestId: '',
    promptTokens: 0,
    completionTokens: 0,
  });
  t.deepEqual(Object.keys(requests[0]?.body ?? {}).sort(), [
    'max_tokens',
    'messages',
    'model',
    'temperature',
  ]);
  t.is(requests[0]?.body?.messages.length, 1);
});

test('a refused key ends with the variable to set, without a second try', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(401, 'Incorrect API key provided'));
  t.is(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    `endpoint ${baseUrl}, model scripted: 401 Incorrect API key provided; set SCRIPTED_KEY (named by endpoints.scripted.apiKeyEnv) to a key that is valid there for this model`,
  );
  t.is(requests.length, 1);
});

test('a key without the right to the model ends as a refused key does', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(403, 'not in your plan'));
  t.regex(await failureOf(t, optionsFor(baseUrl), TerminalError), /403 not in your plan; set SCRIPTED_KEY/);
  t.is(requests.length, 1);
});

test('an unknown model or path ends with the keys of model and address', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(404, 'The model does not exist'));
  t.regex(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    /404 The model does not exist; correct actors\.reviser\.model or endpoints\.scripted\.baseUrl/,
  );
  t.is(requests.length, 1);
});

test('a spent quota and an unsupported parameter end at once, although their statuses would not', async (t) => {
  const spent = await scriptedEndpoint(t, () =>
    apiError(429, 'You exceeded your quota', {code: 'insufficient_quota'}),
  );
  t.regex(
    await failureOf(t, optionsFor(spent.baseUrl), TerminalError),
    /add credit to the account of the key in SCRIPTED_KEY/,
  );
  t.is(spent.requests.length, 1);
  const strict = await scriptedEndpoint(t, () =>
    apiError(400, "'temperature' must be 1", {code: 'unsupported_value'}),
  );
  t.regex(
    await failureOf(t, optionsFor(strict.baseUrl), TerminalError),
    /'temperature' must be 1; correct actors\.reviser/,
  );
  t.is(strict.requests.length, 1);
});

test('a request that the endpoint will not take is refused by itself, and the next is answered', async (t) => {
  const script = inOrder(
    apiError(400, 'maximum context length is 4096'),
    apiError(422, 'no'),
    completion('fine'),
  );
  const {baseUrl, requests} = await scriptedEndpoint(t, script);
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const replies = [];
  for (let i = 0; i < 3; i += 1) replies.push(await endpoint.complete({prompt: 'hello', signal}));
  t.deepEqual(replies[0], {kind: 'refused', reason: '400 maximum context length is 4096'});
  t.deepEqual(replies[1], {kind: 'refused', reason: '422 no'});
  t.is(replies[2]?.kind, 'answer');
  t.is(requests.length, 3);
});

test('a model that declines refuses the request', async (t) => {
  const message = {role: 'assistant', content: null, refusal: 'I cannot\nhelp'};
  const {baseUrl} = await scriptedEndpoint(t, () => json(200, {choices: [{message, finish_reason: 'stop'}]}));
  t.deepEqual(await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal}), {
    kind: 'refused',
    reason: 'the model declined: I cannot help',
  });
});

test('an endpoint that refuses its first eight requests refuses them all', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => apiError(400, 'max_tokens is too large'));
  const endpoint = openEndpoint(optionsFor(baseUrl));
  for (let i = 1; i < 8; i += 1) t.is((await endpoint.complete({prompt: 'hello', signal})).kind, 'refused');
  const error = await t.throwsAsync(endpoint.complete({prompt: 'hello', signal}), {
    instanceOf: TerminalError,
  });
  t.regex(
    error?.message ?? '',
    /each of the first 8 requests was refused, the last with: 400 max_tokens is too large/,
  );
});

test('once an endpoint has answered, refusals are about single requests', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, inOrder(completion('fine'), apiError(400, 'no')));
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const kinds = [];
  for (let i = 0; i < 12; i += 1) kinds.push((await endpoint.complete({prompt: 'hello', signal})).kind);
  t.deepEqual(kinds, ['answer', ...Array<string>(11).fill('refused')]);
});

test('a web page instead of a completion is tried once more and then ends', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => html);
  t.regex(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    /not a chat completion: <!doctype html><title>Welcome<\/title>; correct endpoints\.scripted\.baseUrl, which usually ends in \/v1/,
  );
  t.is(requests.length, 2);
});

test('JSON that is no completion, and no JSON at all, end the same way', async (t) => {
  const other = await scriptedEndpoint(t, () => json(200, {hello: 'world'}));
  t.regex(
    await failureOf(t, optionsFor(other.baseUrl), TerminalError),
    /not a chat completion: {"hello":"world"}/,
  );
  const headers = {'content-type': 'application/json'};
  const broken = await scriptedEndpoint(t, () => ({
    kind: 'respond',
    status: 200,
    body: '{"choices": [',
    headers,
  }));
  t.regex(await failureOf(t, optionsFor(broken.baseUrl), TerminalError), /the body is not JSON/);
  t.is(broken.requests.length, 2);
});

for (const [what, passing] of [
  ['500', apiError(500, 'oops')],
  [
    '503 with a web page',
    {kind: 'respond', status: 503, body: '<html>', headers: {'content-type': 'text/html'}},
  ],
  ['408', apiError(408, 'slow')],
  [
    'a router that answers 200 with an error inside',
    json(200, {error: {message: 'provider failed', code: 502}}),
  ],
  ['a passing web page', html],
  ['a connection cut before the answer', {kind: 'cut', where: 'head'}],
  ['a connection cut within the answer', {kind: 'cut', where: 'body'}],
] as const) {
  test(`after ${what}, the next try is the answer`, async (t) => {
    const {baseUrl, requests} = await scriptedEndpoint(t, inOrder(passing, completion('fine')));
    const reply = await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal});
    t.is(reply.kind === 'answer' && reply.text, 'fine');
    t.is(requests.length, 2);
  });
}

test('429 is tried again no sooner than the endpoint asks, in milliseconds or in seconds', async (t) => {
  const times: number[] = [];
  const script = inOrder(
    apiError(429, 'slow down', {headers: {'retry-after-ms': '300'}}),
    apiError(429, 'slow down', {headers: {'retry-after': '0.4'}}),
    completion('fine'),
  );
  const {baseUrl} = await scriptedEndpoint(t, () => {
    times.push(performance.now());
    return script();
  });
  t.is((await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal})).kind, 'answer');
  const [first = 0, second = 0, third = 0] = times;
  // Timers may fire a millisecond early.
  t.true(second - first >= 299);
  t.true(third - second >= 399);
});

test('an endpoint that asks for more time than there is gets it from whoever asks again later', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () =>
    apiError(429, 'come back later', {headers: {'retry-after': '3600'}}),
  );
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const error = await t.throwsAsync(endpoint.complete({prompt: 'hello', signal}), {
    instanceOf: RetryableError,
  });
  t.is(error instanceof RetryableError && error.retryAfterMs, 3_600_000);
  t.regex(error?.message ?? '', /429 come back later; lower actors\.reviser\.concurrency/);
  t.is(requests.length, 1);
});

test('a date is a wait too, and one that has passed is none', async (t) => {
  const past = apiError(429, 'slow down', {headers: {'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT'}});
  const future = apiError(429, 'slow down', {
    headers: {'retry-after': new Date(Date.now() + 3_600_000).toUTCString()},
  });
  const {baseUrl, requests} = await scriptedEndpoint(t, inOrder(past, future));
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const error = await t.throwsAsync(endpoint.complete({prompt: 'hello', signal}), {
    instanceOf: RetryableError,
  });
  const waitMs = error instanceof RetryableError ? (error.retryAfterMs ?? 0) : 0;
  t.true(waitMs > 3_500_000 && waitMs <= 3_600_000);
  t.is(requests.length, 2);
});

test('an endpoint that never answers ends by its deadline, with its name and the remedy', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'hang'}));
  t.regex(
    await failureOf(t, optionsFor(baseUrl, {timeoutMs: 200}), RetryableError),
    /^endpoint http:\/\/127\.0\.0\.1:\d+\/v1, model scripted: no answer within 0\.2 s in 1 try, the last: .*raise actors\.reviser\.timeoutMs/,
  );
});

test('an answer that begins and never ends has the same deadline', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'stall'}));
  t.regex(
    await failureOf(t, optionsFor(baseUrl, {timeoutMs: 200}), RetryableError),
    /no answer within 0\.2 s/,
  );
});

test('a closed port is tried until the deadline, and the error says that nothing listens', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const message = await failureOf(
    t,
    optionsFor(`http://127.0.0.1:${port}/v1`, {timeoutMs: 2000}),
    RetryableError,
  );
  t.regex(
    message,
    /connect ECONNREFUSED 127\.0\.0\.1:\d+; start it, or correct endpoints\.scripted\.baseUrl/,
  );
});

test.serial(
  'silence for three deadlines on end ends for good; an answer in between begins the count again',
  async (t) => {
    const script = inOrder(
      completion('here'),
      {kind: 'hang'},
      {kind: 'hang'},
      completion('still here'),
      {kind: 'hang'},
      {kind: 'hang'},
      {kind: 'hang'},
    );
    const {baseUrl} = await scriptedEndpoint(t, script);
    // A process's first request loads much; it has a longer deadline.
    await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal});
    const endpoint = openEndpoint(optionsFor(baseUrl, {timeoutMs: 1000}));
    const ends = [];
    for (let i = 0; i < 6; i += 1) {
      ends.push(
        await endpoint.complete({prompt: 'hello', signal}).then(
          ({kind}) => kind,
          (error: Error) => error.name,
        ),
      );
    }
    t.deepEqual(ends, [
      'RetryableError',
      'RetryableError',
      'answer',
      'RetryableError',
      'RetryableError',
      'TerminalError',
    ]);
  },
);

test('no more requests are under way than allowed, and fewer once the endpoint is overloaded', async (t) => {
  const refused: (() => void)[] = [];
  let refusals = 0;
  const {baseUrl, requests} = await scriptedEndpoint(t, async () => {
    if (refusals === 4) return completion('fine');
    refusals += 1;
    // The first four are held until all of them are there.
    if (refusals < 4) await new Promise<void>((resolve) => refused.push(resolve));
    for (const release of refused.splice(0)) release();
    return apiError(429, 'slow down', {headers: {'retry-after-ms': '50'}});
  });
  const endpoint = openEndpoint(optionsFor(baseUrl, {concurrency: 4, timeoutMs: 60_000}));
  const replies = await Promise.all(
    Array.from({length: 8}, () => endpoint.complete({prompt: 'hello', signal})),
  );
  t.true(replies.every(({kind}) => kind === 'answer'));
  t.is(requests.length, 12);
  t.is(Math.max(...requests.slice(0, 4).map(({underWay}) => underWay)), 4);
  // The first two after the refusals find a limit of 2; each answer adds less than one.
  t.true(Math.max(...requests.slice(4, 6).map(({underWay}) => underWay)) <= 2);
});

test('the wait for a turn is not part of the deadline', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, async () => {
    await sleep(600);
    return completion('fine');
  });
  const endpoint = openEndpoint(optionsFor(baseUrl, {concurrency: 1, timeoutMs: 2500}));
  const replies = await Promise.all(
    Array.from({length: 5}, () => endpoint.complete({prompt: 'hello', signal})),
  );
  t.deepEqual(
    replies.map(({kind}) => kind),
    Array<string>(5).fill('answer'),
  );
});

test('a stop lets the request under way end, and ends those that wait for a turn or for another try', async (t) => {
  const stop = new AbortController();
  const reason = new RetryableError('the actor was asked to stop');
  const {baseUrl, requests} = await scriptedEndpoint(t, async () => {
    stop.abort(reason);
    await sleep(50);
    return completion('paid for');
  });
  const endpoint = openEndpoint(optionsFor(baseUrl, {concurrency: 1}));
  const underWay = endpoint.complete({prompt: 'first', signal: stop.signal});
  const waiting = endpoint.complete({prompt: 'second', signal: stop.signal});
  t.is(await t.throwsAsync(waiting), reason);
  t.is((await underWay).kind, 'answer');
  t.is(requests.length, 1);

  const later = new AbortController();
  const busy = await scriptedEndpoint(t, () => {
    setTimeout(() => later.abort(reason), 50);
    return apiError(503, 'busy', {headers: {'retry-after': '5'}});
  });
  const pausing = openEndpoint(optionsFor(busy.baseUrl)).complete({prompt: 'third', signal: later.signal});
  t.is(await t.throwsAsync(pausing), reason);
  t.is(busy.requests.length, 1);
});

test('pauses are full jitter below a doubling bound, on top of what the endpoint asks for', (t) => {
  t.is(pauseBefore(1, undefined, 0), 0);
  t.is(pauseBefore(1, undefined, 0.5), 250);
  t.is(pauseBefore(4, undefined, 0.5), 2000);
  t.is(pauseBefore(20, undefined, 0.5), 10_000);
  t.is(pauseBefore(1, 3000, 0.5), 3250);
});
