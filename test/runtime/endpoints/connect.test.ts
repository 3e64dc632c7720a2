import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {checkEndpoint} from '../../../runtime/endpoints/check.js';
import {connectEndpoint} from '../../../runtime/endpoints/connect.js';
import {apiKeyFor, keyVariableOf, placeOf} from '../../../runtime/endpoints/place.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';
import {
  apiError,
  completion,
  html,
  inOrder,
  modelList,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const {signal} = new AbortController();
const asking = {
  endpoint: 'mine',
  model: 'scripted',
  temperature: 0,
  maxTokens: 8,
  concurrency: 1,
  timeoutMs: 5000,
};
const placeAt = (baseUrl: string) => placeOf('reviser', asking, {mine: {baseUrl, apiKeyEnv: 'MY_KEY'}});
const optionsAt = (baseUrl: string) => ({...placeAt(baseUrl), ...asking, apiKey: 'sk-1'});

test('a place names the keys of the fleet that it comes from', (t) => {
  t.deepEqual(placeAt('http://localhost:1/v1'), {
    baseUrl: 'http://localhost:1/v1',
    apiKeyEnv: 'MY_KEY',
    apiKeyFile: undefined,
    model: 'scripted',
    endpointKey: 'endpoints.mine',
    askingKey: 'actors.reviser',
  });
});

test('an endpoint that the fleet does not have, and a teacher that was not started, are said so', (t) => {
  const missing = t.throws(() => placeOf('judge', asking, {other: {demo: true}}), {
    instanceOf: TerminalError,
  });
  t.is(missing?.message, 'actors.judge.endpoint: there is no endpoints.mine; the fleet has other');
  const demo = t.throws(() => placeOf('judge', asking, {mine: {demo: true}}), {instanceOf: TerminalError});
  t.regex(
    demo?.message ?? '',
    /endpoints\.mine: the demo teacher has no address here; start the fleet with `anchorage up`/,
  );
});

test('the key comes from the variable that the fleet names, and its absence names both', (t) => {
  const place = placeAt('https://models.example/v1');
  t.is(apiKeyFor(place, {MY_KEY: ' sk-1\n'}), 'sk-1');
  for (const environment of [{}, {MY_KEY: ''}, {MY_KEY: ' '}]) {
    const error = t.throws(() => apiKeyFor(place, environment), {instanceOf: TerminalError});
    t.regex(error?.message ?? '', /variable MY_KEY \(named by endpoints\.mine\.apiKeyEnv\) is not set/);
  }
});

test('an endpoint of this machine needs no key, and gets the one that the fleet names where it is set', (t) => {
  for (const host of ['localhost', '127.0.0.1', '[::1]', '127.1.2.3', 'model.localhost']) {
    const place = placeAt(`http://${host}:8000/v1`);
    t.is(apiKeyFor(place, {}), undefined);
    t.is(apiKeyFor(place, {MY_KEY: 'sk-1'}), 'sk-1');
  }
});

test('a key goes to nobody whom the fleet does not name it for: OpenAI’s own goes to OpenAI alone', (t) => {
  const environment = {OPENAI_API_KEY: 'sk-openai'};
  const keyAt = (baseUrl: string) => apiKeyFor(placeOf('reviser', asking, {mine: {baseUrl}}), environment);
  t.is(keyAt('https://api.openai.com/v1'), 'sk-openai');
  for (const other of [
    'http://localhost:8000/v1',
    'https://models.example/v1',
    'http://api.openai.com/v1',
    'https://api.openai.com.example/v1',
  ])
    t.is(keyAt(other), undefined, other);
  t.is(keyVariableOf({baseUrl: 'https://models.example/v1', apiKeyEnv: 'OPENAI_API_KEY'}), 'OPENAI_API_KEY');
});

test('without a key no Authorization header is sent, whatever the environment holds, and a 401 names the key to write', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(401, 'who are you?'));
  const place = placeOf('reviser', asking, {mine: {baseUrl}});
  const check = await checkEndpoint({...place, apiKey: undefined}, 20_000);
  t.is(requests[0]?.authorization, undefined);
  t.is(
    check.kind === 'serves' ? '' : check.reason,
    `endpoint ${baseUrl}, model scripted: 401 who are you?; set endpoints.mine.apiKeyEnv to the name of the environment variable that holds a key for it`,
  );
});

test('an endpoint that lists the model serves it', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => modelList('other', 'scripted'));
  const check = await checkEndpoint({...placeAt(baseUrl), apiKey: 'sk-1'}, 20_000);
  t.deepEqual(check, {kind: 'serves', models: ['other', 'scripted']});
  t.deepEqual(
    requests.map(({method, path, authorization}) => [method, path, authorization]),
    [['GET', '/v1/models', 'Bearer sk-1']],
  );
});

for (const [what, reply, kind, reason] of [
  [
    'other models',
    modelList('a', 'b', 'c', 'd', 'e', 'f'),
    'model_missing',
    /does not list scripted \(actors\.reviser\.model\) but: a, b, c, d, e, …$/,
  ],
  [
    'no list',
    apiError(404, 'Not Found'),
    'unlisted',
    /gives no list of its models: 404 Not Found; where its answers fail too, correct actors\.reviser\.model or /,
  ],
  ['no list to this key', apiError(403, 'missing scope'), 'unlisted', /403 missing scope/],
  ['too many requests', apiError(429, 'slow down'), 'unlisted', /429 slow down/],
  ['a refused key', apiError(401, 'Incorrect API key'), 'denied', /401 Incorrect API key; set MY_KEY/],
  ['a web page', html, 'garbage', /not a list of models: <!doctype html>.*correct endpoints\.mine\.baseUrl/],
  [
    'a cut connection',
    {kind: 'cut', where: 'head'},
    'unreachable',
    /start it, or correct endpoints\.mine\.baseUrl/,
  ],
  ['nothing', {kind: 'hang'}, 'unreachable', /no answer within 200 ms/],
] as const) {
  test(`an endpoint that answers with ${what} is ${kind}`, async (t) => {
    const {baseUrl} = await scriptedEndpoint(t, () => reply);
    const check = await checkEndpoint(
      {...placeAt(baseUrl), apiKey: 'sk-1'},
      reply.kind === 'hang' ? 200 : 20_000,
    );
    t.is(check.kind, kind);
    t.regex(check.kind === 'serves' ? '' : check.reason, reason);
  });
}

test('an actor starts once the endpoint that starts beside it is there', async (t) => {
  const cut = {kind: 'cut', where: 'head'} as const;
  const {baseUrl, requests} = await scriptedEndpoint(
    t,
    inOrder(cut, cut, modelList('scripted'), completion('hi')),
  );
  const warn = (line: string) => t.fail(line);
  const endpoint = await connectEndpoint(optionsAt(baseUrl), {signal, warn});
  t.is((await endpoint.complete({prompt: 'hello', signal})).kind, 'answer');
  t.is(requests.length, 4);
});

test('a key may lie in a file, which is named where it is missing and read whole only where it is short', (t) => {
  const file = join(temporaryFolder(t), 'key');
  const place = placeOf('reviser', asking, {mine: {baseUrl: 'http://localhost:1/v1', apiKeyFile: file}});
  const missing = `the file ${file} (named by endpoints.mine.apiKeyFile) is empty, or cannot be read`;
  const keyNow = () => apiKeyFor(place, {});
  t.true(t.throws(keyNow, {instanceOf: TerminalError})?.message.startsWith(missing));
  writeFileSync(file, 'sk-in-a-file\n');
  t.is(keyNow(), 'sk-in-a-file');
  writeFileSync(file, 'x'.repeat(20_000));
  t.true(t.throws(keyNow, {instanceOf: TerminalError})?.message.startsWith(missing));
  writeFileSync(file, 'two words');
  t.throws(keyNow, {message: /apiKeyFile\) holds no key/});
  // Nobody writes to it: it would be waited for for ever.
  rmSync(file);
  execFileSync('mkfifo', [file]);
  t.true(t.throws(keyNow, {instanceOf: TerminalError})?.message.startsWith(missing));
});

test('an actor starts with a warning where only a request can tell, and not where none can succeed', async (t) => {
  const warnings: string[] = [];
  const warn = (line: string) => warnings.push(line);
  const {baseUrl} = await scriptedEndpoint(
    t,
    inOrder(apiError(404, 'no list'), apiError(401, 'bad key'), html),
  );
  const connect = () => connectEndpoint(optionsAt(baseUrl), {signal, warn});
  await t.notThrowsAsync(connect());
  t.is(warnings.length, 1);
  await t.throwsAsync(connect(), {instanceOf: TerminalError, message: /401 bad key/});
  await t.throwsAsync(connect(), {instanceOf: TerminalError, message: /not a list of models/});
  t.is(warnings.length, 1);
});

test('an endpoint that is at work on something else is waited for as long as for an answer, and that is said', async (t) => {
  let free = (_: unknown): void => undefined;
  const untilFree = new Promise((resolve) => {
    free = resolve;
  });
  const {baseUrl} = await scriptedEndpoint(t, async () => {
    await untilFree;
    return modelList('scripted');
  });
  const warnings: string[] = [];
  const warn = (line: string) => {
    warnings.push(line);
    free(undefined);
  };
  await t.notThrowsAsync(connectEndpoint(optionsAt(baseUrl), {signal, warn, startLimitMs: 20}));
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /is silent: it has \d+ s to list its models/);
});

test('an endpoint that is away when an actor starts is told of once, and its requests wait for it', async (t) => {
  const lines: string[] = [];
  let isUp = false;
  const {baseUrl, requests} = await scriptedEndpoint(t, () =>
    isUp ? completion('hi') : {kind: 'cut', where: 'head'},
  );
  const given = {signal, warn: () => undefined, tell: (line: string) => lines.push(line), startLimitMs: 0};
  const endpoint = await connectEndpoint(optionsAt(baseUrl), {...given, isWaitedFor: true});
  t.is(lines.length, 1);
  t.regex(
    lines[0] ?? '',
    /^endpoint \S+, model scripted: .*; start it, or correct endpoints\.mine\.baseUrl; it is waited for, some 15 s$/,
  );
  const asked = requests.length;
  const answering = endpoint.complete({prompt: 'hello', signal});
  while (requests.length === asked) await new Promise(setImmediate);
  isUp = true;
  t.is((await answering).kind, 'answer');
  t.deepEqual(lines.slice(1), [`endpoint ${baseUrl}, model scripted answers again`]);
});

test('one that nobody waits for, or that has others beside it, is left at once, for a reason that may pass', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'cut', where: 'head'}));
  const given = {signal, warn: () => undefined, startLimitMs: 0};
  const away = {instanceOf: RetryableError, message: /; start it, or correct endpoints\.mine\.baseUrl$/};
  await t.throwsAsync(connectEndpoint(optionsAt(baseUrl), given), away);
  const beside = {...optionsAt(baseUrl), hasOthers: true};
  await t.throwsAsync(connectEndpoint(beside, {...given, isWaitedFor: true}), away);
});

test('an actor that is asked to stop does not wait for its endpoint', async (t) => {
  const stop = new AbortController();
  const {baseUrl, requests} = await scriptedEndpoint(t, () => {
    stop.abort(new Error('stopping'));
    return {kind: 'cut', where: 'head'};
  });
  const connecting = connectEndpoint(optionsAt(baseUrl), {
    signal: stop.signal,
    warn: () => t.fail(),
  });
  await t.throwsAsync(connecting, {message: 'stopping'});
  t.is(requests.length, 1);
});
