import test from 'ava';
import {createWaiters} from '../../../runtime/exchange/waiters.js';

test('Values go to whoever waits for them; a failure ends the wait that it is of, and no other', async (t) => {
  const waiters = createWaiters(60_000);
  const [one, two, three] = [waiters.wait(1, '0.a'), waiters.wait(2, '0.a'), waiters.wait(2, '0.b')];
  waiters.resolve(1, '0.a', Float32Array.of(7));
  t.deepEqual(await one, Float32Array.of(7));
  t.false(waiters.has(1, '0.a'));
  waiters.fail(2, '0.b', 'corrupt');
  await t.throwsAsync(three, {message: '0.b of member 2 was altered on its way'});
  const other = waiters.wait(1, '0.c');
  waiters.failAll('left', 2);
  await t.throwsAsync(two, {message: /^0\.a of member 2 will not come/});
  t.true(waiters.has(1, '0.c'));
  waiters.failAll('left');
  await t.throwsAsync(other, {message: /^0\.c of member 1 will not come/});
});

test('What is waited for is due at once when time is renewed, and is given up when that is over', async (t) => {
  let now = 0;
  const waiters = createWaiters(800, () => now);
  const dueAt = (ms: number) => {
    now = ms;
    return waiters.due().length;
  };
  const waiting = waiters.wait(1, '0.a');
  const asked = [199, 200, 399, 400, 599, 600].map(dueAt);
  t.deepEqual(asked, [0, 1, 0, 1, 0, 1]);
  waiters.renew();
  t.like(waiters.due(), [{from: 1, tag: '0.a'}]);
  t.is(dueAt(1399), 1, 'less than its time has passed since it was renewed');
  t.is(dueAt(1400), 0);
  await t.throwsAsync(waiting, {message: '0.a of member 1 did not come in time'});
});

test('The first question comes soon, and each later one after twice the time', (t) => {
  let now = 0;
  const waiters = createWaiters(60_000, () => now);
  void waiters.wait(1, '0.a');
  const asked: number[] = [];
  for (; now < 10_000; now += 50) if (waiters.due().length > 0) asked.push(now);
  t.deepEqual(asked, [250, 750, 1750, 3750, 7750]);
});
