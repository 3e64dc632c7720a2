/** Attention as generation has it: no gradient, and each row over as many positions as it has. */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../../tensor/graph/fused.js';
import type {ModelConfig} from '../files/config.js';
import {type HeadTensors, MASKED} from './layers.js';

/** B rows, each with T new tokens after those that it holds. */
export interface Sequences {
  /** [B, T] int32, of which only the shape counts. */
  readonly places: tf.Tensor2D;
  /** [B] int32: tokens that each row holds. Several rows with several new tokens each must hold none. */
  readonly lengths: tf.Tensor1D;
  /** [B] int32: the position of each row's last token. */
  readonly ends: tf.Tensor1D;
  /** [1] int32: positions of the longest row, its new tokens included. */
  readonly total: tf.Tensor1D;
  /** What the rows hold, [B, keyValueHeads, S, headDim]. */
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
}

/**
 * Causal attention of each row's new tokens over what the row holds and themselves.
 * @param heads of all new tokens, N = B · T, as sequences of one token: [N, heads, 1, headDim]
 * @returns the same shape as the queries
 */
export function attendSequences(config: ModelConfig, heads: HeadTensors, sequences: Sequences): tf.Tensor4D {
  const {headCount, keyValueHeadCount, headDim} = config;
  const {places, lengths, ends, total} = sequences;
  const flat = (x: tf.Tensor4D, count: number): tf.Tensor2D => tf.reshape(x, [x.shape[0], count * headDim]);
  const queries = flat(heads.queries, headCount);
  const [keys, values] = [flat(heads.keys, keyValueHeadCount), flat(heads.values, keyValueHeadCount)];
  const span = sequences.keys.shape[2];
  const isFree = tf.greaterEqual(tf.range(0, span, 1, 'int32'), tf.reshape(lengths, [-1, 1]));
  const chosen = (ifFree: number, ifHeld: number): tf.Tensor =>
    tf.where(isFree, tf.scalar(ifFree), tf.scalar(ifHeld));
  const isHeld = tf.reshape(chosen(0, 1), [lengths.size, span, 1]);
  const mask = tf.reshape(chosen(MASKED, 0), [lengths.size, 1, 1, span]);
  const [mixed = queries] = fused(
    'GroupQueryAttention',
    [queries, keys, values, places, ends, total, sequences.keys, sequences.values, isHeld, mask],
    // Queries come divided by √headDim already.
    {heads: headCount, keyValueHeads: keyValueHeadCount, scale: 1},
    [like(queries)],
    () => [composed(config, heads, sequences, mask)],
  );
  return tf.reshape(mixed, heads.queries.shape);
}

/**
 * Over what is held and over the new tokens apart, so that neither is copied to stand beside the other.
 * @param mask [B, 1, 1, S]: 0 for what is held
 */
function composed(
  {headCount, keyValueHeadCount, headDim}: ModelConfig,
  heads: HeadTensors,
  {places, keys, values}: Sequences,
  mask: tf.Tensor,
): tf.Tensor {
  const [rows, length] = places.shape;
  const span = keys.shape[2];
  const groups = rows * keyValueHeadCount;
  const shared = headCount / keyValueHeadCount;
  const byRow = (x: tf.Tensor4D, count: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(x, [rows, length, count, headDim]), [0, 2, 1, 3]);
  // Query heads that share a key head are rows of one product.
  const queries: tf.Tensor3D = tf.reshape(byRow(heads.queries, headCount), [
    groups,
    shared * length,
    headDim,
  ]);
  const lines = (x: tf.Tensor4D, count: number): tf.Tensor3D => tf.reshape(x, [groups, count, headDim]);
  const own = {
    keys: lines(byRow(heads.keys, keyValueHeadCount), length),
    values: lines(byRow(heads.values, keyValueHeadCount), length),
  };
  const scores = (keys: tf.Tensor3D, count: number, mask: tf.Tensor): tf.Tensor4D =>
    tf.add(tf.reshape(tf.matMul(queries, keys, false, true), [rows, headCount, length, count]), mask);

  const onHeld = scores(lines(keys, span), span, mask);
  const order = tf.range(0, length, 1, 'int32');
  const isLater = tf.greater(tf.reshape(order, [1, length]), tf.reshape(order, [length, 1]));
  const onOwn = scores(own.keys, length, tf.where(isLater, tf.scalar(MASKED), tf.scalar(0)));

  const largest = tf.maximum(tf.max(onHeld, 3, true), tf.max(onOwn, 3, true));
  const [heldWeights, ownWeights] = [onHeld, onOwn].map((x) => tf.exp(tf.sub(x, largest))) as [
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const sums = tf.add(tf.sum(heldWeights, 3, true), tf.sum(ownWeights, 3, true));
  const mix = (weights: tf.Tensor4D, values: tf.Tensor3D, count: number): tf.Tensor3D =>
    tf.matMul(tf.reshape(weights, [groups, shared * length, count]) as tf.Tensor3D, values);
  const added = tf.add(mix(heldWeights, lines(values, span), span), mix(ownWeights, own.values, length));
  const mixed = tf.div(tf.reshape(added, [rows, headCount, length, headDim]), sums);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * length, headCount * headDim]);
}
