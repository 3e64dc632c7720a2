import test from 'ava';
import {concatMap, firstValueFrom, NEVER, take, tap, toArray} from 'rxjs';
import {type Completion, FinishReason, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {
  apiError,
  completion,
  html,
  json,
  modelList,
  type ScriptedReply,
  type SeenRequest,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

const fleetAt = (baseUrl: string, concurrency = 2) =>
  fleetOf({
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY'}},
    actors: {reviser: {endpoint: 'teacher', model: 'scripted', maxTokens: 32, concurrency}},
  });
const env = {TEACHER_KEY: 'sk-teacher'};

const publish = (bus: Bus, promptId: string, fields: Partial<Completion> = {}) =>
  bus.publish(
    'completions',
    {
      promptId,
      prompt: `task ${promptId}`,
      completion: `answer ${promptId}`,
      completionIds: [1, 2, 3],
      finishReason: FinishReason.FINISH_REASON_STOP,
      policyVersion: 1,
      ...fields,
    },
    promptId,
  );

const askedFor = (request: SeenRequest): string =>
  /^\{task\}: (.*)$/m.exec(request.body?.messages[0]?.content ?? '')?.[1] ?? '';
const revised = (text: string) =>
  completion(`{teacher_reasoning}: so.\n\n{corrected_student_solution}: ${text}`);

test('each completion becomes a candidate or a rejection with its reason, and leaves the queue', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) => {
    if (request.method === 'GET') return modelList('scripted');
    switch (askedFor(request)) {
      case 'task good':
        return revised('better answer');
      case 'task shapeless':
        return completion('I would rather talk.');
      case 'task refused':
        return apiError(400, 'too long');
      default:
        // Where the refusal is the first of the answers, the endpoint is asked whether it answers anything.
        return completion('yes');
    }
  });
  await publish(bus, 'good');
  await publish(bus, 'shapeless');
  await publish(bus, 'refused');
  await publish(bus, 'empty', {completion: ''});
  await publish(bus, 'cut', {finishReason: FinishReason.FINISH_REASON_LENGTH});
  const actor = startActor(t, 'reviser', fleetAt(baseUrl), server.url, env);

  const rejected = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(4), toArray()));
  const reasons = rejected.map(({message}) => [
    message.promptId,
    RejectionReason[message.reason],
    message.detail,
    message.completions?.[0],
    message.reply ?? undefined,
  ]);
  t.deepEqual(reasons.sort(), [
    ['cut', 'REJECTION_REASON_TRUNCATED', 'the completion was cut off at 3 tokens', 'answer cut', undefined],
    ['empty', 'REJECTION_REASON_EMPTY', 'the completion is empty', '', undefined],
    ['refused', 'REJECTION_REASON_ENDPOINT', '400 too long', 'answer refused', undefined],
    [
      'shapeless',
      'REJECTION_REASON_FORMAT',
      'no line begins with {corrected_student_solution}',
      'answer shapeless',
      'I would rather talk.',
    ],
  ]);
  t.true(rejected.every(({message}) => message.actor === 'reviser'));
  t.true(rejected.every(({message}) => message.prompt === `task ${message.promptId}`));
  const candidate = await firstValueFrom(bus.deliveries('candidates', {maxInFlight: 1, drain$: NEVER}));
  t.deepEqual(
    {...candidate.message, usage: {...candidate.message.usage}},
    {
      promptId: 'good',
      prompt: 'task good',
      chosen: 'better answer',
      rejected: 'answer good',
      history: [],
      chosenIds: [],
      rejectedIds: [1, 2, 3],
      source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
      rationale: 'so.',
      policyVersion: 1,
      model: 'scripted-2024',
      requestId: 'req_7',
      finishReason: FinishReason.FINISH_REASON_STOP,
      usage: {requests: 1, promptTokens: 11, completionTokens: 7},
    },
  );
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('completions')).messages, 0);
  // What kept to no form was asked for twice, by two seeds.
  const asked = requests.filter((request) => request.method === 'POST' && askedFor(request) !== '');
  t.is(asked.length, 4);
  t.is(new Set(asked.map(({body}) => body?.seed)).size, 4);
  t.true(requests.every(({authorization}) => authorization === 'Bearer sk-teacher'));
});

test('whatever an endpoint answers instead of a revision is one rejection that says what it was', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const choice = (message: object, finish_reason: string) =>
    json(200, {choices: [{message, finish_reason}], usage: {prompt_tokens: 11, completion_tokens: 7}});
  const solution = '{corrected_student_solution}: half of';
  const odd: Readonly<Record<string, readonly [ScriptedReply, reason: string, detail: string]>> = {
    page: [html, 'ENDPOINT', 'not a chat completion: <!doctype html><title>Welcome</title>'],
    half: [
      {kind: 'respond', status: 200, body: '{"choices": [{"mess', headers: {}},
      'ENDPOINT',
      'not a chat completion: {"choices": [{"mess',
    ],
    empty: [json(200, {choices: []}), 'ENDPOINT', 'not a chat completion: {"choices":[]}'],
    refusal: [
      choice({content: null, refusal: 'I cannot'}, 'stop'),
      'ENDPOINT',
      'the model declined: I cannot',
    ],
    filter: [
      choice({content: solution}, 'content_filter'),
      'ENDPOINT',
      "the endpoint's filter withheld the answer: finish_reason is content_filter",
    ],
    null: [choice({content: null}, 'stop'), 'FORMAT', 'the answer is empty'],
    tool: [
      choice({content: null, tool_calls: [{id: 'c', type: 'function'}]}, 'tool_calls'),
      'FORMAT',
      'the answer is empty: the model called a tool',
    ],
    cut: [choice({content: solution}, 'length'), 'FORMAT', 'the answer is cut: finish_reason is length'],
  };
  const {baseUrl} = await scriptedEndpoint(t, (request) => {
    if (request.method === 'GET') return modelList('scripted');
    return odd[askedFor(request).replace('task ', '')]?.[0] ?? revised('better answer');
  });
  for (const promptId of [...Object.keys(odd), 'good']) await publish(bus, promptId);
  const actor = startActor(t, 'reviser', fleetAt(baseUrl, 4), server.url, env);
  const rejected = await firstValueFrom(
    bus.entries('rejections', {sequence: 1}).pipe(take(Object.keys(odd).length), toArray()),
  );
  t.deepEqual(
    Object.fromEntries(
      rejected.map(({message}) => [
        message.promptId,
        [RejectionReason[message.reason]?.replace('REJECTION_REASON_', ''), message.detail],
      ]),
    ),
    Object.fromEntries(Object.entries(odd).map(([id, [, reason, detail]]) => [id, [reason, detail]])),
  );
  const candidate = await firstValueFrom(bus.deliveries('candidates', {maxInFlight: 1, drain$: NEVER}));
  t.is(candidate.message.promptId, 'good');
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
});

test('a drain lets requests under way end and publishes what they gave', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let asked = (_: string): void => undefined;
  const underWay = new Promise<string>((resolve) => {
    asked = resolve;
  });
  const {baseUrl} = await scriptedEndpoint(t, async (request) => {
    if (request.method === 'GET') return modelList('scripted');
    asked(askedFor(request));
    await answered;
    return revised('better answer');
  });
  // Both are held, and which of them is asked for first is nobody's promise.
  await publish(bus, 'one');
  await publish(bus, 'other');
  const actor = startActor(t, 'reviser', fleetAt(baseUrl, 1), server.url, env);
  const paidFor = await underWay;
  actor.drain();
  // What waits for its turn was not asked for, and goes to another reader at once.
  const handedBack = await firstValueFrom(bus.deliveries('completions', {maxInFlight: 1, drain$: NEVER}));
  t.is(`task ${handedBack.message.promptId}`, paidFor === 'task one' ? 'task other' : 'task one');
  answer();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('candidates')).messages, 1);
  t.is((await bus.state('completions')).messages, 1);
});

test('one request that is not answered for long keeps no other back, and its own answer counts when it comes', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const {baseUrl} = await scriptedEndpoint(t, async (request) => {
    if (request.method === 'GET') return modelList('scripted');
    if (askedFor(request) === 'task slow') await answered;
    return revised('better answer');
  });
  await publish(bus, 'slow');
  const others = Array.from({length: 24}, (_, index) => String(index));
  for (const id of others) await publish(bus, id);
  const actor = startActor(t, 'reviser', fleetAt(baseUrl, 2), server.url, env);
  const candidates$ = bus.deliveries('candidates', {maxInFlight: 32, drain$: NEVER});
  const came = await firstValueFrom(
    candidates$.pipe(
      concatMap(async ({message, ack}) => {
        await ack();
        return message.promptId;
      }),
      tap((id) => {
        if (id === '23') answer();
      }),
      take(others.length + 1),
      toArray(),
    ),
  );
  t.is(came.at(-1), 'slow');
  t.deepEqual(
    came.slice(0, -1).sort((a, b) => Number(a) - Number(b)),
    others,
  );
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
});

test('a refused key, none, and a key refused later end the actor for good, and no completion is lost', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await publish(bus, 'kept');
  const closed = await scriptedEndpoint(t, () => apiError(401, 'Incorrect API key'));
  const revoked = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : apiError(401, 'Key revoked'),
  );
  const cases = [
    {baseUrl: closed.baseUrl, environment: env, message: /401 Incorrect API key; set TEACHER_KEY/},
    {
      baseUrl: closed.baseUrl,
      environment: {},
      message: /401 Incorrect API key; set TEACHER_KEY \(named by endpoints\.teacher\.apiKeyEnv\)/,
    },
    {baseUrl: revoked.baseUrl, environment: env, message: /401 Key revoked; set TEACHER_KEY/},
  ];
  await Promise.all(
    cases.map(async ({baseUrl, environment, message}) => {
      const end = await startActor(t, 'reviser', fleetAt(baseUrl), server.url, environment).ended;
      t.is(end.code, 2);
      t.is(end.message?.kind, 'fatal');
      t.regex(end.message?.message ?? '', message);
    }),
  );
  t.is((await bus.state('completions')).messages, 1);
});
