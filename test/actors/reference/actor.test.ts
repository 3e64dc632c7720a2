/** The reference in a process of its own: which tokens become a pair, and what it says of them. */
import test from 'ava';
import {firstValueFrom, take, toArray} from 'rxjs';
import {
  type CandidatePair,
  FinishReason,
  PreferenceSource,
  RejectionReason,
} from '../../../proto/messages.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import {createPairScorer} from '../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {encodePair} from '../../../runtime/model/text/encode.js';
import {openEagerExecutor} from '../../../runtime/tensor/eager.js';
import '../../../runtime/tensor/cpu.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const limits = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32} as const;

const candidateOf = (promptId: string, fields: Partial<CandidatePair> = {}): CandidatePair => ({
  promptId,
  prompt: '12+34=',
  chosen: '46',
  rejected: '36',
  chosenIds: [],
  rejectedIds: [],
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  rationale: '',
  policyVersion: 1,
  model: 'scripted',
  requestId: 'req_1',
  finishReason: FinishReason.FINISH_REASON_STOP,
  ...fields,
});

const plainFleet = {
  ...fleetOf({
    endpoints: {teacher: {baseUrl: 'http://127.0.0.1:1/v1'}},
    actors: {reviser: {endpoint: 'teacher', model: 'scripted'}},
  }),
  policy: {model: demoPolicyFolder, ...limits},
};

test('a pair carries the tokens that were sampled, else those of its text, and their log-probabilities', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const policy = await loadCheckpoint(demoPolicyFolder);
  const texts = encodePair(policy.tokenizer, candidateOf('texts'), limits);
  // Another answer than the text says: what was sampled counts.
  const other = encodePair(policy.tokenizer, {prompt: '12+34=', chosen: '46', rejected: '37'}, limits);
  for (const pair of [
    candidateOf('sampled', {rejectedIds: [...other.rejectedIds]}),
    candidateOf('texts', {rationale: 'A digit was wrong.'}),
  ])
    await bus.publish('accepted', pair, pair.promptId);
  const actor = startActor(t, 'reference', plainFleet, server.url);

  const pairs = await firstValueFrom(bus.entries('pairs', {sequence: 1}).pipe(take(2), toArray()));
  const pairOf = (id: string) => pairs.find(({message}) => message.promptId === id)?.message;
  for (const [id, tokens] of [
    ['sampled', other],
    ['texts', texts],
  ] as const) {
    const {promptIds, chosenIds, rejectedIds, ...pair} = pairOf(id) ?? t.fail(`${id} is no pair`);
    t.deepEqual<unknown, unknown>(
      {promptIds, chosenIds, rejectedIds},
      {promptIds: tokens.promptIds, chosenIds: tokens.chosenIds, rejectedIds: tokens.rejectedIds},
    );
    // Operation by operation in plain JavaScript: another way to the same numbers.
    const scorer = createPairScorer(await loadCheckpoint(demoPolicyFolder), openEagerExecutor('cpu'), 64);
    const {chosen, rejected} = await scorer.logps(tokens);
    await scorer.dispose();
    t.true(Math.abs(pair.referenceChosenLogps - chosen) < 1e-4, `${pair.referenceChosenLogps} ${chosen}`);
    t.true(Math.abs(pair.referenceRejectedLogps - rejected) < 1e-4);
    t.like(pair, {model: 'scripted', rationale: id === 'texts' ? 'A digit was wrong.' : undefined});
  }
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('accepted')).messages, 0);
});

test('A pair with a token that the model does not have is rejected, and the pair after it is scored', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  for (const pair of [candidateOf('odd', {rejectedIds: [2 ** 31 - 1]}), candidateOf('sound')])
    await bus.publish('accepted', pair, pair.promptId);
  const actor = startActor(t, 'reference', plainFleet, server.url);

  const [pair] = await firstValueFrom(bus.entries('pairs', {sequence: 1}).pipe(take(1), toArray()));
  t.is(pair?.message.promptId, 'sound');
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  const rejection = (await bus.last('rejections'))?.message;
  t.is(rejection?.promptId, 'odd');
  t.is(rejection?.reason, RejectionReason.REJECTION_REASON_UNREADABLE);
  t.regex(rejection?.detail ?? '', /^rejected has token 2147483647, and the model knows \d+ of them$/);
});
