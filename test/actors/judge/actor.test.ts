import test from 'ava';
import {firstValueFrom, NEVER, take, tap, toArray} from 'rxjs';
import {show} from '../../../actors/judge/judge.js';
import {type CompletionPair, FinishReason, RejectionReason} from '../../../proto/messages.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {completion, modelList, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';

const pairOf = (promptId: string, first: string, second: string): CompletionPair => ({
  promptId,
  prompt: `task ${promptId}`,
  first,
  second,
  firstFinishReason: FinishReason.FINISH_REASON_STOP,
  secondFinishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 1,
});

test('pairs become candidates in the order of the judge, however they were shown; equal answers are not judged', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('scripted');
    const better = /^\{student_solution_1\}: good$/m.test(body?.messages[0]?.content ?? '') ? 1 : 2;
    return completion(`{teacher_reasoning}: so.\n\n{better_student_solution}: [${better}]`);
  });
  const ids = Array.from({length: 8}, (_, id) => String(id));
  for (const id of ids) await bus.publish('completion_pairs', pairOf(id, 'good', 'bad'), id);
  await bus.publish('completion_pairs', pairOf('same', 'good', 'good '), 'same');
  const fleet = fleetOf({
    dataset: 'judge_on_policy',
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY'}},
    actors: {judge: {endpoint: 'teacher', model: 'scripted', concurrency: 4}},
  });
  const actor = startActor(t, 'judge', fleet, server.url, {TEACHER_KEY: 'sk'});

  const candidates = await firstValueFrom(
    bus.deliveries('candidates', {maxInFlight: 16, drain$: NEVER}).pipe(
      tap((delivery) => void delivery.ack()),
      take(ids.length),
      toArray(),
    ),
  );
  t.deepEqual(candidates.map(({message}) => message.promptId).sort(), ids);
  t.true(candidates.every(({message: {chosen, rejected}}) => chosen === 'good' && rejected === 'bad'));
  const [rejection] = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(1), toArray()));
  t.is(rejection?.message.promptId, 'same');
  t.is(rejection?.message.reason, RejectionReason.REJECTION_REASON_UNCHANGED);
  actor.drain();
  t.is((await actor.ended).code, 0);
  t.is((await bus.state('completion_pairs')).messages, 0);

  const prompts = requests.flatMap(({body}) => body?.messages[0]?.content ?? []);
  t.is(prompts.length, ids.length);
  const shownFlipped = prompts.filter((prompt) => prompt.includes('{student_solution_1}: bad')).length;
  t.is(shownFlipped, ids.filter((id) => show(pairOf(id, '', ''), 0).flipped).length);
  t.true(shownFlipped > 0 && shownFlipped < ids.length);
});
