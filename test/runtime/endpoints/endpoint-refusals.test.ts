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
  isProbe,
  json,
  type ScriptedReply,
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

test('a key without the right to the model ends once a harmless request is denied too', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(403, 'not in your plan'));
  t.regex(await failureOf(t, optionsFor(baseUrl), TerminalError), /403 not in your plan; set SCRIPTED_KEY/);
  t.deepEqual(requests.map(isProbe), [false, true]);
});

test('an unknown model or path ends with the keys of model and address', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(404, 'The model does not exist'));
  t.regex(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    /404 The model does not exist; correct actors\.reviser\.model or endpoints\.scripted\.baseUrl/,
  );
  t.is(requests.length, 2);
});

test('a spent quota and an unsupported parameter end, although their statuses would not', async (t) => {
  const spent = await scriptedEndpoint(t, () =>
    apiError(429, 'You exceeded your quota', {code: 'insufficient_quota'}),
  );
  t.regex(
    await failureOf(t, optionsFor(spent.baseUrl), TerminalError),
    /add credit to the account of the key in SCRIPTED_KEY/,
  );
  t.is(spent.requests.length, 2);
  const strict = await scriptedEndpoint(t, () =>
    apiError(400, "'messages' must be short", {code: 'unsupported_value'}),
  );
  t.regex(
    await failureOf(t, optionsFor(strict.baseUrl), TerminalError),
    /'messages' must be short; correct actors\.reviser/,
  );
  t.is(strict.requests.length, 2);
});

test('an endpoint that refuses a harmless request refuses all: it ends before a prompt is given up', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(400, 'max_tokens is too large'));
  t.regex(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    /400 max_tokens is too large; correct actors\.reviser so that the endpoint accepts its requests/,
  );
  t.is(requests.length, 2);
});

const page = (status: number, body: string): ScriptedReply => ({
  kind: 'respond',
  status,
  body,
  headers: {'content-type': 'text/html'},
});
for (const [what, flagged, reason] of [
  ['403 flags', apiError(403, 'moderation: input flagged'), '403 moderation: input flagged'],
  ['404 flags', apiError(404, 'no provider takes this input'), '404 no provider takes this input'],
  ['402 flags', apiError(402, 'this one costs more'), '402 this one costs more'],
  ['a web page answers', page(403, '<h1>Blocked\u001b[31m</h1>'), '403 <h1>Blocked [31m</h1>'],
  ['a 422 without an error refuses', json(422, {detail: 'too long'}), '422 too long'],
  ['a filter refuses', apiError(400, 'filtered', {code: 'content_filter'}), '400 filtered'],
  [
    'no choice answers',
    json(200, {object: 'chat.completion', choices: []}),
    'not a chat completion: {"object":"chat.completion","choices":[]}',
  ],
] as const) {
  test(`of a prompt that ${what}, first or later, the reason is kept and the others are answered`, async (t) => {
    const {baseUrl} = await scriptedEndpoint(t, ({body}) =>
      body?.messages[0]?.content === 'odd' ? flagged : completion('fine'),
    );
    const endpoint = openEndpoint(optionsFor(baseUrl));
    for (const prompt of ['odd', 'even', 'odd', 'even']) {
      const reply = await endpoint.complete({prompt, signal});
      t.deepEqual(
        reply.kind === 'answer' ? reply.text : reply,
        prompt === 'odd' ? {kind: 'refused', reason} : 'fine',
      );
    }
  });
}

for (const [what, denial, line] of [
  [
    'credit',
    apiError(402, 'out of credit'),
    /402 out of credit; add credit to the account of the key in SCRIPTED_KEY/,
  ],
  ['a key', apiError(401, 'key expired'), /401 key expired; set SCRIPTED_KEY/],
] as const) {
  test(`${what} that is used up in the middle of a run ends it, and no prompt is given up for it`, async (t) => {
    // Two are answered after the first was denied already: they were taken before.
    let denied = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      denied = resolve;
    });
    const {baseUrl} = await scriptedEndpoint(t, async (request) => {
      const prompt = request.body?.messages[0]?.content;
      if (prompt === 'taken before') await first;
      if (prompt === 'taken before' || prompt === 'hello') return completion('fine');
      denied();
      return denial;
    });
    const endpoint = openEndpoint(optionsFor(baseUrl));
    t.is((await endpoint.complete({prompt: 'hello', signal})).kind, 'answer');
    const before = [1, 2].map(() => endpoint.complete({prompt: 'taken before', signal}));
    for (const prompt of ['later', 'later still']) {
      const error = await t.throwsAsync(endpoint.complete({prompt, signal}), {instanceOf: TerminalError});
      t.regex(error?.message ?? '', line);
    }
    for (const reply of await Promise.all(before)) t.is(reply.kind, 'answer');
  });
}

test('a key that is refused once, and then taken, costs no prompt', async (t) => {
  const script = inOrder(
    completion('fine'),
    apiError(401, 'try again'),
    completion('yes'),
    completion('fine'),
  );
  const {baseUrl, requests} = await scriptedEndpoint(t, script);
  const endpoint = openEndpoint(optionsFor(baseUrl));
  for (let i = 0; i < 2; i += 1) t.like(await endpoint.complete({prompt: 'hello', signal}), {text: 'fine'});
  t.deepEqual(requests.map(isProbe), [false, false, true, false]);
});

test('once an endpoint has answered, refusals are about single requests', async (t) => {
  let answers = 0;
  const {baseUrl} = await scriptedEndpoint(t, () => {
    answers += 1;
    return answers === 1 ? completion('fine') : apiError(400, 'no');
  });
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const kinds = [];
  for (let i = 0; i < 12; i += 1) kinds.push((await endpoint.complete({prompt: 'hello', signal})).kind);
  t.deepEqual(kinds, ['answer', ...Array<string>(11).fill('refused')]);
});

test('a web page instead of a completion is tried once more, also for a harmless request, and then ends', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => html);
  t.regex(
    await failureOf(t, optionsFor(baseUrl), TerminalError),
    /not a chat completion: <!doctype html><title>Welcome<\/title>; correct endpoints\.scripted\.baseUrl, which usually ends in \/v1/,
  );
  t.is(requests.length, 3);
});

test('pages and halves of answers of an endpoint that has answered pass, and cost no prompt and no run', async (t) => {
  const half: ScriptedReply = {kind: 'respond', status: 200, body: '{"choices": [', headers: {}};
  const {baseUrl, requests} = await scriptedEndpoint(
    t,
    inOrder(completion('one'), html, half, html, half, html, completion('two')),
  );
  const endpoint = openEndpoint(optionsFor(baseUrl, {timeoutMs: 60_000}));
  for (const text of ['one', 'two'])
    t.like(await endpoint.complete({prompt: 'hello', signal}), {kind: 'answer', text});
  // Asked twice; then each failure has the endpoint asked something harmless, too.
  t.deepEqual(requests.map(isProbe), [false, false, false, true, false, true, false]);
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
  t.regex(
    await failureOf(t, optionsFor(broken.baseUrl), TerminalError),
    /not a chat completion: {"choices": \[;/,
  );
  t.is(broken.requests.length, 3);
});
