/**
 * NCA for two answers (Chen et al. 2024, arXiv:2402.05369): L = −log σ(r_w) − ½ log σ(−r_w) − ½ log σ(−r_l), in (0, ∞).
 * TRL's `nca_pair`.
 *
 * Raises the chosen reward to where σ(r_w) = 2/3 and lowers the rejected one, each by itself. Slopes in r are in (−1, 1/2)
 * for the chosen and (0, 1/2) for the rejected one; −1/4 and 1/4 at r_w = r_l = 0, where every run starts and L = 2 ln 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';

export const ncaPair: NamedObjective = {
  about: 'each side against 0, as APO-zero, but logistic',
  source: 'TRL',
  losses({rewards: {chosen, rejected}}) {
    const against: tf.Tensor1D = tf.add(logLoss(tf.neg(chosen)), logLoss(tf.neg(rejected)));
    return tf.add(logLoss(chosen), tf.mul(against, 0.5));
  },
};
