import test from 'ava';
import {Completion} from '../../../../proto/messages.js';
import {overhead} from '../../../../runtime/bench/bus/bench.js';
import {messageOf} from '../../../../runtime/bench/bus/message.js';
import {windowOf} from '../../../../runtime/bench/bus/window.js';
import {cpuSecondsIn, cpuSecondsOf} from '../../../../runtime/bench/cpu.js';

test('a message has exactly the bytes that are asked for, whatever its number', (t) => {
  for (const bytes of [64, 256, 4096]) {
    for (const index of [0, 7, 123_456]) {
      t.is(Completion.encode(messageOf(index, bytes)).finish().length, bytes);
    }
  }
  t.throws(() => messageOf(0, 5), {instanceOf: RangeError});
});

test('never more messages are under way than the window has room for, and each is published once', async (t) => {
  const published: number[] = [];
  let [underWay, most] = [0, 0];
  const window = windowOf(3, async (index) => {
    published.push(index);
    underWay += 1;
    most = Math.max(most, underWay);
    setImmediate(() => {
      underWay -= 1;
      window.done();
    });
  });
  await window.move(0, 10);
  await window.move(10, 5);
  t.deepEqual(
    published,
    Array.from({length: 15}, (_, index) => index),
  );
  t.is(most, 3);
});

test('a message that cannot be published ends the move with its reason', async (t) => {
  const window = windowOf(2, () => Promise.reject(new Error('no')));
  await t.throwsAsync(window.move(0, 5), {message: 'no'});
});

test('processor time is read behind a name with brackets and spaces', (t) => {
  t.is(cpuSecondsIn('7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20'), 2);
  t.is(cpuSecondsIn('7 (gone'), undefined);
  t.is(cpuSecondsOf(-1), undefined);
});

test('overhead is taken round by round, of time and of the processor time of both processes', (t) => {
  const turn = (wall: number, client: number, server: number) => ({wall, client, server});
  const result = overhead(
    [turn(12, 6, 4), turn(30, 6, 6), turn(24, 8, 4)],
    [turn(10, 4, 4), turn(20, 4, 4), turn(20, 4, 4)],
  );
  t.like(result, {addedMicroseconds: 4, ratio: 1.2, addedCpuMicroseconds: 4, cpuRatio: 1.5});
  t.deepEqual(result.ratioByRound, [1.2, 1.5, 1.2]);
});
