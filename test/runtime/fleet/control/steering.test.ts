/** The learner that decides, and what it compiles for a spec. */
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom, NEVER} from 'rxjs';
import {RunCommand} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {ask, followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {steer} from '../../../../runtime/fleet/control/steering.js';
import {readFleet} from '../../../../runtime/fleet/load.js';
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
  let compiled: () => void = () => undefined;
  const isCompiled = new Promise<void>((resolve) => {
    compiled = resolve;
  });
  const steering = steer({
    ...{bus, controls, index, taken, steps: 10, drain$: NEVER},
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
  return {controls, steering, said, says, compiled: () => compiled(), decisionOn};
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
