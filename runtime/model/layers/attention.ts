/** Attention as generation has it: no gradient, and each row over as many positions as it has. */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../../tensor/graph/fused.js';
import type {ModelConfig} from '../files/config.js';
import {type HeadTensors, MASKED} from './layers.js';

/**
 * B rows, each with T new tokens after those that it holds. What they hold lies in P blocks of S positions: one for each row, the
 * first for the first; or, where T is 1, several of a row, in any order.
 */
export interface Sequences {
  /** [B, T] int32, of which only the shape counts. */
  readonly places: tf.Tensor2D;
  /** [B] int32: the position of each row's last token. */
  readonly ends: tf.Tensor1D;
  /** [1] int32: positions of the longest row, its new tokens included. */
  readonly total: tf.Tensor1D;
  /** [P] int32: positions that are held in each block. Several rows with several new tokens each must hold none. */
  readonly held: tf.Tensor1D;
  /** [P] int32: the row that each block is of. */
  readonly owners: tf.Tensor1D;
  /** [B, R] int32: the blocks of each row in the order of their positions, at least one, then any of them again. */
  readonly order: tf.Tensor2D;
  /** [B, R] float32: 1 for each block, 0 for what is there again. */
  readonly counted: tf.Tensor2D;
  /** What the rows hold, [P, keyValueHeads, S, headDim]. */
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
}

/**
 * Below so many entries of a token's keys, one token a row looks at a copy of what is held: that costs less than the operators
 * that read it in place. Measured, 32 rows: of 32 entries over 32 positions 61 us against 89, of 64 over 40 99 against 117, over
 * 128 463 against 214, of 128 over 96 626 against 509. The choice is the model's and not a run's, since each rounds in its own way.
 */
const LEAST_IN_PLACE = 64;

/** Whether one token a row reads what is held where it lies: only then may a row have several blocks. */
export const readsInPlace = ({keyValueHeadCount, headDim}: ModelConfig): boolean =>
  keyValueHeadCount * headDim >= LEAST_IN_PLACE;

/**
 * Causal attention of each row's new tokens over what the row holds and themselves.
 * @param heads of all new tokens, N = B · T, as sequences of one token: [N, heads, 1, headDim]
 * @returns the same shape as the queries
 */
export function attendSequences(config: ModelConfig, heads: HeadTensors, sequences: Sequences): tf.Tensor4D {
  const {headCount, keyValueHeadCount, headDim} = config;
  const {places, ends, total, held, owners, order, counted} = sequences;
  const flat = (x: tf.Tensor4D, count: number): tf.Tensor2D => tf.reshape(x, [x.shape[0], count * headDim]);
  const queries = flat(heads.queries, headCount);
  const [keys, values] = [flat(heads.keys, keyValueHeadCount), flat(heads.values, keyValueHeadCount)];
  const span = sequences.keys.shape[2];
  const isFree = tf.greaterEqual(tf.range(0, span, 1, 'int32'), tf.reshape(held, [-1, 1]));
  const chosen = (ifFree: number, ifHeld: number): tf.Tensor =>
    tf.where(isFree, tf.scalar(ifFree), tf.scalar(ifHeld));
  const isHeld = tf.reshape(chosen(0, 1), [held.size, span, 1]);
  const mask = tf.reshape(chosen(MASKED, 0), [held.size, 1, 1, span]);
  const what = [sequences.keys, sequences.values, isHeld, mask, owners, order, counted];
  const [mixed = queries] = fused(
    'GroupQueryAttention',
    [queries, keys, values, places, ends, total, ...what],
    // Queries come divided by √headDim already.
    {heads: headCount, keyValueHeads: keyValueHeadCount, scale: 1, inPlace: readsInPlace(config) ? 1 : 0},
    [like(queries)],
    () => [composed(config, heads, sequences, mask)],
  );
  return tf.reshape(mixed, heads.queries.shape);
}

/**
 * Over each block and over the new tokens apart, so that nothing is copied to stand beside something else.
 * @param mask [P, 1, 1, S]: 0 for what is held
 */
function composed(
  {headCount, keyValueHeadCount, headDim}: ModelConfig,
  heads: HeadTensors,
  {places, owners, order, counted, keys, values}: Sequences,
  mask: tf.Tensor,
): tf.Tensor {
  const [rows, length] = places.shape;
  const [blocks, , span] = keys.shape;
  const shared = headCount / keyValueHeadCount;
  const byRow = (x: tf.Tensor4D, count: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(x, [rows, length, count, headDim]), [0, 2, 1, 3]);
  /** Query heads that share a key head are rows of one product. */
  const scores = (queries: tf.Tensor, keys: tf.Tensor, count: number, positions: number): tf.Tensor4D => {
    const groups = count * keyValueHeadCount;
    const product = tf.matMul(
      tf.reshape(queries, [groups, shared * length, headDim]) as tf.Tensor3D,
      tf.reshape(keys, [groups, positions, headDim]) as tf.Tensor3D,
      false,
      true,
    );
    return tf.reshape(product, [count, headCount, length, positions]);
  };
  const mix = (weights: tf.Tensor, values: tf.Tensor, count: number, positions: number): tf.Tensor4D => {
    const groups = count * keyValueHeadCount;
    const product = tf.matMul(
      tf.reshape(weights, [groups, shared * length, positions]) as tf.Tensor3D,
      tf.reshape(values, [groups, positions, headDim]) as tf.Tensor3D,
    );
    return tf.reshape(product, [count, headCount, length, headDim]);
  };
  const ofRows = (x: tf.Tensor4D): tf.Tensor =>
    tf.reshape(tf.gather(x, tf.reshape(order, [order.size])), [...order.shape, ...x.shape.slice(1)]);
  const counts = tf.reshape(counted, [...order.shape, 1, 1, 1]);
  const addedUp = (x: tf.Tensor4D): tf.Tensor => tf.sum(tf.mul(ofRows(x), counts), 1);

  const queries = byRow(heads.queries, headCount);
  const onHeld = tf.add(scores(tf.gather(queries, owners), keys, blocks, span), mask) as tf.Tensor4D;
  const places1D = tf.range(0, length, 1, 'int32');
  const isLater = tf.greater(tf.reshape(places1D, [1, length]), tf.reshape(places1D, [length, 1]));
  const own = {keys: byRow(heads.keys, keyValueHeadCount), values: byRow(heads.values, keyValueHeadCount)};
  const causal = tf.where(isLater, tf.scalar(MASKED), tf.scalar(0));
  const onOwn = tf.add(scores(queries, own.keys, rows, length), causal);

  const largestHeld = tf.max(ofRows(tf.max(onHeld, 3, true)), 1);
  const largest = tf.maximum(largestHeld, tf.max(onOwn, 3, true)) as tf.Tensor4D;
  const heldWeights = tf.exp(tf.sub(onHeld, tf.gather(largest, owners)));
  const ownWeights = tf.exp(tf.sub(onOwn, largest));
  const sums = tf.add(addedUp(tf.sum(heldWeights, 3, true)), tf.sum(ownWeights, 3, true));
  const added = tf.add(
    addedUp(mix(heldWeights, values, blocks, span)),
    mix(ownWeights, own.values, rows, length),
  );
  const mixed = tf.transpose(tf.div(added, sums), [0, 2, 1, 3]);
  return tf.reshape(mixed, [rows * length, headCount * headDim]);
}
