import test from 'ava';
import {firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {
  type CandidatePair,
  FinishReason,
  PreferenceSource,
  RejectionReason,
} from '../../../proto/messages.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

test('a candidate is accepted unaltered, or rejected with its reason, and leaves the queue', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const candidate = (promptId: string, chosen: string): CandidatePair => ({
    promptId,
    prompt: 'x',
    chosen,
    rejected: 'an answer',
    chosenIds: [],
    rejectedIds: [7, 8],
    source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
    rationale: 'so',
    policyVersion: 1,
    model: 'scripted',
    requestId: 'req_1',
    finishReason: FinishReason.FINISH_REASON_STOP,
  });
  const good = candidate('good', 'an answer\n');
  const better = candidate('better', ' the answer\n');
  for (const pair of [good, better, candidate('long', 'an answer that goes on and on')]) {
    await bus.publish('candidates', pair, pair.promptId);
  }
  const fleet = fleetOf({
    endpoints: {teacher: {baseUrl: 'http://127.0.0.1:1/v1'}},
    actors: {reviser: {endpoint: 'teacher', model: 'scripted'}},
  });
  const actor = startActor(t, 'filter', fleet, server.url);

  const rejected = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(2), toArray()));
  const reasons = rejected.map(({message}) => [
    message.promptId,
    RejectionReason[message.reason],
    message.actor,
  ]);
  t.deepEqual(reasons.sort(), [
    ['good', 'REJECTION_REASON_UNCHANGED', 'filter'],
    ['long', 'REJECTION_REASON_LENGTH', 'filter'],
  ]);
  const accepted = await firstValueFrom(bus.deliveries('accepted', {maxInFlight: 1, drain$: NEVER}));
  t.deepEqual({...accepted.message}, {...better, history: []});
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('candidates')).messages, 0);
});
