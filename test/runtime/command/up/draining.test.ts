import test from 'ava';
import {lostText, waitingLine} from '../../../../runtime/command/up/draining.js';

test('Whoever is waited for is named, with what it does and how long its like took', (t) => {
  t.is(waitingLine([]), undefined);
  t.is(
    waitingLine([
      {name: 'learner-0', doing: 'training', sinceMs: 84_200, beforeMs: 95_000},
      {name: 'learner-1', doing: 'saving', sinceMs: 1500, beforeMs: undefined},
    ]),
    'waiting for learner-0: training for 84 s, the last time 95 s; learner-1: saving for 1.5 s',
  );
});

test('What is lost is said in steps', (t) => {
  t.is(lostText({step: 8, savedStep: 8}), 'the step under way is lost');
  t.is(lostText({step: 9, savedStep: 8}), 'the step under way is lost, and step 9, which no checkpoint has');
  t.is(
    lostText({step: 12, savedStep: 8}),
    'the step under way is lost, and steps 9 to 12, which no checkpoint has',
  );
});
