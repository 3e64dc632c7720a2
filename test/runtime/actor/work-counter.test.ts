/** What an actor says of the work that it holds. */
import test from 'ava';
import {NEVER} from 'rxjs';
import {countedBus, countWork} from '../../../runtime/actor/work-counter.js';
import type {Bus} from '../../../runtime/bus/bus.js';

const setUp = () => {
  const time = {nowMs: 0, cpuMs: 0};
  return {
    time,
    work: countWork(
      () => time.nowMs,
      () => time.cpuMs,
    ),
  };
};

test('Pieces are counted, with the age of the oldest and the longest that ended', (t) => {
  const {time, work} = setUp();
  const endFirst = work.begin();
  time.nowMs = 1000;
  const endSecond = work.begin();
  time.nowMs = 4000;
  endSecond();
  endSecond();
  t.like(work.heartbeat(), {in: 2, out: 1, busy: 1, oldestMs: 4000, longestMs: 3000});
  endFirst();
  t.like(work.heartbeat(), {in: 2, out: 2, busy: 0, oldestMs: 0, longestMs: 4000});
});

test('What the oldest piece is, is told with how long the last of its kind took', (t) => {
  const {time, work} = setUp();
  const endFirst = work.begin('training');
  time.nowMs = 5000;
  t.like(work.heartbeat(), {doing: 'training', beforeMs: undefined});
  endFirst();
  const endSaving = work.begin('saving');
  time.nowMs = 6000;
  endSaving();
  work.begin('training');
  time.nowMs = 8000;
  t.like(work.heartbeat(), {doing: 'training', oldestMs: 2000, beforeMs: 5000});
});

test('Time without progress counts from the last piece that ended, not from one that began', (t) => {
  const {time, work} = setUp();
  time.nowMs = 5000;
  const end = work.begin();
  time.nowMs = 7000;
  work.begin();
  time.nowMs = 8000;
  time.cpuMs = 1500;
  t.like(work.heartbeat(), {unchangedMs: 3000, cpuUnchangedMs: 1500});
  end();
  time.nowMs = 8200;
  t.like(work.heartbeat(), {unchangedMs: 200, cpuUnchangedMs: 0});
});

test('Nothing in hand is no time without progress', (t) => {
  const {time, work} = setUp();
  time.nowMs = 9000;
  t.like(work.heartbeat(), {unchangedMs: 0, busy: 0});
});

test('Who says that it advances is advancing', (t) => {
  const {time, work} = setUp();
  work.begin();
  time.nowMs = 9000;
  work.advance();
  time.nowMs = 9500;
  t.like(work.heartbeat(), {oldestMs: 9500, unchangedMs: 500});
});

test('While the bus is waited for, the clock stands still', async (t) => {
  const {time, work} = setUp();
  work.begin();
  let answer = (): void => undefined;
  const waiting = work.onBus(new Promise<void>((resolve) => (answer = resolve)));
  time.nowMs = 60_000;
  t.like(work.heartbeat(), {busy: 1, unchangedMs: 0});
  time.nowMs = 90_000;
  answer();
  await waiting;
  time.nowMs = 91_000;
  t.like(work.heartbeat(), {unchangedMs: 1000});
});

test('A policy that is brought over the bus is waited for, however long that takes', async (t) => {
  const {time, work} = setUp();
  work.begin();
  let arrive = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (arrive = resolve));
  const bus = countedBus({blobs: {get: () => arrival}} as unknown as Bus, work, () => undefined);
  const bringing = bus.blobs.get({sha256: '', sizeBytes: 1}, '');
  time.nowMs = 600_000;
  t.like(work.heartbeat(), {busy: 1, unchangedMs: 0});
  arrive();
  await bringing;
  time.nowMs = 601_000;
  t.like(work.heartbeat(), {unchangedMs: 1000});
});

test('An actor has started when it asks for work, and not when it reads what a run says', (t) => {
  const {work} = setUp();
  let asked = 0;
  const log = {read: () => NEVER, deliveries: () => NEVER, sharedEntries: () => NEVER};
  const bus = countedBus(log as unknown as Bus, work, () => {
    asked += 1;
  });
  void bus.read('controls', {sequence: 1});
  const deliveries$ = bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER});
  t.is(asked, 0);
  deliveries$.subscribe().unsubscribe();
  t.is(asked, 1);
  void bus.read('pairs', {sequence: 1});
  t.is(asked, 2);
});
