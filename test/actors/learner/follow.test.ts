/** A learner shard that does not lead, over a real server: it does what the leading one says, and nothing else. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {NEVER, ReplaySubject} from 'rxjs';
import {follow} from '../../../actors/learner/follow.js';
import type {Crew} from '../../../actors/learner/io/crew.js';
import type {Outside} from '../../../actors/learner/io/outside.js';
import {initialState} from '../../../actors/learner/io/training-state.js';
import {leadTurns, untilReady} from '../../../actors/learner/io/turns.js';
import type {Part} from '../../../actors/learner/step.js';
import type {StepTaker, Training} from '../../../actors/learner/training.js';
import {Answer, type PreferencePair} from '../../../proto/messages.js';
import {openExchange} from '../../../runtime/exchange/exchange.js';
import {ExchangeError} from '../../../runtime/exchange/exchange-error.js';
import {ask, followControls, putFirstSpec} from '../../../runtime/fleet/control/controls.js';
import {changedSpec, specOf} from '../../../runtime/fleet/control/spec.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import type {Batch} from '../../../runtime/learning/batches.js';
import {packageRoot} from '../../../runtime/paths.js';
import {startTestServer, type TestServer, withBus} from '../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server.remove());

let runs = 0;
const never = async (): Promise<void> => undefined;
/** Of so many pairs, without anything in them: what is trained on is of no account here. */
const batchOf = (pairs: number, index: number): Batch<PreferencePair> => ({
  pairs: Array.from({length: pairs}, () => ({}) as PreferencePair),
  next: {epoch: 1, index},
  sequence: index,
});

/**
 * Member 1 of two, which follows, and what the test leads it with as member 0.
 *
 * @param sizes of the batches that are next on the log
 */
const openCrew = async (t: ExecutionContext, sizes: readonly number[], timeoutMs = 60_000) => {
  const run = `follow-${runs++}`;
  const bus = await withBus(t, server, run);
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  await putFirstSpec(bus, fleet);
  const controls = await followControls(bus);
  t.teardown(() => controls.close());
  const exchangeOf = async (self: number) => {
    const exchange = await openExchange({url: server.url, run, epoch: 1, self, members: 2, timeoutMs});
    t.teardown(() => exchange.close());
    return exchange;
  };
  const leading = await exchangeOf(0);
  const did: string[] = [];
  const learner: StepTaker = {
    prepare: async (expression) => void did.push(`prepare ${expression}`),
    forget: never,
    setObjective: async (expression) => void did.push(`switch to ${expression}`),
    step: async (pairs, {beta}) => {
      did.push(`step on ${pairs.length} by beta ${beta}`);
      return {} as Awaited<ReturnType<StepTaker['step']>>;
    },
    optimizerState: async () => {
      did.push('gather');
      return new Map();
    },
    restore: () => undefined,
    weights: () => new Map(),
    dispose: never,
  };
  const training = {
    ...{learner, controls, state: initialState, saved: []},
    objective: {...fleet.objective, revision: 1},
  } as unknown as Training;
  const outside = {
    goToEntry: async (sequence: number) => void did.push(`go to ${sequence}`),
    async *batches() {
      for (const [index, pairs] of sizes.entries()) yield batchOf(pairs, index + 1);
    },
  } as unknown as Outside;
  let isOver = false;
  const left: string[] = [];
  const crew: Crew = {
    ...{number: 1, exchange: await exchangeOf(1), over$: NEVER, asked$: NEVER, isOver: () => isOver},
    ...{advance: async () => false, end: never},
    leave: async () => void left.push('left'),
  };
  const drain$ = new ReplaySubject<void>(1);
  const context = {
    ...{bus, fleet, drain$, name: 'learner', index: 1, timed: (_: string, work: () => unknown) => work()},
    log: {info: () => undefined, warn: () => undefined},
  };
  const part = {context, training, crew, outside} as unknown as Part;
  const turns = leadTurns(leading, () => training.state.step, timeoutMs / 3);
  t.teardown(() => turns.close());
  return {
    ...{bus, fleet, controls, leading, turns, did, left, training, drain$},
    over: () => {
      isOver = true;
    },
    following: follow(part),
  };
};

test('It goes where the leading shard begins, and takes the steps, saves and the end that this one says', async (t) => {
  const {turns, leading, did, training, following} = await openCrew(t, [3, 2]);
  await turns.say({kind: 'begin', checkpoint: 4, policyVersion: 9});
  await untilReady(leading);
  await turns.say({kind: 'begun'});
  await turns.say({kind: 'step', step: 1, pairs: 3, revision: 1});
  while (training.state.step < 1) await new Promise(setImmediate);
  await turns.say({kind: 'save', policyVersion: 10});
  await turns.say({kind: 'step', step: 2, pairs: 2, revision: 1});
  while (training.state.step < 2) await new Promise(setImmediate);
  await turns.say({kind: 'end'});
  t.is(await following, 'ended');
  t.deepEqual(did, ['go to 4', 'step on 3 by beta 1', 'gather', 'step on 2 by beta 1']);
  t.like(training.state, {step: 2, policyVersion: 10, pairsTrained: 5, pairSequence: 2});
});

test('A step by a revision that has not come here yet waits for it, and takes the step by it', async (t) => {
  const {bus, fleet, controls, turns, leading, did, training, following} = await openCrew(t, [1]);
  await turns.say({kind: 'begin', checkpoint: 0, policyVersion: 0});
  await untilReady(leading);
  await turns.say({kind: 'begun'});
  await turns.say({kind: 'step', step: 1, pairs: 1, revision: 2});
  const spec = changedSpec(specOf(fleet), {name: 'dpo', beta: 0.5});
  t.is(await ask(bus, controls.heard, {spec, previousRevision: 1}), 2);
  const said = {revision: 2, actor: 'learner', index: 0, reason: '', timeUnixMs: 0};
  await bus.publish('acknowledgements', {...said, answer: Answer.ANSWER_ACCEPTED, step: 1}, 'decision-2');
  while (training.state.step < 1) await new Promise(setImmediate);
  await turns.say({kind: 'end'});
  t.is(await following, 'ended');
  t.deepEqual(
    did.filter((each) => !each.startsWith('prepare')),
    ['go to 0', 'switch to dpo', 'step on 1 by beta 0.5'],
  );
  t.like(training.objective, {name: 'dpo', revision: 2});
});

test('A step on other pairs than are next here is refused, with both', async (t) => {
  const {turns, leading, did, following} = await openCrew(t, [3]);
  await turns.say({kind: 'begin', checkpoint: 0, policyVersion: 0});
  const refused = t.throwsAsync(following, {
    message: 'step 1 on 4 pairs is led; step 1 on 3 is next here',
  });
  await untilReady(leading);
  await turns.say({kind: 'begun'});
  await turns.say({kind: 'step', step: 1, pairs: 4, revision: 1});
  await refused;
  t.deepEqual(did, ['go to 0']);
});

test('Asked to stop, it asks to leave and goes on until the epoch is over', async (t) => {
  const {turns, leading, did, left, training, drain$, over, following} = await openCrew(t, [1, 1]);
  await turns.say({kind: 'begin', checkpoint: 0, policyVersion: 0});
  await untilReady(leading);
  await turns.say({kind: 'begun'});
  drain$.next();
  t.deepEqual(left, ['left']);
  await turns.say({kind: 'step', step: 1, pairs: 1, revision: 1});
  while (training.state.step < 1) await new Promise(setImmediate);
  over();
  await turns.say({kind: 'step', step: 2, pairs: 1, revision: 1});
  t.is(await following, 'over');
  t.deepEqual(did, ['go to 0', 'step on 1 by beta 1']);
});

test('A leading shard that leaves is named', async (t) => {
  const {turns, leading, following} = await openCrew(t, [1]);
  await turns.say({kind: 'begin', checkpoint: 0, policyVersion: 0});
  const failed = t.throwsAsync(following, {instanceOf: ExchangeError});
  await untilReady(leading);
  await leading.close();
  const error = await failed;
  t.like(error, {kind: 'left', member: 0});
});
