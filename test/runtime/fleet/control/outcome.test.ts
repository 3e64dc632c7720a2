/** What becomes of what is asked of a run: one answer for the commands and for programs. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {throwError} from 'rxjs';
import {RunCommand} from '../../../../proto/messages.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {askAndWait} from '../../../../runtime/fleet/control/outcome.js';
import {setObjective} from '../../../../runtime/fleet/control/run-objective.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {objective} from '../../../../runtime/library.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withDecidingLearner} from '../../../helpers/deciding-learner.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const timeoutMs = 60_000;

const openRun = async (t: ExecutionContext) => {
  const bus = await withBus(t, await withNatsServer(t));
  await putFirstSpec(bus, await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml')));
  return bus;
};

test('A program that sets an objective is told from which step on, or why not', async (t) => {
  const bus = await openRun(t);
  await withDecidingLearner(t, bus, {taken: 3, steps: 9});
  const choice = {nats: bus.url, runs: temporaryFolder(t)};
  const applied = await objective.set({name: 'dpo', beta: 0.5}, choice);
  t.like(applied, {kind: 'applied', revision: 2, step: 4, name: 'dpo', beta: 0.5});
  t.deepEqual(applied.kind === 'applied' && applied.by, ['learner']);
  const refused = await objective.set({beta: 2, step: 2}, choice);
  t.like(refused, {kind: 'refused', revision: 3});
  t.regex(refused.kind === 'refused' ? refused.reason : '', /^too late: step 2 has begun already/);
  t.like(await objective.get(choice), {name: 'dpo', beta: 0.5, revision: 2});
});

test('What is in force already makes no new revision', async (t) => {
  const bus = await openRun(t);
  await withDecidingLearner(t, bus, {taken: 3, steps: 9});
  t.like(await setObjective(bus, {name: 'apo_zero'}, {timeoutMs}), {kind: 'unchanged', revision: 1});
  // What is set for a later step is not in force at the next.
  t.like(await setObjective(bus, {beta: 0.5}, {timeoutMs, step: 8}), {kind: 'applied', revision: 2, step: 8});
  t.like(await setObjective(bus, {beta: 0.5}, {timeoutMs}), {kind: 'refused', revision: 3});
  t.like(await setObjective(bus, {beta: 0.5}, {timeoutMs, step: 9}), {kind: 'unchanged', revision: 2});
  t.is((await bus.state('controls')).lastSequence, 3);
});

test('Under auto an objective that is named holds from then on by a revision of its own, once', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const demo = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const fleet = {...demo, objective: {...demo.objective, name: 'auto'}};
  await bus.kv.put<Fleet>('fleet', fleet);
  await putFirstSpec(bus, fleet);
  await withDecidingLearner(t, bus, {taken: 3, steps: 9});
  t.like(await setObjective(bus, {name: 'apo_zero'}, {timeoutMs}), {kind: 'applied', revision: 2, step: 4});
  t.like(await bus.last('controls'), {message: {namesObjective: true}});
  t.like(await setObjective(bus, {name: 'apo_zero'}, {timeoutMs}), {kind: 'unchanged', revision: 2});
});

test('Where no learner answers in time, the wish stands undecided', async (t) => {
  const bus = await openRun(t);
  t.like(await setObjective(bus, {name: 'dpo'}, {timeoutMs: 1}), {
    kind: 'undecided',
    revision: 2,
    underWaySeconds: undefined,
  });
  t.is((await bus.state('controls')).lastSequence, 2);
});

test('Where the server goes before the answer, it is said that what was asked for is decided on later', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const controls = await followControls(bus);
  t.teardown(() => controls.close());
  const cut = {...controls, heard$: throwError(() => new TerminalError('the server is away'))};
  await t.throwsAsync(askAndWait(bus, cut, {command: RunCommand.RUN_COMMAND_PAUSE}, timeoutMs), {
    instanceOf: TerminalError,
    message: 'revision 1 is asked for, and decided on when the run goes on: the server is away',
  });
  t.is((await bus.state('controls')).lastSequence, 1);
});
