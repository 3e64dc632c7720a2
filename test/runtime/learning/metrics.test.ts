import test from 'ava';
import {rewardMetrics} from '../../../runtime/learning/metrics.js';

test('rewards, margins, accuracies and log-probabilities are means over the pairs, fillers left out', (t) => {
  const metrics = rewardMetrics({
    // Chosen of pairs 0 and 1 and a filler, then rejected.
    policyLogps: [-10, -20, -99, -12, -9, 77],
    referenceLogps: [-11, -18, 5, -12.5, -10, 5],
    pairs: 2,
    beta: 0.5,
  });
  t.deepEqual(metrics, {
    'rewards/chosen': -0.25, // (0.5 − 1) / 2
    'rewards/rejected': 0.375, // (0.25 + 0.5) / 2
    'rewards/margins': -0.625,
    'rewards/accuracies': 0.5,
    'logps/chosen': -15,
    'logps/rejected': -10.5,
  });
});

test('equal rewards do not count as accurate', (t) => {
  const metrics = rewardMetrics({policyLogps: [-3, -4], referenceLogps: [-3, -4], pairs: 1, beta: 0.1});
  t.is(metrics['rewards/accuracies'], 0);
});
