/**
 * Hinge (RSO, Liu et al. 2023, arXiv:2309.06657; SLiC on log-ratios): L = max(0, 1 − (r_w − r_l)), in [0, ∞). TRL's `hinge`.
 *
 * Widens the margin until it is 1, which is 1/β nats of log-ratios, and then stops. Slopes in r are −1 or 0 for the chosen
 * and 1 or 0 for the rejected one; −1 and 1 at r_w = r_l = 0, where every run starts and L = 1.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {NamedObjective} from './objective-contract.js';

export const hinge: NamedObjective = {
  about: 'the margin up to a target, not beyond',
  source: 'TRL',
  losses({rewards: {chosen, rejected}}) {
    const margins: tf.Tensor1D = tf.sub(chosen, rejected);
    return tf.relu(tf.sub(1, margins));
  },
};
