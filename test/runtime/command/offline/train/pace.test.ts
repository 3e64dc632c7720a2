/** What `anchorage train` says of its pace. */
import test from 'ava';
import {durationText, paceOf} from '../../../../../runtime/command/offline/train/pace.js';

test('the pace is that of the last twenty steps, and what is left follows from it', (t) => {
  let clock = 0;
  const pace = paceOf(100, () => clock);
  clock = 30_000;
  t.regex(pace({step: 1, num_tokens: 1000}), /^30 s a step, \d+\.\d GB, 50 min left$/);
  for (let step = 2; step <= 40; step++) {
    clock += 2000;
    const text = pace({step, num_tokens: 1000 * step});
    if (step === 40) t.regex(text, /^2\.00 s a step, 500 tokens\/s, \d+\.\d GB, 2 min left$/);
  }
});

test('the last step has nothing left', (t) => {
  let clock = 0;
  const pace = paceOf(2, () => clock);
  for (const step of [1, 2]) {
    clock += 500;
    const text = pace({step, num_tokens: 10 * step});
    if (step === 2) t.regex(text, /^0\.50 s a step, 20 tokens\/s, \d+\.\d GB$/);
  }
});

test('durations are said in the unit that fits', (t) => {
  t.deepEqual([4.2, 89, 600, 5400, 86_400].map(durationText), ['5 s', '89 s', '10 min', '1.5 h', '24.0 h']);
});
