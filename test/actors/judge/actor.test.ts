import test from 'ava';
import {firstValueFrom, NEVER, take, tap, toArray} from 'rxjs';
import {show} from '../../../actors/judge/judge.js';
import {Better, type CompletionPair, FinishReason, RejectionReason} from '../../../proto/messages.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {
  completion,
  inOrder,
  json,
  modelList,
  type SeenRequest,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

const pairOf = (promptId: string, first: string, second: string): CompletionPair => ({
  promptId,
  prompt: `task ${promptId}`,
  first,
  second,
  firstIds: [1],
  secondIds: [2, 3],
  firstFinishReason: FinishReason.FINISH_REASON_STOP,
  secondFinishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 1,
});

const fleetAt = (baseUrl: string, judge: object = {}) =>
  fleetOf({
    dataset: 'judge_on_policy',
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY'}},
    actors: {judge: {endpoint: 'teacher', model: 'scripted', concurrency: 4, ...judge}},
  });
const askedIn = (requests: readonly SeenRequest[]) =>
  requests.flatMap(({body}) => body?.messages[0]?.content ?? []);
const verdict = (better: number) =>
  completion(`{teacher_reasoning}: so.\n\n{better_student_solution}: [${better}]`);

for (const orders of ['both', 'seeded'] as const) {
  test(`pairs become candidates in the order of the judge, however they were shown (${orders}); equal answers are not judged`, async (t) => {
    const server = await withNatsServer(t);
    const bus = await withBus(t, server);
    const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
      if (method === 'GET') return modelList('scripted');
      return verdict(/^\{student_solution_1\}: good$/m.test(body?.messages[0]?.content ?? '') ? 1 : 2);
    });
    const ids = Array.from({length: 8}, (_, id) => String(id));
    for (const id of ids) await bus.publish('completion_pairs', pairOf(id, 'good', 'bad'), id);
    await bus.publish('completion_pairs', pairOf('same', 'good', 'good '), 'same');
    const actor = startActor(t, 'judge', fleetAt(baseUrl, {orders}), server.url, {TEACHER_KEY: 'sk'});

    const candidates = await firstValueFrom(
      bus.deliveries('candidates', {maxInFlight: 16, drain$: NEVER}).pipe(
        tap((delivery) => void delivery.ack()),
        take(ids.length),
        toArray(),
      ),
    );
    t.deepEqual(candidates.map(({message}) => message.promptId).sort(), ids);
    t.true(candidates.every(({message: {chosen, rejected}}) => chosen === 'good' && rejected === 'bad'));
    const [rejection] = await firstValueFrom(
      bus.entries('rejections', {sequence: 1}).pipe(take(1), toArray()),
    );
    t.is(rejection?.message.promptId, 'same');
    t.is(rejection?.message.reason, RejectionReason.REJECTION_REASON_UNCHANGED);
    actor.drain();
    t.is((await actor.ended).code, 0);
    t.is((await bus.state('completion_pairs')).messages, 0);

    const prompts = askedIn(requests);
    const shownFlipped = prompts.filter((prompt) => prompt.includes('{student_solution_1}: bad')).length;
    const flipped = ids.filter((id) => show(pairOf(id, '', ''), 0).flipped).length;
    t.is(prompts.length, orders === 'both' ? 2 * ids.length : ids.length);
    t.is(shownFlipped, orders === 'both' ? ids.length : flipped);
    t.true(flipped > 0 && flipped < ids.length);
  });
}

test('chosen and fresh answers become comparisons, and neither candidates nor rejections', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('scripted');
    const asked = body?.messages[0]?.content ?? '';
    if (asked.includes('task anchor-1-2')) return verdict(0);
    return verdict(/^\{student_solution_1\}: good$/m.test(asked) ? 1 : 2);
  });
  const pairs = [
    pairOf('anchor-1-0', 'good', 'bad'),
    // The policy's was cut: it is compared as far as it goes.
    {...pairOf('anchor-1-1', 'bad', 'good'), secondFinishReason: FinishReason.FINISH_REASON_LENGTH},
    pairOf('anchor-1-2', 'good', 'bad'),
    pairOf('anchor-1-3', 'good', ' '),
  ];
  for (const pair of pairs) await bus.publish('anchor_pairs', pair, pair.promptId);
  const fleet = {
    ...fleetAt(baseUrl),
    dataset: 'judge_off_policy' as const,
    objective: {name: 'auto', learningRate: 1e-5},
  };
  const actor = startActor(t, 'judge', fleet, server.url, {TEACHER_KEY: 'sk'});
  const comparisons = await firstValueFrom(
    bus.entries('comparisons', {sequence: 1}).pipe(take(pairs.length), toArray()),
  );
  actor.drain();
  t.is((await actor.ended).code, 0);
  const found = comparisons.map(({message}) => message).sort((a, b) => (a.promptId < b.promptId ? -1 : 1));
  t.deepEqual(
    found.map(({better, model}) => [better, model]),
    [
      [Better.BETTER_CHOSEN, 'scripted-2024'],
      [Better.BETTER_FRESH, 'scripted-2024'],
      [Better.BETTER_NEITHER, ''],
      [Better.BETTER_NEITHER, ''],
    ],
  );
  t.like(found[3], {chosen: 'good', fresh: ' ', policyVersion: 1, rationale: 'the second answer is empty'});
  for (const channel of ['candidates', 'rejections'] as const)
    t.is((await bus.state(channel)).lastSequence, 0, channel);
  t.is((await bus.state('anchor_pairs')).messages, 0);
});

test('where the judge is there for advice alone, one that cannot be asked decides nothing, and ends nothing', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl} = await scriptedEndpoint(t, () => json(401, {error: {message: 'no such key'}}));
  const fleet = {
    ...fleetAt(baseUrl),
    dataset: 'stronger_preferred' as const,
    objective: {name: 'auto', learningRate: 1e-5},
  };
  const actors = {...fleet.actors, answerer: {endpoint: 'teacher', model: 'stronger'}};
  const pair = pairOf('anchor-1-0', 'good', 'bad');
  await bus.publish('anchor_pairs', pair, pair.promptId);
  const actor = startActor(t, 'judge', {...fleet, actors}, server.url, {TEACHER_KEY: 'sk'});
  const {message} = await firstValueFrom(bus.entries('comparisons', {sequence: 1}));
  t.like(message, {promptId: 'anchor-1-0', better: Better.BETTER_NEITHER});
  t.regex(message.rationale, /no such key/);
  actor.drain();
  t.is((await actor.ended).code, 0);
  t.regex(actor.warnings().join('\n'), /^answers are not compared, .*no such key/m);
});

test('a judge that prefers a place gives no pair, nor one that prefers neither, and each has its reason', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('scripted');
    return verdict(body?.messages[0]?.content.includes('task even') ? 0 : 1);
  });
  for (const id of ['even', 'place']) await bus.publish('completion_pairs', pairOf(id, 'good', 'bad'), id);
  const actor = startActor(t, 'judge', fleetAt(baseUrl), server.url, {TEACHER_KEY: 'sk'});
  const rejected = await firstValueFrom(bus.entries('rejections', {sequence: 1}).pipe(take(2), toArray()));
  t.deepEqual(
    rejected
      .map(({message: {promptId, reason, detail}}) => [promptId, RejectionReason[reason], detail])
      .sort(),
    [
      ['even', 'REJECTION_REASON_TIE', 'the judge finds neither better'],
      ['place', 'REJECTION_REASON_DISAGREEMENT', 'in both orders the judge prefers the answer shown first'],
    ],
  );
  t.true(rejected.every(({message}) => message.reply?.includes('{better_student_solution}')));
  actor.drain();
  t.is((await actor.ended).code, 0);
  t.is(askedIn(requests).length, 3);
});

test('a judge whose first answers are all of no use ends for good, and what it was not asked about stays', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  // What is asked while the first two answers are counted is never answered, so that they are two whoever is faster.
  const answer = inOrder(completion('Both are fine.'), completion('Both are fine.'), {kind: 'hang'});
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : answer(),
  );
  for (const id of ['1', '2', '3', '4', '5'])
    await bus.publish('completion_pairs', pairOf(id, 'good', 'bad'), id);
  const fleet = fleetOf({
    dataset: 'judge_on_policy',
    endpoints: {teacher: {baseUrl}},
    actors: {
      judge: {
        endpoint: 'teacher',
        model: 'scripted',
        concurrency: 1,
        maxFirstUnusable: 2,
        retryMalformed: false,
      },
    },
  });
  const {code, message} = await startActor(t, 'judge', fleet, server.url).ended;
  t.is(code, 2);
  t.is(message?.kind, 'fatal');
  t.regex(
    message?.message ?? '',
    /^none of the first 2 answers of scripted \(actors\.judge\) gives a pair: 2 × no line begins with \{better_student_solution\}; the last one begins: Both are fine\.;/,
  );
  t.is((await bus.state('completion_pairs')).messages, 3);
  t.is((await bus.state('rejections')).lastSequence, 2);
  t.true(requests.every(({authorization}) => authorization === undefined));
});

test('of several answers the best is chosen and the worst rejected, by comparisons of each with every other', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method, body}) => {
    if (method === 'GET') return modelList('scripted');
    const [first = 0, second = 0] = [1, 2].map((place) =>
      Number(
        new RegExp(`^\\{student_solution_${place}\\}: (\\d)$`, 'm').exec(
          body?.messages[0]?.content ?? '',
        )?.[1],
      ),
    );
    return verdict(first > second ? 1 : 2);
  });
  const answers = ['5', '7', '2', '5 '].map((text, id) => ({
    text,
    ids: [id],
    finishReason: FinishReason.FINISH_REASON_STOP,
  }));
  const set = {prompt: 'task', policyVersion: 1};
  await bus.publish('answer_sets', {...set, promptId: 'asked', answers}, 'asked');
  const fleet = {
    ...fleetAt(baseUrl),
    dataset: 'best_of_n' as const,
  };
  const actor = startActor(t, 'judge', fleet, server.url, {TEACHER_KEY: 'sk'});
  const candidates = await firstValueFrom(
    bus.deliveries('candidates', {maxInFlight: 2, drain$: NEVER}).pipe(
      tap((delivery) => void delivery.ack()),
      take(1),
      toArray(),
    ),
  );
  t.deepEqual(
    candidates.map(({message: {chosen, rejected, chosenIds, rejectedIds}}) => [
      ...[chosen, rejected],
      ...[...chosenIds, ...rejectedIds],
    ]),
    [['7', '2', 1, 2]],
  );
  actor.drain();
  t.is((await actor.ended).code, 0);
  // Three texts that differ, each with every other, in both orders.
  t.is(askedIn(requests).length, 6);
});
