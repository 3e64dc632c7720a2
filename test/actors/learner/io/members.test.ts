import test from 'ava';
import {
  advanced,
  arrived,
  type Change,
  ended,
  isAsked,
  left,
  lost,
  type Member,
  noShards,
  type Shards,
} from '../../../../actors/learner/io/members.js';

const member = (index: number, process = 'a'): Member => ({id: `${index}${process}`, index});
const after = (...changes: readonly Change[]): Shards =>
  changes.reduce<Shards>((shards, change) => change(shards) ?? shards, noShards);
const ids = (members: readonly Member[]): string[] => members.map(({id}) => id);

test('The first to come begins at once; others wait for the leading one to advance', (t) => {
  const first = after(arrived(member(1)));
  t.deepEqual(first, {epoch: 1, members: [member(1)], waiting: [], leaving: []});
  const waiting = after(arrived(member(1)), arrived(member(0)), arrived(member(2)));
  t.is(waiting.epoch, 1);
  t.deepEqual(ids(waiting.waiting), ['0a', '2a']);
  t.true(isAsked(waiting));
  const together = advanced(1)(waiting);
  t.deepEqual(together, {epoch: 2, members: [member(0), member(1), member(2)], waiting: [], leaving: []});
});

test('Who has come already changes nothing by coming again', (t) => {
  t.is(arrived(member(0))(after(arrived(member(0)))), undefined);
  t.is(arrived(member(1))(after(arrived(member(0)), arrived(member(1)))), undefined);
});

test('A process that takes the place of a killed one begins an epoch, with all who waited', (t) => {
  const two = after(arrived(member(0)), arrived(member(1)), advanced(1));
  const again = after(() => two, arrived(member(2)), arrived(member(0, 'b')));
  t.is(again.epoch, 3);
  t.deepEqual(ids(again.members), ['0b', '1a', '2a']);
  t.false(isAsked(again));
});

test('A process that is started again while it waits takes its own place', (t) => {
  const shards = after(arrived(member(0)), arrived(member(1)), arrived(member(1, 'b')));
  t.is(shards.epoch, 1);
  t.deepEqual(ids(shards.waiting), ['1b']);
});

test('A member that is lost is gone, and comes back by waiting', (t) => {
  const two = after(arrived(member(0)), arrived(member(1)), advanced(1));
  const without = lost(2, '1a')(two);
  t.like(without, {epoch: 3, members: [member(0)]});
  t.deepEqual(ids(after(() => without, arrived(member(1))).waiting), ['1a']);
});

test('Of two who find a member lost, or advance, the second changes nothing', (t) => {
  const two = after(arrived(member(0)), arrived(member(1)), advanced(1));
  const without = lost(2, '0a')(two);
  t.truthy(without);
  t.is(lost(2, '1a')(without ?? noShards), undefined);
  t.is(advanced(2)(without ?? noShards), undefined);
  t.is(advanced(2)(two), undefined);
});

test('A member that leaves goes on until the leading one advances; the leading one goes at once', (t) => {
  const two = after(arrived(member(0)), arrived(member(1)), advanced(1));
  const leaving = after(() => two, left('1a'));
  t.like(leaving, {epoch: 2, members: [member(0), member(1)], leaving: ['1a']});
  t.is(left('1a')(leaving), undefined);
  t.like(
    after(() => leaving, advanced(2)),
    {epoch: 3, members: [member(0)], leaving: []},
  );
  t.like(
    after(() => two, left('0a')),
    {epoch: 3, members: [member(1)]},
  );
  t.like(
    after(() => leaving, left('0a')),
    {epoch: 3, members: []},
  );
});

test('Who leaves before it became a member is no longer waited for', (t) => {
  const shards = after(arrived(member(0)), arrived(member(1)), left('1a'));
  t.like(shards, {epoch: 1, members: [member(0)], waiting: []});
  t.is(left('7a')(shards), undefined);
});

test('After the end, whoever comes begins anew, in a later epoch', (t) => {
  const done = after(arrived(member(0)), ended(1));
  t.like(done, {epoch: 2, members: []});
  t.like(
    after(() => done, arrived(member(0, 'b'))),
    {epoch: 3, members: [member(0, 'b')]},
  );
  t.is(ended(1)(done), undefined);
});
