/**
 * KTO-pair, Eq. 9: L = −σ(r_w − β KL) − σ(β KL − r_l), in (−2, 0).
 *
 * Pushes the chosen reward above the anchor β KL and the rejected one below it. With KL = 0 it is APO-zero − 1; slopes in r
 * are at most 1/4. At r_w = r_l = 0, where every run starts, KL = 0, L = −1, dL/dr_w = −1/4 and dL/dr_l = 1/4.
 *
 * The paper does not say how it estimates KL(π_θ‖π_ref), one non-negative number. Here it is `batchKl`: one number for the
 * batch, from both completions of every pair, and a constant to the gradient. Deviations from the `kto_pair` that TRL had
 * until version 0.9.4: that one anchored each half at the other half's clamped mean, let gradients through it, and averaged
 * over 2B completions with 1 added to each (half of this loss, plus 1).
 */
import * as tf from '@tensorflow/tfjs-core';
import {batchKl} from './kl.js';
import type {ChosenRejected, NamedObjective} from './objective-contract.js';

/** Eq. 9 for an anchor β KL that is given, a scalar. */
export function anchoredLosses({chosen, rejected}: ChosenRejected, anchor: tf.Scalar): tf.Tensor1D {
  const above: tf.Tensor1D = tf.sigmoid(tf.sub(chosen, anchor));
  const below: tf.Tensor1D = tf.sigmoid(tf.sub(anchor, rejected));
  return tf.neg(tf.add(above, below));
}

export const ktoPair: NamedObjective = {
  about: 'each side against the KL to the reference',
  source: 'Eq. 9',
  losses(batch) {
    const anchor: tf.Scalar = tf.mul(batch.beta, batchKl(batch));
    return anchoredLosses(batch.rewards, anchor);
  },
  mixesPairs: true,
};
