/** Actors on machines that share nothing but the server: what one of them asked costs no other anything, in a later run either. */
import test from 'ava';
import {firstValueFrom, NEVER} from 'rxjs';
import {FinishReason} from '../../../../proto/messages.js';
import {fleetOf, startActor} from '../../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {completion, isProbe, modelList, scriptedEndpoint} from '../../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('A run with the same prompts and seed on another machine asks nothing again, though the first was killed', async (t) => {
  const server = await withNatsServer(t);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : completion('{corrected_student_solution}: four'),
  );
  const fleet = fleetOf({
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY'}},
    actors: {reviser: {endpoint: 'teacher', model: 'scripted'}},
  });
  await (await withBus(t, server, 'first')).answers.make();
  const revisions: string[] = [];
  for (const run of ['first', 'second']) {
    const bus = await withBus(t, server, run);
    const question = {
      promptId: '0',
      prompt: '2 + 2',
      completion: 'for',
      completionIds: [1],
      policyVersion: 0,
    };
    const finished = {finishReason: FinishReason.FINISH_REASON_STOP};
    await bus.publish('completions', {...question, ...finished}, '0');
    const place = {run, runFolder: `${temporaryFolder(t)}/${run}`};
    const reviser = startActor(t, 'reviser', fleet, server.url, {TEACHER_KEY: 'sk'}, place);
    const delivery = await firstValueFrom(bus.deliveries('candidates', {maxInFlight: 1, drain$: NEVER}));
    revisions.push(delivery.message.chosen);
    reviser.kill();
    await reviser.ended;
  }
  t.deepEqual(revisions, ['four', 'four']);
  t.is(requests.filter((request) => request.method !== 'GET' && !isProbe(request)).length, 1);
});
