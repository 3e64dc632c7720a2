/** Where the time goes adds up to the time that passed. */
import test from 'ava';
import {activityClock} from '../../../runtime/actor/clock.js';

test('time is starting until the first work, and waiting between works', (t) => {
  let nowMs = 0;
  const clock = activityClock(() => nowMs);
  nowMs = 2000;
  const end = clock.begin('sampling');
  nowMs = 3500;
  end();
  nowMs = 4000;
  t.deepEqual(clock.take(), {'seconds/starting': 2, 'seconds/sampling': 1.5, 'seconds/waiting': 0.5});
});

test('a process that is ready waits for its first work, however long that takes to come', (t) => {
  let nowMs = 0;
  const clock = activityClock(() => nowMs);
  nowMs = 2000;
  clock.ready();
  nowMs = 9000;
  t.deepEqual(clock.take(), {'seconds/starting': 2, 'seconds/waiting': 7});
});

test('a row holds only what passed since the row before, work under way included', (t) => {
  let nowMs = 0;
  const clock = activityClock(() => nowMs);
  const end = clock.begin('training');
  nowMs = 1000;
  t.deepEqual(clock.take(), {'seconds/training': 1});
  nowMs = 1250;
  end();
  t.deepEqual(clock.take(), {'seconds/training': 0.25});
  t.deepEqual(clock.take(), {});
});

test('eight revisions at once are one second of revising a second', (t) => {
  let nowMs = 0;
  const clock = activityClock(() => nowMs);
  const ends = Array.from({length: 8}, () => clock.begin('revising'));
  nowMs = 1000;
  for (const end of ends) end();
  nowMs = 1500;
  t.deepEqual(clock.take(), {'seconds/revising': 1, 'seconds/waiting': 0.5});
});

test('two activities at once share the time', (t) => {
  let nowMs = 0;
  const clock = activityClock(() => nowMs);
  const training = clock.begin('training');
  nowMs = 1000;
  const saving = clock.begin('saving');
  nowMs = 2000;
  training();
  saving();
  t.deepEqual(clock.take(), {'seconds/training': 1.5, 'seconds/saving': 0.5});
});
