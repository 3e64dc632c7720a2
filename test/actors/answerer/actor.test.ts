import test from 'ava';
import {firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {FinishReason, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {apiError, completion, modelList, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';

test('the stronger model is asked the prompt alone; its answer is chosen, and what gives none is a rejection', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('scripted');
    switch (body?.messages[0]?.content) {
      case 'task good':
        return completion('<think>so.</think>a stronger answer');
      case 'task cut':
        return completion('a stronger', 'length');
      default:
        return apiError(400, 'too long');
    }
  });
  for (const id of ['good', 'cut', 'refused', 'limit'])
    await bus.publish(
      'weaker_completions',
      {
        promptId: id,
        prompt: `task ${id}`,
        completion: ` answer ${id}`,
        completionIds: [1, 2, 3],
        finishReason: id === 'limit' ? FinishReason.FINISH_REASON_LENGTH : FinishReason.FINISH_REASON_STOP,
        policyVersion: 1,
      },
      id,
    );
  const fleet = fleetOf({
    dataset: 'stronger_preferred',
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY'}},
    actors: {answerer: {endpoint: 'teacher', model: 'scripted', concurrency: 2}},
  });
  const actor = startActor(t, 'answerer', fleet, server.url, {TEACHER_KEY: 'sk'});

  const rejected = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(3), toArray()));
  t.deepEqual(
    rejected
      .map(({message}) => [message.promptId, RejectionReason[message.reason], message.reply ?? undefined])
      .sort(),
    [
      ['cut', 'REJECTION_REASON_FORMAT', 'a stronger'],
      ['limit', 'REJECTION_REASON_TRUNCATED', undefined],
      ['refused', 'REJECTION_REASON_ENDPOINT', undefined],
    ],
  );
  const {message} = await firstValueFrom(bus.deliveries('candidates', {maxInFlight: 1, drain$: NEVER}));
  t.deepEqual(
    {...message, usage: {...message.usage}},
    {
      promptId: 'good',
      prompt: 'task good',
      chosen: ' a stronger answer',
      rejected: ' answer good',
      history: [],
      chosenIds: [],
      rejectedIds: [1, 2, 3],
      source: PreferenceSource.PREFERENCE_SOURCE_STRONGER,
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
  t.is((await bus.state('weaker_completions')).messages, 0);
  t.deepEqual(
    new Set(requests.flatMap(({body}) => (body === undefined ? [] : [body.messages.length]))),
    new Set([1]),
  );
});

test('other models answer a prompt that came without answers, and the judge gets them with their names', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('one', 'two', 'three');
    if (body?.model === 'three' || body?.messages.at(-1)?.content === 'task bad')
      return completion('cut', 'length');
    return completion(`answer of ${body?.model}`);
  });
  const history = [
    {role: 'system', content: 'own'},
    {role: 'user', content: 'a'},
    {role: 'assistant', content: ''},
  ];
  await bus.publish('unanswered', {promptId: 'good', prompt: 'task good', history}, 'good');
  await bus.publish('unanswered', {promptId: 'bad', prompt: 'task bad'}, 'bad');
  const fleet = fleetOf({
    dataset: 'judge_off_policy',
    endpoints: {teacher: {baseUrl}},
    actors: {
      answerer: {endpoint: 'teacher', model: 'one', others: ['one', 'two', 'three'], system: 'fleet'},
      judge: {endpoint: 'teacher', model: 'one'},
    },
  });
  const actor = startActor(t, 'answerer', fleet, server.url);
  const {message} = await firstValueFrom(bus.deliveries('recorded_answers', {maxInFlight: 1, drain$: NEVER}));
  t.is(message.promptId, 'good');
  // With the turns of the prompt as they are, and its own system message; where it has none, the fleet's.
  const sent = requests.flatMap(({body}) => (body?.model === 'one' ? [body.messages] : []));
  const lastOf = (content: string) => sent.find((messages) => messages.at(-1)?.content === content);
  t.deepEqual(lastOf('task good'), [...history, {role: 'user', content: 'task good'}]);
  t.deepEqual(lastOf('task bad')?.[0], {role: 'system', content: 'fleet'});
  t.is(message.history?.length, 3);
  t.deepEqual(
    message.answers.map(({text, model}) => [text, model]),
    [
      ['answer of one', 'one'],
      ['answer of two', 'two'],
    ],
  );
  const [rejection] = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(1), toArray()));
  t.is(rejection?.message.promptId, 'bad');
  t.is(rejection?.message.reason, RejectionReason.REJECTION_REASON_FORMAT);
  actor.drain();
  t.is((await actor.ended).code, 0);
  t.is((await bus.state('unanswered')).messages, 0);
});
