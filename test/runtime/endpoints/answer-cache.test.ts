/** Answers are paid for once. */
import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {
  answersFolderOf,
  countAnswer,
  type SharedAnswers,
  withAnswerCache,
} from '../../../runtime/endpoints/answer-cache.js';
import type {EndpointOptions} from '../../../runtime/endpoints/endpoint.js';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {optionsFor, signal} from '../../helpers/asking.js';
import {apiError, completion, inOrder, isProbe, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const silent = () => undefined;
const cachedBy = (options: EndpointOptions, folder: string, warn: (line: string) => void = silent) =>
  withAnswerCache(openEndpoint(options), options, {folder, warn});
const filesIn = (folder: string): string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));

test('what was answered is not asked again, by this process or another', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const folder = temporaryFolder(t);
  const asked = {system: 'be brief', prompt: 'hello', seed: 5, signal};
  const first = await cachedBy(optionsFor(baseUrl), folder).complete(asked);
  const second = await cachedBy(optionsFor(baseUrl), folder).complete(asked);
  t.deepEqual(second, {...first, cached: true});
  t.false('cached' in first);
  t.is(requests.length, 1);
});

test('another prompt, system turn, seed, model, temperature, limit or further field is another question', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const folder = temporaryFolder(t);
  const asked = {system: 'be brief', prompt: 'hello', seed: 5, signal};
  await cachedBy(optionsFor(baseUrl), folder).complete(asked);
  for (const change of [
    {prompt: 'hallo'},
    {history: [{role: 'assistant', content: 'ho'}]},
    {system: undefined},
    {seed: 6},
    {seed: undefined},
    {examples: [{prompt: 'hi', answer: 'ho'}]},
    {
      history: [
        {role: 'user', content: 'hi'},
        {role: 'assistant', content: 'ho'},
      ],
    },
    {form: {name: 'one', schema: {}}},
    {promptIds: [1, 2]},
    {promptIds: [1, 3]},
    {promptIds: [1, 3], body: {top_p: 0.9}},
  ])
    await cachedBy(optionsFor(baseUrl), folder).complete({...asked, ...change});
  for (const change of [
    {model: 'other'},
    {temperature: 0},
    {temperature: null},
    {maxTokens: 65},
    {extraBody: {top_p: 0.9}},
  ])
    await cachedBy(optionsFor(baseUrl, change), folder).complete(asked);
  t.is(requests.length, 17);
  // Names and fields that change no answer, and no field at all, are the same question.
  for (const change of [{maxTokensField: 'max_completion_tokens'} as const, {extraBody: {}}])
    await cachedBy(optionsFor(baseUrl, change), folder).complete(asked);
  t.is(requests.length, 17);
});

test('a refusal, and an empty answer, are not kept', async (t) => {
  const replies = inOrder(apiError(400, 'too long'), completion(''), completion('better'));
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) =>
    isProbe(request) ? completion('yes') : replies(),
  );
  const folder = temporaryFolder(t);
  const kinds: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const reply = await cachedBy(optionsFor(baseUrl), folder).complete({prompt: 'hello', signal});
    kinds.push(reply.kind === 'answer' ? reply.text : reply.kind);
  }
  t.deepEqual(kinds, ['refused', '', 'better', 'better']);
  t.is(requests.filter((request) => !isProbe(request)).length, 3);
});

test('a damaged file is as none, and written anew', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const folder = temporaryFolder(t);
  const ask = () => cachedBy(optionsFor(baseUrl), folder).complete({prompt: 'hello', signal});
  await ask();
  const [file = ''] = filesIn(folder);
  for (const [turn, damage] of ['', '{"kind":"answer"', '{"kind":"answer","text":""}'].entries()) {
    writeFileSync(file, damage);
    t.like(await ask(), {kind: 'answer', text: 'better'});
    t.is(requests.length, turn + 2);
  }
  t.like(await ask(), {text: 'better', cached: true});
  t.deepEqual(filesIn(folder), [file]);
});

test('a folder that cannot be written costs one line, and no answer', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => completion('better'));
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const said: string[] = [];
  const endpoint = cachedBy(optionsFor(baseUrl), file, (line) => said.push(line));
  for (const prompt of ['hello', 'hallo'])
    t.like(await endpoint.complete({prompt, signal}), {kind: 'answer', text: 'better'});
  t.is(said.length, 1);
  t.regex(said[0] ?? '', /^answers are not kept for another time: [^\n]*$/);
});

/** What machines that share no folder have between them. */
const sharing = () => {
  const kept = new Map<string, Uint8Array>();
  const answers: SharedAnswers = {
    get: async (sha256) => kept.get(sha256),
    put: async (sha256, answer) => void kept.set(sha256, answer),
  };
  return {kept, answers};
};

test('what another machine asked is not asked again, and is not kept among what was answered here', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const options = optionsFor(baseUrl);
  const {kept, answers} = sharing();
  const on = (folder: string, shared?: SharedAnswers) =>
    withAnswerCache(openEndpoint(options), options, {folder, shared, warn: (line) => t.fail(line)});
  const [here, there] = [temporaryFolder(t), temporaryFolder(t)];
  const first = await on(here, answers).complete({prompt: 'hello', seed: 5, signal});
  const second = await on(there, answers).complete({prompt: 'hello', seed: 5, signal});
  t.deepEqual(second, {...first, cached: true});
  t.is(requests.length, 1);
  await on(there).complete({prompt: 'hello', seed: 5, signal});
  t.is(requests.length, 2);
  t.is(kept.size, 1);
  t.regex([...kept.keys()][0] ?? '', /^[0-9a-f]{64}$/);
});

test('what others share that is no answer is as none, and replaced', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => completion('better'));
  const options = optionsFor(baseUrl);
  const {kept, answers} = sharing();
  const ask = () => {
    const cache = {folder: temporaryFolder(t), shared: answers, warn: (line: string) => t.fail(line)};
    return withAnswerCache(openEndpoint(options), options, cache).complete({prompt: 'hello', signal});
  };
  await ask();
  const [[hash, good] = ['', new Uint8Array()]] = [...kept];
  const answer = JSON.parse(Buffer.from(good).toString());
  const odd = ['', '[]', {text: ''}, {model: 'a\u001b[2J'}, {completionTokens: -1}, {seconds: 'x'}];
  for (const [turn, each] of odd.entries()) {
    const text = typeof each === 'string' ? each : JSON.stringify({...answer, ...each});
    kept.set(hash, Buffer.from(text));
    t.like(await ask(), {text: 'better', model: answer.model});
    t.is(requests.length, turn + 2);
    t.is(JSON.parse(Buffer.from(kept.get(hash) ?? '').toString()).text, 'better');
  }
});

test('a server that shares nothing for now costs one line of each kind, and no answer', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => completion('better'));
  const options = optionsFor(baseUrl);
  const said: string[] = [];
  const away = () => Promise.reject(new Error('no answer'));
  const cache = {
    folder: temporaryFolder(t),
    shared: {get: away, put: away},
    warn: (line: string) => said.push(line),
  };
  const endpoint = withAnswerCache(openEndpoint(options), options, cache);
  for (const prompt of ['hello', 'hallo'])
    t.like(await endpoint.complete({prompt, signal}), {text: 'better'});
  t.deepEqual(said, [
    'answers of other machines are not looked for: no answer',
    'answers are not shared with other machines: no answer',
  ]);
});

test('the runs of one folder share their answers', (t) => {
  t.is(answersFolderOf(join('runs', 'one')), answersFolderOf(join('runs', 'two')));
});

test('an answer from the cache costs no request', (t) => {
  const totals: Record<string, number> = {};
  const count = (metric: string, by = 1) => {
    totals[metric] = (totals[metric] ?? 0) + by;
  };
  const answer = {kind: 'answer', text: 'a', finishReason: 'stop', model: 'm', requestId: ''} as const;
  const asked = {...answer, promptTokens: 3, completionTokens: 2, seconds: 0.5};
  countAnswer(count, asked);
  countAnswer(count, {...asked, cached: true});
  t.deepEqual(totals, {
    'endpoint/answers': 1,
    'endpoint/seconds': 0.5,
    'endpoint/cached': 1,
  });
});

test('An answer keeps its tokens and their log-probabilities; one that is not worth keeping is asked for again', async (t) => {
  const folder = temporaryFolder(t);
  let asked = 0;
  const answer = {
    kind: 'answer',
    text: '4',
    finishReason: 'stop',
    model: 'm',
    requestId: '',
    seconds: 1,
    promptTokens: 1,
    completionTokens: 2,
    tokenIds: [7, 2],
    tokenLogps: [-0.5, -0.25],
  } as const;
  const policy = {
    complete: async () => {
      asked += 1;
      return answer;
    },
  };
  const options = optionsFor('http://localhost:1/v1');
  const request = {prompt: '2+2=', promptIds: [5], signal};
  const never = withAnswerCache(policy, options, {folder, warn: t.log, isWorthKeeping: () => false});
  await never.complete(request);
  const cached = withAnswerCache(policy, options, {folder, warn: t.log});
  t.deepEqual(await cached.complete(request), answer);
  t.deepEqual(await cached.complete(request), {...answer, cached: true});
  t.is(asked, 2);
});
