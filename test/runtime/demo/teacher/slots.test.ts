import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {createSlots} from '../../../../runtime/demo/teacher/slots.js';

const {signal} = new AbortController();

test('as many as there are slots are in; the next come in order when one leaves', async (t) => {
  const slots = createSlots(2, () => 0);
  const leave = await slots.enter(signal);
  await slots.enter(signal);
  const order: string[] = [];
  void slots.enter(signal).then(() => order.push('third'));
  void slots.enter(signal).then(() => order.push('fourth'));
  await turn();
  t.deepEqual(order, []);
  t.like(slots.use(), {busy: 2, waiting: 2, served: 0});
  leave();
  await turn();
  t.deepEqual(order, ['third']);
  t.like(slots.use(), {busy: 2, waiting: 1, served: 1});
});

test('the time that each slot was busy adds up', async (t) => {
  let now = 1000;
  const slots = createSlots(undefined, () => now);
  const leaveFirst = await slots.enter(signal);
  now = 2000;
  const leaveSecond = await slots.enter(signal);
  now = 3000;
  leaveFirst();
  leaveSecond();
  now = 9000;
  t.deepEqual(slots.use(), {slots: null, busy: 0, waiting: 0, served: 2, busySeconds: 3, seconds: 8});
});

test('one that goes away leaves the line, and takes no slot', async (t) => {
  const slots = createSlots(1, () => 0);
  const leave = await slots.enter(signal);
  const gone = new AbortController();
  const waiting = slots.enter(gone.signal);
  gone.abort(new Error('gone'));
  await t.throwsAsync(waiting, {message: 'gone'});
  leave();
  t.like(slots.use(), {busy: 0, waiting: 0});
  await t.throwsAsync(slots.enter(gone.signal), {message: 'gone'});
});
