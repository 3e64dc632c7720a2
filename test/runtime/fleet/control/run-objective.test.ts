/** The objective is changed by one writer at a time, checked like the fleet's file. */
import test from 'ava';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  getObjective,
  putFirstObjective,
  setObjective,
} from '../../../../runtime/fleet/control/run-objective.js';
import type {ObjectiveChange} from '../../../../runtime/fleet/control/spec.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import {findRun} from '../../../../runtime/fleet/run/find-run.js';
import {objectiveNames} from '../../../../runtime/learning/objectives/objectives.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {withSharedServer} from '../../../helpers/shared-server.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const busOf = withSharedServer();

const fleetOf = (t: Parameters<typeof temporaryFile>[0]) =>
  readFleet(
    temporaryFile(
      t,
      'fleet.yaml',
      `prompts: {demo: true, count: 16}
policy: {model: ${JSON.stringify(demoPolicyFolder)}}
objective: {name: apo_zero, beta: 1, learningRate: 0.5}
training: {steps: 1}
evaluation: {suite: arithmetic}
endpoints: {teacher: {demo: true}}
actors: {reviser: {endpoint: teacher, model: reviser}}`,
    ),
  );

const first = {name: 'apo_zero', beta: 1, learningRate: 0.5, settings: {}} as const;

test('the first objective is revision 1, and a change counts on from it', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  t.deepEqual(await getObjective(bus), {...first, revision: 1});
  const kind = 'asked';
  t.deepEqual(await setObjective(bus, {name: 'dpo'}), {...first, kind, revision: 2, name: 'dpo'});
  t.deepEqual(await setObjective(bus, {beta: 0.25}), {
    ...first,
    kind,
    revision: 3,
    name: 'dpo',
    beta: 0.25,
  });
  // A run that goes on keeps what it was changed to.
  await putFirstObjective(bus, await fleetOf(t));
  t.is((await getObjective(bus)).revision, 3);
});

test('of two changes at the same time one is made, and the other is told by whom', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  // Each has read what holds before either is made, however busy the machine is.
  let asked = 0;
  let bothAsk = (): void => undefined;
  const both = new Promise<void>((resolve) => (bothAsk = resolve));
  const publish: Bus['publish'] = async (...given) => {
    asked += 1;
    if (asked === 2) bothAsk();
    await both;
    return bus.publish(...given);
  };
  const changes = await Promise.allSettled([2, 3].map((beta) => setObjective({...bus, publish}, {beta})));
  const made = changes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const told = changes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  t.is(made.length, 1);
  t.true(told[0] instanceof TerminalError);
  t.regex(String(told[0]), /revision 2 was just made by .*@/);
  t.like(made[0], await getObjective(bus));
});

test('what else may change is set by the keys of the fleet file, and nothing that may not', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  const set = ['policy.temperature=0.5', 'filter.maxLengthRatio=3', 'actors.reviser.model=better'];
  t.is((await setObjective(bus, {set})).revision, 2);
  await t.throwsAsync(setObjective(bus, {set: ['filter.minLengthRatio=4']}), {
    message: /^filter.minLengthRatio: 4 is not below filter.maxLengthRatio, 3/,
  });
  await t.throwsAsync(setObjective(bus, {set: ['policy.temperature=3']}), {
    message: 'policy.temperature: 3 is too large; at most 2',
  });
  await t.throwsAsync(setObjective(bus, {set: ['training.steps=3']}), {
    message: /^training: fixed for the run; while a run goes on, these can change: objective\.name,.*$/,
  });
  await t.throwsAsync(setObjective(bus, {set: ['policy.model=other']}), {
    message: /^policy\.model: fixed for the run; while a run goes on, these can change: objective\.name,.*$/,
  });
  await t.throwsAsync(setObjective(bus, {set: ['unknown.key=1']}), {
    message: /^unknown: unknown key; while a run goes on, these can change: objective\.name,.*$/,
  });
  await t.throwsAsync(setObjective(bus, {set: ['objective.betta=1']}), {
    message: 'objective.betta: unknown key; did you mean beta?',
  });
  await t.throwsAsync(setObjective(bus, {set: ['training.steps=3', 'polcy.topP=1']}), {
    message: /^training: fixed for the run; .*\npolcy: unknown key; did you mean policy\?$/,
  });
});

test('a wrong objective is refused in the words of the fleet file, and nothing changes', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  const refusals = [
    [
      {name: 'dop'},
      `objective.name: unknown objective "dop"; did you mean dpop? one of ${objectiveNames.join(', ')}`,
    ],
    [
      {name: 'dpo+'},
      'objective.name: "dpo+" is not an objective at ""; write one name, or a weighted sum such as apo_zero+0.1*sft',
    ],
    [{settings: {tau: 1}}, 'objective.settings.tau: unknown setting; apo_zero has none'],
    [
      {name: 'robust', settings: {label_smoothing: 0.5}},
      'objective.settings.label_smoothing: 0.5 is too large; less than 0.5',
    ],
    [{beta: 0}, 'objective.beta: 0 is too small; greater than 0'],
    [{learningRate: -1}, 'objective.learningRate: -1 is too small; greater than 0'],
  ] as const;
  for (const [change, message] of refusals) {
    await t.throwsAsync(setObjective(bus, change), {instanceOf: TerminalError, message});
  }
  t.is((await getObjective(bus)).revision, 1);
});

test('settings stay as long as the objective reads them, and are checked with it', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  const settings = async (change: ObjectiveChange) => (await setObjective(bus, change)).settings;
  t.deepEqual(await settings({name: 'robust', settings: {label_smoothing: 0}}), {label_smoothing: 0});
  t.deepEqual(await settings({beta: 0.5}), {label_smoothing: 0});
  t.deepEqual(await settings({name: 'aot+cpo', settings: {cpo_alpha: 2}}), {
    label_smoothing: 0,
    cpo_alpha: 2,
  });
  // EXO has no smoothing of 0, and nothing else of what was set.
  t.deepEqual(await settings({name: 'exo_pair'}), {});
  t.is((await getObjective(bus)).revision, 5);
});

test('a change that says nothing is refused, so that a rollback takes back one that did', async (t) => {
  const bus = await busOf(t);
  await putFirstObjective(bus, await fleetOf(t));
  await t.throwsAsync(setObjective(bus, {set: [], settings: {}}), {
    instanceOf: TerminalError,
    message: /^say what is to change: objective\.name, /,
  });
  t.is((await getObjective(bus)).revision, 1);
});

test('a run that a server does not have is not made by asking for it', async (t) => {
  const server = await withNatsServer(t);
  const runs = temporaryFolder(t);
  await withBus(t, server, 'one');
  await t.throwsAsync(findRun({nats: server.url, run: 'two', runs}), {
    instanceOf: TerminalError,
    message: `${server.shown}: there is no run two; it has one`,
  });
  await withBus(t, server, 'three');
  await t.throwsAsync(findRun({nats: server.url, runs}), {
    message: `${server.shown}: which run? give --run; it has one, three`,
  });
});
