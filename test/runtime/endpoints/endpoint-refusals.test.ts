/** What no further try can mend ends at once, in one line that says what to change. */
import test from 'ava';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {TerminalError} from '../../../runtime/errors.js';
import {failureOf, optionsFor, signal} from '../../helpers/asking.js';
import {
  apiError,
  completion,
  html,
  inOrder,
  json,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

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
