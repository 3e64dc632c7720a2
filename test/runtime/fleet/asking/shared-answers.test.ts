/** Actors on machines that share nothing but the server: what one of them asked costs no other anything, in a later run either. */
import test from 'ava';
import {firstValueFrom, NEVER} from 'rxjs';
import {FinishReason} from '../../../../proto/messages.js';
import type {ActorContext} from '../../../../runtime/actor/context.js';
import {openAccount, sharesAnswers} from '../../../../runtime/fleet/asking/open-asking.js';
import {openJudges} from '../../../../runtime/fleet/asking/open-judges.js';
import {type Fleet, fleetSchema} from '../../../../runtime/fleet/file/schema.js';
import {fleetOf, startActor} from '../../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {completion, isProbe, modelList, scriptedEndpoint} from '../../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('Answers are shared where an address is the same server everywhere, or where the fleet says so', (t) => {
  const isShared = (endpoint: Parameters<typeof sharesAnswers>[0]['endpoints'][string]) =>
    sharesAnswers({endpoints: {teacher: endpoint}}, 'teacher');
  for (const baseUrl of ['https://api.openai.com/v1', 'http://gpu-1:8000/v1', 'http://10.0.0.7:8000/v1']) {
    t.true(isShared({baseUrl}), baseUrl);
    t.false(isShared({baseUrl, shareAnswers: false}), baseUrl);
  }
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal', '169.254.1.2']) {
    t.false(isShared({baseUrl: `http://${host}:8000/v1`}), host);
    t.true(isShared({baseUrl: `http://${host}:8000/v1`, shareAnswers: true}), host);
  }
  t.false(isShared({demo: true, latencyMs: 0, failureRate: 0}));
});

test('A run with the same prompts and seed on another machine asks nothing again, though the first was killed', async (t) => {
  const server = await withNatsServer(t);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : completion('{corrected_student_solution}: four'),
  );
  const fleet = fleetOf({
    // The same server to both of them, whatever its address says.
    endpoints: {teacher: {baseUrl, apiKeyEnv: 'TEACHER_KEY', shareAnswers: true}},
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

test('What the judge of one evaluator answered costs one on another machine nothing, and where answers are not shared it is asked', async (t) => {
  const server = await withNatsServer(t);
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : completion('4'),
  );
  const judge = {endpoint: 'teacher', model: 'scripted'};
  const given = {
    ...fleetOf({endpoints: {teacher: {baseUrl, shareAnswers: true}}, actors: {}}),
    evaluation: {suite: 'mt_bench', file: 'questions.jsonl', judge},
  };
  const shared = fleetSchema.parse(given);
  const unshared = fleetSchema.parse({...given, endpoints: {teacher: {baseUrl, shareAnswers: false}}});
  await (await withBus(t, server, 'any')).answers.make();
  /** An evaluator with a folder of its own, as on another machine: what its judge says, and what was counted for it. */
  const judgedBy = async (fleet: Fleet, run: string, index: number) => {
    const counts: Record<string, number> = {};
    const context = {
      ...{name: 'evaluator', index, fleet, runFolder: `${temporaryFolder(t)}/${run}`},
      bus: await withBus(t, server, run),
      signal: new AbortController().signal,
      log: {warn: (line: string) => t.log(line)},
      warn: (line: string) => t.log(line),
      advance: () => undefined,
      count: (metric: string, by = 1) => {
        counts[metric] = (counts[metric] ?? 0) + by;
        return counts[metric];
      },
    } as unknown as ActorContext<Fleet>;
    const [asked] = await openJudges(context, await openAccount(context, 'evaluator', () => fleet));
    const verdict = await asked?.ask({prompt: 'How good is this answer?'}, Number);
    return {verdict, counts};
  };
  const askedFor = () => requests.filter((request) => request.method !== 'GET' && !isProbe(request)).length;
  const read = {kind: 'read', value: 4, reply: '4'} as const;
  const first = await judgedBy(shared, 'run', 0);
  t.deepEqual(first.verdict, read);
  t.is(first.counts['endpoint/requests'], 1);
  const second = await judgedBy(shared, 'run', 1);
  t.deepEqual(second.verdict, read);
  t.like(second.counts, {'endpoint/cached': 1});
  t.is(second.counts['endpoint/requests'], undefined);
  t.is(askedFor(), 1);
  // Of another run of the server, too.
  t.deepEqual((await judgedBy(shared, 'other', 0)).verdict, read);
  t.is(askedFor(), 1);
  t.deepEqual((await judgedBy(unshared, 'run', 2)).verdict, read);
  t.is(askedFor(), 2);
});
