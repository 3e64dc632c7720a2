/**
 * SFT: supervised fine-tuning on the chosen completions. The paper's baseline; it prints no equation for it.
 *
 *   L = −log π_θ(y_w|x) · B / Σ_j |y_w,j|
 *
 * so that the mean over the B pairs is the mean negative log-probability of all chosen completion tokens of the batch, nats
 * a token, ≥ 0: the reduction of TRL's `sft`. A long completion weighs more than a short one. β, the reference and the
 * rejected completions play no part.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {Objective} from './objective.js';

export const sft: Objective = ({policyLogps, tokenCounts, weights}) => {
  const pairs = tf.sum(weights);
  const tokens = tf.sum(tf.mul(weights, tokenCounts.chosen));
  // A batch of fillers only has no token; its loss is 0, not 0/0.
  const meanTokens: tf.Scalar = tf.div(tf.maximum(tokens, 1), tf.maximum(pairs, 1));
  return tf.neg(tf.div(policyLogps.chosen, meanTokens));
};
