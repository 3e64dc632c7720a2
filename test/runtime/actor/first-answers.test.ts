/** A model whose first answers are all of no use is found out before the rest is paid for. */
import test from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import {watchFirstAnswers} from '../../../runtime/actor/first-answers.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const {REJECTION_REASON_ENDPOINT, REJECTION_REASON_FORMAT, REJECTION_REASON_EMPTY} = RejectionReason;

test('it is said once as many answers are there, with reasons, an example and the remedy', async (t) => {
  const server = await withNatsServer(t);
  let published = 0;
  const rejectOn = (bus: Bus, reason: RejectionReason, detail: string, actor = 'reviser') => {
    published += 1;
    const promptId = String(published);
    return bus.publish(
      'rejections',
      {promptId, actor, reason, detail, prompt: '', completions: []},
      promptId,
    );
  };
  const asking = {model: 'm', maxFirstUnusable: 4, count: 1};

  const bus = await withBus(t, server);
  const first = watchFirstAnswers({bus, name: 'reviser'}, asking);
  // What was never asked about, and what others rejected, are no answers.
  await rejectOn(bus, REJECTION_REASON_EMPTY, 'the completion is empty');
  await rejectOn(bus, REJECTION_REASON_FORMAT, 'no verdict', 'judge');
  const ends = [];
  for (const [reason, detail, reply] of [
    [REJECTION_REASON_FORMAT, 'no line begins with {x}', 'Sure!'],
    [REJECTION_REASON_ENDPOINT, '400 no', undefined],
    [REJECTION_REASON_FORMAT, 'no line begins with {x}', 'Sure!'],
    [REJECTION_REASON_FORMAT, 'no line begins with {x}', 'Sure,\n\u001bit is 4.'],
  ] as const) {
    await rejectOn(bus, reason, detail);
    ends.push(await first.unusable(reply));
  }
  t.deepEqual(ends.slice(0, 3), Array(3).fill({kind: 'done'}));
  t.deepEqual(ends[3], {
    kind: 'fatal',
    isDone: true,
    reason:
      'none of the first 4 answers of m (actors.reviser) gives a pair: 3 × no line begins with {x}; 1 × 400 no; the last one begins: Sure, it is 4.; ask for less (actors.reviser.form: plain, and actors.reviser.structured: true where the endpoint can hold answers to JSON), or choose a model (actors.reviser.model) that keeps to the form in which it is asked to answer, or set actors.reviser.maxFirstUnusable to 0 to go on whatever it answers',
  });

  // Of two processes each counts its share, and what both rejected is together.
  const shared = watchFirstAnswers({bus, name: 'reviser'}, {...asking, count: 2});
  t.is((await shared.unusable()).kind, 'done');
  t.is((await shared.unusable()).kind, 'fatal');

  const off = watchFirstAnswers({bus, name: 'reviser'}, {...asking, maxFirstUnusable: 0});
  const useful = watchFirstAnswers({bus, name: 'reviser'}, asking);
  useful.usable();
  // One that is started again after the run has made a pair.
  await bus.publish(
    'candidates',
    {
      promptId: 'p',
      prompt: 'p',
      chosen: 'c',
      rejected: 'r',
      chosenIds: [],
      rejectedIds: [1],
      policyVersion: 0,
      source: 1,
      rationale: '',
      model: 'm',
      requestId: '',
      finishReason: 1,
    },
    'p',
  );
  const later = watchFirstAnswers({bus, name: 'reviser'}, asking);
  for (const watch of [off, useful, later])
    for (let answer = 0; answer < 6; answer += 1) t.is((await watch.unusable()).kind, 'done');
});
