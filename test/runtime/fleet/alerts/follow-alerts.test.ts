/** Alerts of a live run, on a server. */
import test from 'ava';
import {filter, firstValueFrom, take, toArray} from 'rxjs';
import {ruleNames} from '../../../../runtime/alerts/rules.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {type AlertAction, followAlerts} from '../../../../runtime/fleet/alerts/follow-alerts.js';
import {putFirstObjective, withControls} from '../../../../runtime/fleet/control/run-objective.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {logNow} from '../../../../runtime/fleet/run/log-now.js';
import {demoFleet} from '../../../helpers/demo-fleet.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';

let server: TestServer;
let runs = 0;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const fleetWith = (action: AlertAction): Fleet =>
  demoFleet({
    alerts: Object.fromEntries(ruleNames.map((rule) => [rule, action])),
  });

/** Forty steps of DPO under which the chosen answers fall. */
const fall = async (bus: Bus): Promise<void> => {
  for (let step = 1; step <= 40; step++)
    await bus.publish(
      'metrics',
      {
        actor: 'learner',
        index: 0,
        timeUnixMs: Date.now(),
        step,
        objective: 'dpo',
        objectiveRevision: 1,
        values: {loss: 1, 'rewards/chosen': -step / 10, 'rewards/margins': 1, kl: 1, beta: 1},
      },
      `row-${step}`,
    );
};

test('an alert is published once, whoever follows the run anew, and says what is seen and what to do', async (t) => {
  const bus = await withBus(t, server, `run-${runs++}`);
  const fleet = fleetWith('warn');
  await putFirstObjective(bus, fleet);
  const said: string[] = [];
  const first = await followAlerts(bus, fleet, {say: (line) => said.push(line)});
  const alert = firstValueFrom(bus.entries('alerts', {sequence: 1}));
  await fall(bus);
  const {message} = await alert;
  t.like({...message}, {rule: 'chosen_likelihood', step: 40, objectiveRevision: 1, action: 'warn'});
  t.regex(message.evidence, /^under dpo a chosen answer is /);
  first.unsubscribe();
  const again = await followAlerts(bus, fleet, {say: (line) => said.push(line)});
  // One that is certain to come after what was read before.
  await bus.publish('scores', scoreAt(0, 0.9), 'a-0');
  await bus.publish('scores', scoreAt(40, 0.1), 'a-1');
  const all = await firstValueFrom(bus.entries('alerts', {sequence: 1}).pipe(take(3), toArray()));
  again.unsubscribe();
  // Which of the last two comes first follows from whether the rows or the scores are read first.
  t.deepEqual(all.map((entry) => entry.message.rule).sort(), ['chosen_likelihood', 'held_out', 'worse']);
  t.is(said.filter((line) => line.startsWith('alert chosen_likelihood')).length, 1);
});

const scoreAt = (step: number, score: number) => ({
  step,
  policyVersion: step,
  suite: 'arithmetic',
  score,
  items: 300,
  seconds: 1,
  weightsSha256: '',
});

for (const action of ['pause', 'rollback'] as const)
  test(`with ${action} a run that has no change to take back is paused`, async (t) => {
    const bus = await withBus(t, server, `run-${runs++}`);
    const fleet = fleetWith(action);
    await putFirstObjective(bus, fleet);
    const following = await followAlerts(bus, fleet, {say: () => undefined});
    const paused = withControls(bus, ({heard$}) =>
      firstValueFrom(
        heard$.pipe(
          filter(({controls}) => controls.some(({spec, revision}) => revision > 1 && spec === undefined)),
        ),
      ),
    );
    await fall(bus);
    await paused;
    following.unsubscribe();
    const [alert] = await logNow(bus, 'alerts');
    t.is(alert?.action, action);
  });

test('a rule that is off is not looked for', async (t) => {
  const bus = await withBus(t, server, `run-${runs++}`);
  const fleet = {...fleetWith('off'), alerts: {...fleetWith('off').alerts, held_out: 'warn' as const}};
  await putFirstObjective(bus, fleet);
  const following = await followAlerts(bus, fleet, {say: () => undefined});
  await fall(bus);
  await bus.publish('scores', scoreAt(0, 0.9), 'a-0');
  await bus.publish('scores', scoreAt(40, 0.1), 'a-1');
  const {message} = await firstValueFrom(bus.entries('alerts', {sequence: 1}));
  following.unsubscribe();
  t.is(message.rule, 'held_out');
});
