/** The estimate of KL(π_θ‖π_ref) that a batch of pairs allows without another forward pass. */
import * as tf from '@tensorflow/tfjs-core';
import {detached} from './detached.js';
import type {PairBatch} from './objective-contract.js';

/**
 * KL = max(0, mean of log π_θ(y|x) − log π_ref(y|x) over the 2B completions of the batch), nats, a scalar without gradient.
 *
 * Exact in expectation only for completions that π_θ sampled; these are of earlier policies or revised, so it is biased,
 * as every estimate from matched pairs is. Rows of weight 0 do not count; a batch of only such rows gives 0.
 */
export function batchKl(batch: Pick<PairBatch, 'policyLogps' | 'referenceLogps' | 'weights'>): tf.Scalar {
  const {policyLogps, referenceLogps, weights} = batch;
  const chosen = tf.sub(detached(policyLogps.chosen), referenceLogps.chosen);
  const rejected = tf.sub(detached(policyLogps.rejected), referenceLogps.rejected);
  const total = tf.sum(tf.mul(weights, tf.add(chosen, rejected)));
  const completions = tf.maximum(tf.mul(tf.sum(weights), 2), 1);
  return tf.maximum(tf.div(total, completions), 0);
}
