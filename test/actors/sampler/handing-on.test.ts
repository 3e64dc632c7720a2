import test from 'ava';
import {firstValueFrom, NEVER, take, tap, toArray} from 'rxjs';
import {FinishReason, RejectionReason} from '../../../proto/messages.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const answers = ['a', 'b', 'c'].map((text, index) => ({
  text,
  finishReason: FinishReason.FINISH_REASON_UNSPECIFIED,
  model: `model ${text}`,
  score: [2, 7, 1][index] ?? 0,
}));

test('recorded answers become a pair by their scores, without a policy or anybody to ask', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const prompts = [
    {promptId: 'good', prompt: 'p', answers},
    {promptId: 'even', prompt: 'p', answers: answers.map((answer) => ({...answer, score: 3}))},
    {promptId: 'none', prompt: 'p'},
  ];
  for (const prompt of prompts) await bus.publish('prompts', prompt, prompt.promptId);
  const fleet = {
    ...fleetOf({actors: {}}),
    // Nobody may load it.
    policy: {model: '/nowhere', format: 'plain' as const},
    datasets: [{dataset: 'judge_off_policy' as const, by: 'scores' as const}],
  };
  const actor = startActor(t, 'sampler', fleet, server.url);
  const [candidate] = await firstValueFrom(
    bus.deliveries('candidates', {maxInFlight: 1, drain$: NEVER}).pipe(
      tap((delivery) => void delivery.ack()),
      take(1),
      toArray(),
    ),
  );
  t.like(candidate?.message, {promptId: 'good', chosen: 'b', rejected: 'c', policyVersion: 0});
  const rejected = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(2), toArray()));
  t.deepEqual(rejected.map(({message: {promptId, reason}}) => [promptId, RejectionReason[reason]]).sort(), [
    ['even', 'REJECTION_REASON_TIE'],
    ['none', 'REJECTION_REASON_EMPTY'],
  ]);
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('prompts')).messages, 0);
});

test('for the judge they go to the queue that it reads', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.publish('prompts', {promptId: '1', prompt: 'p', answers}, '1');
  const fleet = {
    ...fleetOf({
      dataset: 'judge_off_policy',
      endpoints: {teacher: {demo: true}},
      actors: {judge: {endpoint: 'teacher', model: 'judge'}},
    }),
    policy: {model: '/nowhere', format: 'plain' as const},
  };
  const actor = startActor(t, 'sampler', fleet, server.url);
  const {message} = await firstValueFrom(bus.deliveries('recorded_answers', {maxInFlight: 1, drain$: NEVER}));
  t.deepEqual(
    message.answers.map(({text, model, score}) => [text, model, score]),
    answers.map(({text, model, score}) => [text, model, score]),
  );
  actor.drain();
  t.is((await actor.ended).code, 0);
});
