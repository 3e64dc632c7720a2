/** When a child is stuck: rules L1 to L4. */
import test from 'ava';
import type {Heartbeat} from '../../../runtime/actor/heartbeat.js';
import {type Signs, stuckBy} from '../../../runtime/actor/liveness.js';

const limits = {quietMs: 10_000, deadlineMs: 0};
const idle: Heartbeat = {
  kind: 'heartbeat',
  in: 5,
  out: 5,
  busy: 0,
  oldestMs: 0,
  unchangedMs: 0,
  cpuUnchangedMs: 0,
  longestMs: 1000,
};
const heard = (beat: Partial<Heartbeat>): Signs => ({
  silentMs: 500,
  idleMs: 500,
  waiting: 0,
  heartbeat: {...idle, in: 6, busy: 1, ...beat},
});

test('An actor with nothing in hand is not stuck, however long', (t) => {
  t.is(stuckBy({...heard({busy: 0, unchangedMs: 1e9})}, limits), undefined);
});

test('An actor that holds work and brings none forward is stuck after the limit', (t) => {
  t.is(stuckBy(heard({unchangedMs: 10_000}), limits), undefined);
  t.deepEqual(stuckBy(heard({unchangedMs: 10_001, busy: 3}), limits), {
    reason: 'nothing of its work in hand (3) came forward for 10 s',
    afterMs: 10_001,
  });
});

test('The age of the oldest piece alone says nothing: others ended meanwhile', (t) => {
  t.is(stuckBy(heard({oldestMs: 1e9, unchangedMs: 9_000}), limits), undefined);
});

test('A request may take as long as its own deadline', (t) => {
  const asking = {quietMs: 10_000, deadlineMs: 120_000};
  t.is(stuckBy(heard({unchangedMs: 130_000}), asking), undefined);
  t.not(stuckBy(heard({unchangedMs: 130_001}), asking), undefined);
});

test('Work that took long before may take five times as long', (t) => {
  const slow = {longestMs: 8_000};
  t.is(stuckBy(heard({...slow, unchangedMs: 40_000}), limits), undefined);
  t.not(stuckBy(heard({...slow, unchangedMs: 40_001}), limits), undefined);
});

test('An actor that computes has twenty times as long', (t) => {
  const computing = {unchangedMs: 200_000, cpuUnchangedMs: 100_000};
  t.is(stuckBy(heard(computing), limits), undefined);
  t.not(stuckBy(heard({...computing, unchangedMs: 200_001}), limits), undefined);
  // The twentieth of a core that beating takes is no computing.
  t.not(stuckBy(heard({unchangedMs: 20_000, cpuUnchangedMs: 1000}), limits), undefined);
});

test('An actor that would compute and waits for a core most of the time has as long as one that computes', (t) => {
  // Of two cores that 24 processes want it gets a twelfth of one.
  const starved = (unchangedMs: number, waiting: number) => ({
    ...heard({unchangedMs, cpuUnchangedMs: unchangedMs / 12}),
    waiting,
  });
  t.is(stuckBy(starved(200_000, 0.91), limits), undefined);
  t.not(stuckBy(starved(200_001, 0.91), limits), undefined);
  // One that beats each second, and whose turn comes after a tenth of it, wants nothing more.
  t.not(stuckBy(starved(10_001, 0.1), limits), undefined);
});

test('One that is not heard is stuck: at once where it stands still, late where it computes', (t) => {
  const silent = (silentMs: number, idleMs: number): Signs => ({
    ...{silentMs, idleMs, waiting: 0},
    heartbeat: undefined,
  });
  t.is(stuckBy(silent(10_001, 9_000), limits), undefined);
  t.regex(
    stuckBy(silent(12_000, 10_001), limits)?.reason ?? '',
    /^nothing was heard of it for 12 s: it is stopped/,
  );
  t.is(stuckBy(silent(200_000, 0), limits), undefined);
  t.regex(stuckBy(silent(200_001, 0), limits)?.reason ?? '', /for 200 s: it is busy without a pause$/);
});
