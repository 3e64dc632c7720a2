import test from 'ava';
import {signTest} from '../../../runtime/statistics/sign-test.js';

test('The sign test is twice the binomial tail, by exact fractions', (t) => {
  for (const [successes, trials, expected] of [
    [4, 4, 1 / 8],
    [0, 5, 1 / 16],
    [6, 6, 1 / 32],
    [7, 8, 9 / 128],
    [5, 20, 43_400 / 2 ** 20],
    [10, 20, 1],
  ] as const)
    t.true(Math.abs(signTest(successes, trials) - expected) < 1e-12, `${successes} of ${trials}`);
  t.is(signTest(5_000, 10_000), 1);
  t.true(signTest(9_000, 10_000) < 1e-300);
});
