import test from 'ava';
import {pairMetrics} from '../../../runtime/learning/metrics.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';

const pair = (
  referenceChosenLogps: number,
  referenceRejectedLogps: number,
  [chosenTokens, rejectedTokens] = [1, 1],
): TrainingPair => ({
  promptIds: [1],
  chosenIds: Array.from({length: chosenTokens}, () => 2),
  rejectedIds: Array.from({length: rejectedTokens}, () => 3),
  referenceChosenLogps,
  referenceRejectedLogps,
});

test('rewards, margins, accuracies, log-probabilities and the KL are means over the pairs', (t) => {
  const pairs = [pair(-11, -12.5, [2, 1]), pair(-18, -10, [4, 5])];
  const policy = [
    {chosen: -10, rejected: -12},
    {chosen: -20, rejected: -9},
  ];
  const {kl, ...others} = pairMetrics(pairs, policy, 0.5);
  t.deepEqual(others, {
    'rewards/chosen': -0.25, // (0.5 − 1) / 2
    'rewards/rejected': 0.375, // (0.25 + 0.5) / 2
    'rewards/margins': -0.625,
    'rewards/accuracies': 0.5,
    'logps/chosen': -15,
    'logps/rejected': -10.5,
  });
  // Worked out in torch by the expression of TRL's GRPO for each token, summed.
  t.true(Math.abs(kl - 0.2520327068320806) < 1e-12, `${kl}`);
});

test('the KL moves also where the policy gives up on every answer', (t) => {
  const gaveUp = [{chosen: -20, rejected: -22}];
  const {kl} = pairMetrics([pair(-10, -10, [4, 6])], gaveUp, 0.1);
  t.true(Math.abs(kl - 30.5321562181989) < 1e-10, `${kl}`);
  t.is(pairMetrics([pair(-20, -22, [4, 6])], gaveUp, 0.1).kl, 0);
});

test('equal rewards do not count as accurate', (t) => {
  t.is(pairMetrics([pair(-3, -4)], [{chosen: -3.5, rejected: -4.5}], 0.1)['rewards/accuracies'], 0);
});
