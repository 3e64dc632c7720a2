/** What programs import from outside. */
import test from 'ava';
import {firstValueFrom} from 'rxjs';
import {metrics, objective} from '../../runtime/library.js';
import {withBus, withNatsServer} from '../helpers/nats.js';
import {temporaryFolder} from '../helpers/temporary.js';

test('A row that is about no step has null there, and a step of 0 is 0', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const row = {actor: 'learner', index: 0, timeUnixMs: 1, objective: '', values: {loss: 0}};
  const publish = (stamp: {step?: number}, id: string) => bus.publish('metrics', {...row, ...stamp}, id);
  await publish({}, 'a');
  await publish({step: 0}, 'b');
  const rowAt = (sequence: number) =>
    firstValueFrom(metrics({nats: bus.url, run: bus.run, from: {sequence}}));
  t.deepEqual(await rowAt(1), {
    ...row,
    step: null,
    policyVersion: null,
    objective: null,
    objectiveRevision: null,
  });
  t.is((await rowAt(2)).step, 0);
});

test.serial('Where no run is found, the options of the library are named', async (t) => {
  delete process.env.NATS_URL;
  const error = await t.throwsAsync(objective.get({runs: temporaryFolder(t)}));
  t.regex(error?.message ?? '', /or give \{nats\}$/);
});
