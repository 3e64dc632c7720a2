/** The learner that decides: what it compiles for a spec, and what counts where another decides as well. */
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom, NEVER} from 'rxjs';
import {steer} from '../../../../actors/learner/io/steering.js';
import {Answer, RunCommand} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {ask, followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

const openRun = async (t: ExecutionContext) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  await putFirstSpec(bus, fleet);
  return {bus, spec: changedSpec(specOf(fleet), {name: 'dpo'})};
};

/** One that leads, which compiles until `compiled` is called. */
const startLeader = async (t: ExecutionContext, bus: Bus, {index, taken}: {index: number; taken: number}) => {
  const controls = await followControls(bus);
  const said: string[] = [];
  const published: string[] = [];
  const publish: Bus['publish'] = (...message) => {
    published.push(message[2]);
    return bus.publish(...message);
  };
  let compiled: () => void = () => undefined;
  const isCompiled = new Promise<void>((resolve) => {
    compiled = resolve;
  });
  const steering = steer({
    ...{bus: {...bus, publish}, controls, index, taken, steps: 10, drain$: NEVER},
    prepare: async (expression) => {
      said.push(`prepare ${expression}`);
      await isCompiled;
    },
    forget: async (expression) => {
      said.push(`forget ${expression}`);
    },
    save: async () => taken,
  });
  t.teardown(() => {
    steering.close();
    controls.close();
  });
  const decisionOn = (revision: number) =>
    firstValueFrom(controls.heard$.pipe(filter(({decisions}) => decisions.has(revision)))).then(
      ({decisions}) => decisions.get(revision),
    );
  const says = async (what: string): Promise<void> => {
    while (!said.includes(what)) await setTimeout(5);
  };
  return {controls, steering, said, published, says, compiled: () => compiled(), decisionOn};
};

test('A spec that comes too late when it is compiled is refused, and what was compiled is forgotten', async (t) => {
  const {bus, spec} = await openRun(t);
  const {controls, said, says, compiled, decisionOn} = await startLeader(t, bus, {index: 0, taken: 3});
  const revision = await ask(bus, controls.heard, {spec, previousRevision: 1});
  await says('prepare dpo');
  await decisionOn(await ask(bus, controls.heard, {command: RunCommand.RUN_COMMAND_STOP}));
  compiled();
  t.like(await decisionOn(revision), {accepted: false, reason: 'too late: the run ends after step 3'});
  await says('forget dpo');
  t.deepEqual(said, ['prepare dpo', 'forget dpo']);
});

test('Of two that both believe they lead, the first to decide counts, for the other one too', async (t) => {
  const {bus, spec} = await openRun(t);
  // Dropped while it compiled; it was further on.
  const stale = await startLeader(t, bus, {index: 0, taken: 7});
  const fresh = await startLeader(t, bus, {index: 1, taken: 4});
  const revision = await ask(bus, fresh.controls.heard, {spec, previousRevision: 1});
  await Promise.all([stale.says('prepare dpo'), fresh.says('prepare dpo')]);
  fresh.compiled();
  t.like(await fresh.decisionOn(revision), {accepted: true, step: 5});
  stale.compiled();
  await setTimeout(0);
  // Waits for the decision that is on its way.
  t.is((await stale.steering.begin(8))?.revision, revision);
  t.like(await stale.decisionOn(revision), {accepted: true, step: 5});
  t.is((await bus.state('acknowledgements')).lastSequence, 1);
});

test('One that leads no more decides on nothing: the next has begun steps that it does not know of', async (t) => {
  const {bus, spec} = await openRun(t);
  const first = await startLeader(t, bus, {index: 0, taken: 3});
  const revision = await ask(bus, first.controls.heard, {spec, previousRevision: 1});
  await first.says('prepare dpo');
  first.steering.close();
  const next = await startLeader(t, bus, {index: 0, taken: 3});
  await next.says('prepare dpo');
  for (const step of [4, 5, 6]) t.is((await next.steering.begin(step))?.revision, 1);
  first.compiled();
  await new Promise(setImmediate);
  t.deepEqual(first.published, []);
  next.compiled();
  t.like(await next.decisionOn(revision), {accepted: true, step: 7});
});

test('A second decision on the log changes nothing for whoever reads it, then or later', async (t) => {
  const {bus, spec} = await openRun(t);
  const before = await followControls(bus);
  const revision = await ask(bus, before.heard, {spec, previousRevision: 1});
  const said = {revision, actor: 'learner', reason: '', timeUnixMs: 0};
  const accepted = {...said, index: 1, answer: Answer.ANSWER_ACCEPTED, step: 5};
  await bus.publish('acknowledgements', accepted, `decision-${revision}`);
  // As where the server has forgotten the id of the first.
  const refused = {...said, index: 0, answer: Answer.ANSWER_REFUSED, step: 8};
  await bus.publish('acknowledgements', refused, `decision-${revision}-forgotten`);
  await firstValueFrom(before.heard$.pipe(filter(({acknowledgements}) => acknowledgements.length === 2)));
  const after = await followControls(bus);
  for (const {heard, close} of [before, after]) {
    t.deepEqual(heard.decisions.get(revision), {accepted: true, step: 5, reason: ''});
    close();
  }
});
