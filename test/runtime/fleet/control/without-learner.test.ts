/** A run that has no learner, and is steered all the same. */
import test from 'ava';
import {filter, firstValueFrom} from 'rxjs';
import {RunCommand} from '../../../../proto/messages.js';
import {ask, followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {inForceAt} from '../../../../runtime/fleet/control/decisions.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {decideWithoutLearner} from '../../../../runtime/fleet/control/without-learner.js';
import {checkedFleet} from '../../../../runtime/fleet/file/load.js';
import {fleetOf} from '../../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('Without a learner a change of settings holds at once, and what needs one is refused', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const price = {inputPerMillion: 1, outputPerMillion: 1};
  const fleet = checkedFleet('fleet.yaml', {
    ...fleetOf({
      endpoints: {teacher: {demo: true, price}},
      actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
    }),
    spend: {ceiling: 5},
  });
  await putFirstSpec(bus, fleet);
  const deciding = decideWithoutLearner(bus).subscribe();
  t.teardown(() => deciding.unsubscribe());
  const controls = await followControls(bus);
  t.teardown(() => controls.close());
  const raised = changedSpec(specOf(fleet), {set: ['spend.ceiling=8']});
  await ask(bus, controls.heard, {spec: raised, previousRevision: 1});
  await firstValueFrom(controls.heard$.pipe(filter(({decisions}) => decisions.has(2))));
  t.is(inForceAt(controls.heard, 1)?.spec.spend?.ceiling, 8);
  await ask(bus, controls.heard, {command: RunCommand.RUN_COMMAND_PAUSE});
  const {decisions} = await firstValueFrom(controls.heard$.pipe(filter((heard) => heard.decisions.has(3))));
  t.like(decisions.get(3), {
    accepted: false,
    reason: 'the run has no learner, which alone does what is asked',
  });
});
