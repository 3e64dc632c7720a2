/** The advice of a live run, on a server; what sampler and judge would do, the test does. */
import test, {type ExecutionContext} from 'ava';
import {
  filter,
  firstValueFrom,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  ReplaySubject,
  take,
  toArray,
} from 'rxjs';
import {Better} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {AUTO_AUTHOR} from '../../../../runtime/fleet/anchor/advised.js';
import {followAnchor} from '../../../../runtime/fleet/anchor/follow-anchor.js';
import {putFirstObjective, setObjective} from '../../../../runtime/fleet/control/run-objective.js';
import {checkedFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {logNow} from '../../../../runtime/fleet/run/log-now.js';
import {good} from '../../../helpers/absurd-messages.js';
import {fleetOf} from '../../../helpers/actor-process.js';
import {checkpointMessage} from '../../../helpers/checkpoint-message.js';
import {withDecidingLearner} from '../../../helpers/deciding-learner.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const asking = {endpoint: 'teacher', model: 'j'};
const offPolicy: Fleet = checkedFleet('fleet.yaml', {
  ...fleetOf({endpoints: {teacher: {demo: true}}, actors: {judge: asking}}),
  dataset: 'judge_off_policy',
  objective: {name: 'auto', learningRate: 1e-5},
});

/** A run with pairs, and a learner that decides. */
const runWith = async (t: ExecutionContext, run: string, fleet: Fleet, pairs = 40): Promise<Bus> => {
  const bus = await withBus(t, server, run);
  await putFirstObjective(bus, fleet);
  await withDecidingLearner(t, bus, {taken: 5, steps: 100});
  for (let index = 0; index < pairs; index++)
    await bus.publish('pairs', {...good.pairs, promptId: String(index)}, String(index));
  return bus;
};

/** Whatever is to be compared has the fresh answer for the better one, but for the first of each checkpoint; counts them. */
const comparing = (t: ExecutionContext, bus: Bus): {readonly ids: string[]} => {
  const ids: string[] = [];
  const compared = bus
    .deliveries('anchor_prompts', {maxInFlight: 8, drain$: NEVER})
    .pipe(
      mergeMap(async ({message: {promptId, prompt, answers = []}, ack}) => {
        ids.push(promptId);
        const better = promptId.endsWith('-0') ? Better.BETTER_CHOSEN : Better.BETTER_FRESH;
        const texts = {prompt, chosen: answers[0]?.text ?? '', fresh: 'f', rationale: '', model: 'j'};
        await bus.publish('comparisons', {promptId, ...texts, policyVersion: 0, better}, promptId);
        await ack();
      }),
    )
    .subscribe();
  t.teardown(() => compared.unsubscribe());
  return {ids};
};

const checkpoint = (bus: Bus, policyVersion: number) =>
  bus.publish(
    'checkpoints',
    {...checkpointMessage(10 * policyVersion), policyVersion, pairSequence: 4 * policyVersion},
    `checkpoint-${policyVersion}`,
  );

const advice$ = (bus: Bus, versions: number): Observable<unknown> =>
  bus.entries('advice', {sequence: 1}).pipe(take(versions), toArray());

const autoControls = async (bus: Bus) =>
  (await logNow(bus, 'controls')).filter(({author}) => author === AUTO_AUTHOR);

test('Two checkpoints whose fresh answers win change the objective once, whoever follows the run anew, with the evidence', async (t) => {
  const bus = await runWith(t, 'turned', offPolicy);
  const {ids} = comparing(t, bus);
  const said: string[] = [];
  const follow = () => followAnchor(bus, offPolicy, {say: (line) => said.push(line)});
  const first = await follow();
  await checkpoint(bus, 1);
  await firstValueFrom(advice$(bus, 1));
  // As a kill does, between the advice of two checkpoints.
  first.unsubscribe();
  const second = await follow();
  await checkpoint(bus, 2);
  const asked = await firstValueFrom(
    bus.entries('controls', {sequence: 1}).pipe(filter(({message}) => message.author === AUTO_AUTHOR)),
  );
  t.is(asked.message.spec?.objective?.name, 'apo_down');
  t.regex(
    asked.message.evidence ?? '',
    /^at step 10 apo_down: chosen answers beat the policy’s in 1 of 20 \(.*by judge j\).*; at step 20 apo_down: /,
  );
  second.unsubscribe();
  const third = await follow();
  await checkpoint(bus, 3);
  await firstValueFrom(advice$(bus, 3));
  third.unsubscribe();
  t.is((await autoControls(bus)).length, 1);
  t.deepEqual(
    (await logNow(bus, 'advice')).map(({policyVersion, wins, losses}) => [policyVersion, wins, losses]),
    [1, 2, 3].map((version) => [version, 1, 19]),
  );
  t.is(new Set(ids).size, 60);
  t.is(ids.length, 60);
  const rows = (await logNow(bus, 'metrics')).filter(({actor}) => actor === 'up');
  t.deepEqual(
    rows.map(({step, policyVersion, values}) => [
      step,
      policyVersion,
      values['anchor/advice'],
      values['anchor/winners'],
    ]),
    [1, 2, 3].map((version) => [10 * version, version, -1, 0.05]),
  );
});

test('The first advice waits until there are as many pairs as it compares', async (t) => {
  const bus = await runWith(t, 'early', offPolicy, 1);
  const {ids} = comparing(t, bus);
  const following = await followAnchor(bus, offPolicy, {say: () => undefined});
  await checkpoint(bus, 0);
  for (let index = 1; index < 20; index++)
    await bus.publish('pairs', {...good.pairs, promptId: String(index)}, String(index));
  const {message} = await firstValueFrom(bus.entries('advice', {sequence: 1}));
  following.unsubscribe();
  t.like(message, {policyVersion: 0, wins: 1, losses: 19});
  t.is(ids.length, 20);
});

test('Advice that a kill kept from being followed is followed by whoever comes next', async (t) => {
  const bus = await runWith(t, 'late', offPolicy);
  for (const policyVersion of [1, 2])
    await bus.publish(
      'advice',
      {...good.advice, policyVersion, step: policyVersion, objective: 'apo_down', evidence: 'comparisons'},
      `advice-${policyVersion}`,
    );
  const asked = firstValueFrom(
    bus.entries('controls', {sequence: 1}).pipe(filter(({message}) => message.author === AUTO_AUTHOR)),
  );
  const following = await followAnchor(bus, offPolicy, {say: () => undefined});
  t.is((await asked).message.spec?.objective?.name, 'apo_down');
  following.unsubscribe();
});

test('Comparisons that are nowhere keep no advice waiting, and count as undecided', async (t) => {
  const bus = await runWith(t, 'lost', offPolicy);
  const gone = bus
    .deliveries('anchor_prompts', {maxInFlight: 8, drain$: NEVER})
    .pipe(
      mergeMap(async ({message: {promptId}, ack}) => {
        const texts = {prompt: 'p', chosen: 'c', fresh: 'f', rationale: '', model: 'j', policyVersion: 0};
        if (!promptId.endsWith('7'))
          await bus.publish('comparisons', {promptId, ...texts, better: Better.BETTER_FRESH}, promptId);
        await ack();
      }),
    )
    .subscribe();
  t.teardown(() => gone.unsubscribe());
  const following = await followAnchor(bus, offPolicy, {say: () => undefined});
  await checkpoint(bus, 1);
  const {message} = await firstValueFrom(bus.entries('advice', {sequence: 1}));
  following.unsubscribe();
  t.like(message, {wins: 0, losses: 18, undecided: 2, objective: 'apo_down'});
});

test('A person’s word ends it, is said once, and nothing more is paid for', async (t) => {
  const bus = await runWith(t, 'by-hand', offPolicy);
  const {ids} = comparing(t, bus);
  const said$ = new ReplaySubject<string>();
  const isLast = (line: string) => line.includes('follows the advice no more');
  const following = await followAnchor(bus, offPolicy, {say: (line) => said$.next(line)});
  await checkpoint(bus, 1);
  await firstValueFrom(advice$(bus, 1));
  const changed = await setObjective(bus, {name: 'dpo'}, {timeoutMs: 30_000});
  t.is(changed.kind, 'applied');
  await firstValueFrom(said$.pipe(filter(isLast)));
  await checkpoint(bus, 2);
  await checkpoint(bus, 3);
  following.unsubscribe();
  const again = await followAnchor(bus, offPolicy, {say: (line) => said$.next(line)});
  again.unsubscribe();
  said$.complete();
  t.is(ids.length, 20);
  t.deepEqual(await autoControls(bus), []);
  t.is((await firstValueFrom(said$.pipe(filter(isLast), toArray()))).length, 1);
});

test('A recipe that tells is advice at every checkpoint, for nothing', async (t) => {
  const clair = checkedFleet('fleet.yaml', {
    ...fleetOf({endpoints: {teacher: {demo: true}}, actors: {reviser: asking}}),
    objective: {name: 'auto', learningRate: 1e-5},
  });
  const bus = await runWith(t, 'told', clair, 0);
  for (const version of [0, 1, 2]) await checkpoint(bus, version);
  const following = await followAnchor(bus, clair, {say: () => undefined});
  const both$ = merge(
    bus.entries('advice', {sequence: 1}),
    bus.entries('metrics', {sequence: 1}).pipe(filter(({message}) => message.actor === 'up')),
  );
  await firstValueFrom(
    both$.pipe(
      map(() => true),
      take(6),
      toArray(),
    ),
  );
  following.unsubscribe();
  const advice = await logNow(bus, 'advice');
  t.deepEqual(
    advice.map(({policyVersion, objective, evidence}) => [policyVersion, objective, evidence]),
    [0, 1, 2].map((version) => [version, 'apo_zero', 'recipe']),
  );
  t.is((await bus.state('anchor_prompts')).lastSequence, 0);
});
