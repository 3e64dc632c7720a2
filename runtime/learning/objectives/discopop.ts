/**
 * DiscoPOP (Lu et al. 2024, arXiv:2406.08414, Eq. 5), a blend that was found by search:
 *
 *   L = (1 − g) (−log σ(m)) + g exp(−m),   m = r_w − r_l,  g = σ(m / τ)
 *
 * the logistic loss where the margin is wrong and the exponential one where it is right; in (0, ∞) and not convex around 0.
 * TRL's `discopop`. Settings: `discopop_tau`, τ. The slope in m is in [−2, 1/τ]. At m = 0, where every run starts,
 * L = (1 + ln 2) / 2 and, with τ = 0.05, the slope is 0.78: the margin first narrows, as TRL's does.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import {type NamedObjective, settingOf} from './objective-contract.js';

export const discopop: NamedObjective = {
  about: 'a blend of losses found by search',
  source: 'TRL',
  losses(batch) {
    const margins: tf.Tensor1D = tf.sub(batch.rewards.chosen, batch.rewards.rejected);
    const scaled: tf.Tensor1D = tf.div(margins, settingOf(batch, 'discopop_tau'));
    const logistic: tf.Tensor1D = tf.mul(tf.sigmoid(tf.neg(scaled)), logLoss(margins));
    // g exp(−m) in one exponential, whose exponent is never above 0, as τ ≤ 1: apart, g is 0 where exp(−m) overflows.
    const exponential = tf.exp(tf.neg(tf.add(margins, logLoss(scaled))));
    return tf.add(logistic, exponential);
  },
  settings: {
    discopop_tau: {
      default: 0.05,
      above: 0,
      to: 1,
      about: 'τ, the width of the blend, in units of the margin',
    },
  },
};
