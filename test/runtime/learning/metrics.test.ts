import test from 'ava';
import {pairMetrics} from '../../../runtime/learning/metrics.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';

const pair = (referenceChosenLogps: number, referenceRejectedLogps: number): TrainingPair => ({
  promptIds: [1],
  chosenIds: [2],
  rejectedIds: [3],
  referenceChosenLogps,
  referenceRejectedLogps,
});

test('rewards, margins, accuracies, log-probabilities and the KL are means over the pairs', (t) => {
  const pairs = [pair(-11, -12.5), pair(-18, -10)];
  const policy = [
    {chosen: -10, rejected: -12},
    {chosen: -20, rejected: -9},
  ];
  t.deepEqual(pairMetrics(pairs, policy, 0.5), {
    'rewards/chosen': -0.25, // (0.5 − 1) / 2
    'rewards/rejected': 0.375, // (0.25 + 0.5) / 2
    'rewards/margins': -0.625,
    'rewards/accuracies': 0.5,
    'logps/chosen': -15,
    'logps/rejected': -10.5,
    kl: 0.125, // (1 + 0.5 − 2 + 1) / 4
  });
});

test('a KL that would be negative is 0, and equal rewards do not count as accurate', (t) => {
  const metrics = pairMetrics([pair(-3, -4)], [{chosen: -3.5, rejected: -4.5}], 0.1);
  t.is(metrics.kl, 0);
  t.is(metrics['rewards/accuracies'], 0);
});
