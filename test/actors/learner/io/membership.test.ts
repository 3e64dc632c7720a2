/** The place of a learner shard among the others, on a real server. */
import test from 'ava';
import {joinShards} from '../../../../actors/learner/io/membership.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('An epoch goes on where whoever waited has thought better of it, and is over where somebody waits', async (t) => {
  const server = await withNatsServer(t);
  const [first, second] = [await withBus(t, server), await withBus(t, server)];
  const leading = await joinShards(first, {id: 'a', index: 0});
  const epoch = await leading.next();
  if (epoch === undefined) return t.fail('the first one is no member');

  const waiting = await joinShards(second, {id: 'b', index: 1});
  await waiting.leave();
  t.is(await waiting.next(), undefined);
  t.false(await leading.advance(epoch));
  waiting.close();

  const joining = await joinShards(second, {id: 'c', index: 1});
  t.true(await leading.advance(epoch));
  t.true(await leading.advance(epoch), 'also where another has begun it');
  t.deepEqual(
    (await joining.next())?.members.map(({id}) => id),
    ['a', 'c'],
  );
  joining.close();
  leading.close();
});

test('A member that was dropped comes back, also where the last of the others has left meanwhile', async (t) => {
  const server = await withNatsServer(t);
  const first = await joinShards(await withBus(t, server), {id: 'a', index: 0});
  const second = await joinShards(await withBus(t, server), {id: 'b', index: 1});
  const alone = await first.next();
  if (alone === undefined) return t.fail('the first one is no member');
  await first.advance(alone);
  const both = await first.next();
  if (both === undefined) return t.fail('the first one is no member any more');
  t.is((await second.next())?.number, both.number);

  await first.drop(both, 1);
  await first.leave();
  const back = await second.next();
  t.deepEqual(
    back?.members.map(({id}) => id),
    ['b'],
  );

  if (back !== undefined) await second.end(back);
  t.is(await second.next(), undefined, 'where the run has ended it does not');
  for (const each of [first, second]) each.close();
});
