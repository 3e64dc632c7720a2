/** What the commands say that ask something of a run. */
import test from 'ava';
import {outcomeLines} from '../../../../runtime/command/steer/ask-run.js';
import {TerminalError} from '../../../../runtime/errors.js';

const revision = 7;
const applied = {
  kind: 'applied',
  revision,
  step: 4,
  by: ['learner'],
  busy: [],
  failed: [],
  silent: [],
} as const;
const lines = (outcome: Parameters<typeof outcomeLines>[0]) => outcomeLines(outcome, {timeout: 60});

test('A change that holds says from which step on, by whom, and who takes it up later', (t) => {
  const busy = [{name: 'sampler-1', atWorkSeconds: 8.4}];
  t.deepEqual(lines({...applied, by: ['learner', 'sampler-0'], busy}), [
    'from step 4 on: learner, sampler-0',
    'sampler-1: after what it is at (8 s so far)',
  ]);
});

test('A change that is in force already, or not waited for, is one line', (t) => {
  t.deepEqual(lines({kind: 'unchanged', revision}), [
    'nothing changes: all of it is in force already, by revision 7',
  ]);
  t.deepEqual(lines({kind: 'asked', revision}), ['asked for, as revision 7']);
});

test('A learner in the middle of a long step is no failure', (t) => {
  t.deepEqual(lines({kind: 'undecided', revision, underWaySeconds: 95}), [
    'it applies after the step under way (95 s so far); `anchorage objective log` shows what becomes of it',
  ]);
});

test('A change that is refused, unanswered, or not taken up everywhere fails and says so', (t) => {
  const failures = [
    [{kind: 'refused', revision, reason: 'too late'}, 'revision 7 is refused: too late'],
    [
      {kind: 'undecided', revision, underWaySeconds: undefined},
      'revision 7: the learner did not answer within 60 s; `anchorage objective log` shows what becomes of it',
    ],
    [
      {...applied, failed: [{name: 'reviser-0', reason: 'no such model'}], silent: ['filter-0']},
      'revision 7 is in force from step 4 on, but not everywhere\nreviser-0 goes on as before: no such model\nfilter-0 did not answer within 60 s; `anchorage objective log` shows what becomes of it',
    ],
  ] as const;
  for (const [outcome, message] of failures)
    t.throws(() => lines(outcome), {instanceOf: TerminalError, message});
});
