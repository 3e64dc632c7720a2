/** Scores that nobody gives: over a real server, from several processes. */
import test from 'ava';
import {giveUp, unscoredIn} from '../../../../runtime/fleet/evaluation/unscored.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('Of scores that are given up at once none is lost, and the first reason stays', async (t) => {
  const server = await withNatsServer(t);
  const {kv} = await withBus(t, server);
  t.deepEqual(await unscoredIn(kv), {});
  await giveUp(kv, ['first-0-1'], 'the judge is away');
  await giveUp(kv, ['first-0-1'], 'another reason');
  await Promise.all(
    Array.from({length: 8}, (_, version) => giveUp(kv, [`second-0-${version}`], 'x'.repeat(1000))),
  );
  const unscored = await unscoredIn(kv);
  t.is(Object.keys(unscored).length, 9);
  t.is(unscored['first-0-1'], 'the judge is away');
  t.true((unscored['second-0-3']?.length ?? 0) < 300);
});
