/** The logistic loss that the DPO family is made of. */
import * as tf from '@tensorflow/tfjs-core';
import type {SettingSpec} from './setting.js';

/**
 * −log σ(z) ≥ 0, for z [B] of any size; its slope is −σ(−z), in (−1, 0).
 *
 * As softplus(−z), which holds where log(sigmoid(z)) is −∞; and tf.logSigmoid has no usable gradient.
 */
export const logLoss = (z: tf.Tensor1D): tf.Tensor1D => tf.softplus<tf.Tensor1D>(tf.neg(z));

/**
 * (1 − ε) (−log σ(z)) + ε (−log σ(−z)): the loss where a share ε of the labels is taken to be the wrong way round.
 * Slope in [−1, 1].
 */
export function smoothedLogLoss(z: tf.Tensor1D, epsilon: tf.Scalar): tf.Tensor1D {
  const asLabelled: tf.Tensor1D = tf.mul(tf.sub(1, epsilon), tf.softplus(tf.neg(z)));
  const flipped: tf.Tensor1D = tf.mul(epsilon, tf.softplus(z));
  return tf.add(asLabelled, flipped);
}

/** ε of every objective that smooths the logistic loss. */
export const labelSmoothing: SettingSpec = {
  default: 0,
  from: 0,
  to: 0.5,
  about: 'ε, the share of labels taken to be the wrong way round',
};
