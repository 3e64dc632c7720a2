/** Several endpoints as one. */
import test from 'ava';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {openFailover, type Route} from '../../../runtime/endpoints/failover.js';
import type {Answer} from '../../../runtime/endpoints/reply.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';
import {optionsFor, signal} from '../../helpers/asking.js';
import {apiError, completion, inOrder, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';

const answer = (model: string): Answer => ({
  ...({kind: 'answer', text: 'a', finishReason: 'stop', model, requestId: ''} as const),
  ...{promptTokens: 1, completionTokens: 1, seconds: 0},
});

interface Scripted extends Route {
  /** What it does with the next requests: answers, unless there is an error. */
  error: Error | undefined;
  asked: number;
}
const routeOf = (name: string, weight = 1, keeps = false): Scripted => ({
  name,
  weight,
  error: undefined,
  asked: 0,
  kept: async () => (keeps ? {...answer(name), cached: true} : undefined),
  async complete() {
    this.asked += 1;
    if (this.error !== undefined) throw this.error;
    return answer(name);
  },
});
const modelOf = async (endpoint: ReturnType<typeof openFailover>, prompt: string) => {
  const reply = await endpoint.complete({prompt, seed: 1, signal});
  return reply.kind === 'answer' ? reply.model : reply.reason;
};
const prompts = Array.from({length: 900}, (_, index) => `task ${index}`);

test('Requests are shared by weight, and each goes to the same endpoint again', async (t) => {
  const [light, heavy] = [routeOf('light'), routeOf('heavy', 2)];
  const endpoint = openFailover([light, heavy], () => undefined);
  const first = await Promise.all(prompts.map((prompt) => modelOf(endpoint, prompt)));
  // A third of 900, give or take three standard deviations of √200.
  t.true(Math.abs(light.asked - 300) < 43, `${light.asked}`);
  t.is(light.asked + heavy.asked, 900);
  // The order of the list is nobody's.
  const again = openFailover([heavy, light], () => undefined);
  t.deepEqual(await Promise.all(prompts.map((prompt) => modelOf(again, prompt))), first);
});

test('An endpoint where no request can succeed is left out, longer each time, and is in use again once it answers', async (t) => {
  let nowMs = 0;
  const told: string[] = [];
  const [good, bad] = [routeOf('endpoints.good'), routeOf('endpoints.bad')];
  bad.error = new TerminalError('401 no');
  const endpoint = openFailover(
    [good, bad],
    (line) => told.push(line),
    () => nowMs,
  );
  const askAll = () => Promise.all(prompts.slice(0, 20).map((prompt) => modelOf(endpoint, prompt)));
  const expected = ['endpoints.bad is left out for 30 s: 401 no'];
  t.deepEqual(new Set(await askAll()), new Set(['endpoints.good']));
  t.deepEqual(told, expected);
  const asked = bad.asked;
  nowMs = 29_999;
  await askAll();
  t.is(bad.asked, asked);
  nowMs = 30_000;
  await askAll();
  t.true(bad.asked > asked);
  t.deepEqual(told, [...expected, 'endpoints.bad is left out for 60 s: 401 no']);
  bad.error = undefined;
  nowMs = 90_000;
  t.true((await askAll()).includes('endpoints.bad'));
  t.is(told.at(-1), 'endpoints.bad answers again');
});

test('One request that is not answered in time says nothing of an endpoint that answers others', async (t) => {
  let nowMs = 0;
  const told: string[] = [];
  const [one, other] = [routeOf('one'), routeOf('other')];
  const endpoint = openFailover(
    [one, other],
    (line) => told.push(line),
    () => nowMs,
  );
  const mine = 'task 0';
  const first = (await modelOf(endpoint, mine)) === 'one' ? one : other;
  // While it waits, another is answered.
  const answering = first.complete.bind(first);
  first.complete = async () => {
    first.complete = answering;
    nowMs += 1000;
    for (const prompt of prompts.slice(0, 20)) await modelOf(endpoint, prompt);
    nowMs += 1000;
    throw new RetryableError('too late');
  };
  t.not(await modelOf(endpoint, mine), first.name);
  t.deepEqual(told, []);
});

test('What is kept of any of them is not asked again', async (t) => {
  const [one, other] = [routeOf('one'), routeOf('other', 1e-9, true)];
  const endpoint = openFailover([one, other], () => undefined);
  t.like(await endpoint.complete({prompt: 'hello', signal}), {model: 'other', cached: true});
  t.is(one.asked, 0);
});

test('Where none answers, what may pass is tried again later, and what cannot ends', async (t) => {
  const [one, other] = [routeOf('one'), routeOf('other')];
  const endpoint = openFailover([one, other], () => undefined);
  one.error = new TerminalError('401 no');
  other.error = new RetryableError('away', {retryAfterMs: 5});
  const ask = () => endpoint.complete({prompt: 'hello', signal});
  await t.throwsAsync(ask, {instanceOf: RetryableError, message: 'away'});
  other.error = new TerminalError('404 no such model');
  await t.throwsAsync(ask, {instanceOf: TerminalError});
  one.error = undefined;
  t.like(await ask(), {model: 'one'});
});

test('Beside others, an endpoint that does not answer three tries of a request gives it up before its deadline', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, inOrder(apiError(503, 'busy')));
  const {baseUrl: next} = await scriptedEndpoint(t, () => completion('fine'));
  const at = (url: string, name: string): Route => ({
    ...openEndpoint(optionsFor(url, {hasOthers: true, timeoutMs: 600_000})),
    ...{name, weight: name === 'away' ? 1e9 : 1, kept: async () => undefined},
  });
  const told: string[] = [];
  const endpoint = openFailover([at(baseUrl, 'away'), at(next, 'there')], (line) => told.push(line));
  t.like(await endpoint.complete({prompt: 'hello', signal}), {text: 'fine'});
  t.is(requests.length, 3);
  t.regex(told.join(), /^away is left out for 30 s: .* in 3 tries, the last: 503 busy; /);
});
