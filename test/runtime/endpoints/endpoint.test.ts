/** A request and its answer, and how many are under way at once. */
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {checkEndpoint} from '../../../runtime/endpoints/check.js';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {RetryableError} from '../../../runtime/errors.js';
import {optionsFor, signal} from '../../helpers/asking.js';
import {
  apiError,
  completion,
  inOrder,
  isProbe,
  json,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

test('a deployment on Azure gets its version with each request, and the key in a header of its own', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) =>
    request.method === 'GET' ? apiError(404, 'Resource not found') : completion('better'),
  );
  const deployment = baseUrl.replace('/v1', '/openai/deployments/four?api-version=2024-10-21');
  const options = {...optionsFor(deployment), apiKey: 'sk-azure'};
  t.is((await checkEndpoint(options)).kind, 'unlisted');
  t.is((await openEndpoint(options).complete({prompt: 'hello', signal})).kind, 'answer');
  t.deepEqual(
    requests.map(({path, authorization, apiKey}) => ({path, authorization, apiKey})),
    ['models', 'chat/completions'].map((path) => ({
      path: `/openai/deployments/four/${path}?api-version=2024-10-21`,
      authorization: undefined,
      apiKey: 'sk-azure',
    })),
  );
});

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
    json(200, {choices: [{message: {role: 'assistant', content: null}, finish_reason: 'stop'}]}),
  );
  const reply = await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal});
  if (reply.kind !== 'answer') return t.fail(reply.reason);
  const {seconds: _, ...rest} = reply;
  t.deepEqual(rest, {
    kind: 'answer',
    text: '',
    emptyReason: 'the answer is empty',
    finishReason: 'stop',
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

test('a request that the endpoint will not take is refused by itself, and the next is answered', async (t) => {
  const script = inOrder(
    apiError(400, 'maximum context length is 4096'),
    apiError(422, 'no'),
    completion('fine'),
  );
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) =>
    isProbe(request) ? completion('yes') : script(),
  );
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const replies = [];
  for (let i = 0; i < 3; i += 1) replies.push(await endpoint.complete({prompt: 'hello', signal}));
  t.deepEqual(replies[0], {kind: 'refused', reason: '400 maximum context length is 4096'});
  t.deepEqual(replies[1], {kind: 'refused', reason: '422 no'});
  t.is(replies[2]?.kind, 'answer');
  // Whether it refuses everything was found out once.
  t.deepEqual(requests.map(isProbe), [false, true, false, false]);
});

test('a model that declines refuses the request', async (t) => {
  const message = {role: 'assistant', content: null, refusal: 'I cannot\nhelp'};
  const {baseUrl} = await scriptedEndpoint(t, (request) =>
    isProbe(request) ? completion('yes') : json(200, {choices: [{message, finish_reason: 'stop'}]}),
  );
  t.deepEqual(await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal}), {
    kind: 'refused',
    reason: 'the model declined: I cannot help',
  });
});

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
