/** Sorting, for objectives that compare distributions and not pairs: which row of one tensor has which row's rank. */
import * as tf from '@tensorflow/tfjs-core';
import {constant} from './detached.js';

/** Above any log-ratio: what puts the rows that only fill the batch last. */
const LAST = 3e38;

/**
 * For each row, the entry of `others` whose rank among them is that of the row's entry among `values`; all [B].
 *
 * So Σ_i f(values_i − matched_i) is Σ_k f(sort(values)_k − sort(others)_k), with each loss in the row of its value. Only
 * rows of weight 1 are ranked; the others match among themselves. Gradients flow to `others`, none through the order.
 */
export function matchedByRank(values: tf.Tensor1D, others: tf.Tensor1D, weights: tf.Tensor1D): tf.Tensor1D {
  const same = constant([values, others, weights], () => {
    const [ranks, otherRanks] = [ranksOf(values, weights), ranksOf(others, weights)];
    const matches = tf.equal(tf.expandDims(ranks, 1), tf.expandDims(otherRanks, 0));
    return tf.cast(matches, 'float32'); // [B, B], one 1 in each row
  });
  return tf.sum<tf.Tensor1D>(tf.mul(same, tf.expandDims(others, 0)), 1);
}

/** How many rows come before each in ascending order [B]; of equal ones, the first comes first. */
function ranksOf(values: tf.Tensor1D, weights: tf.Tensor1D): tf.Tensor1D {
  const keys: tf.Tensor1D = tf.where(tf.greater(weights, 0), values, LAST);
  const rows = tf.range(0, values.shape[0]);
  const [own, each] = [tf.expandDims(keys, 1), tf.expandDims(keys, 0)];
  const earlier = tf.less(tf.expandDims(rows, 0), tf.expandDims(rows, 1));
  const before = tf.logicalOr(tf.less(each, own), tf.logicalAnd(tf.equal(each, own), earlier));
  return tf.sum<tf.Tensor1D>(tf.cast(before, 'float32'), 1);
}
