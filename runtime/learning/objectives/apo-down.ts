/**
 * APO-down, Eq. 8: L = σ(r_w) − σ(r_w − r_l), in (−1, 1). TRL's `apo_down` is this plus 1.
 *
 * The first term pushes the chosen reward down, the second widens the margin. For chosen completions that are worse than
 * the policy's own (y_w ≺ π_θ). The chosen reward does not always fall: dL/dr_w = σ'(r_w) − σ'(r_w − r_l) is negative where
 * the margin is closer to 0 than the chosen reward. Slopes in r are at most 1/4 and vanish as |r| and the margin grow.
 * At r_w = r_l = 0, where every run starts, L = 0, dL/dr_w = 0 and dL/dr_l = 1/4.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {ChosenRejected, NamedObjective} from './objective-contract.js';

/** Eq. 8 for rewards that are given. */
export function downAnchoredLosses({chosen, rejected}: ChosenRejected): tf.Tensor1D {
  const margins: tf.Tensor1D = tf.sub(chosen, rejected);
  return tf.sub(tf.sigmoid(chosen), tf.sigmoid(margins));
}

export const apoDown: NamedObjective = {
  about:
    'lowers the rejected answers, and the chosen ones while their reward is nearer to 0 than the margin; for a policy better than them',
  source: 'Eq. 8',
  losses: ({rewards}) => downAnchoredLosses(rewards),
};
