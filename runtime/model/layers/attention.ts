/** Attention as generation has it: no gradient, and each row over as many positions as it has. */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../../tensor/graph/fused.js';
import type {ModelConfig} from '../files/config.js';
import {attendCached, type HeadTensors, MASKED} from './layers.js';
import {attendAmong} from './transformer.js';

/** What the rows' tokens before hold, and how many those are. */
export interface Past {
  /** [B, keyValueHeads, S, headDim] */
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
  /** [B] int32 */
  readonly lengths: tf.Tensor1D;
}

/** B rows of T tokens: with a past, T is 1. */
export interface Sequences {
  /** [B, T] int32, of which only the shape counts. */
  readonly places: tf.Tensor2D;
  /** [B] int32: the position of each row's last token. */
  readonly ends: tf.Tensor1D;
  /** [1] int32: positions of the longest row, its new tokens included. */
  readonly total: tf.Tensor1D;
  readonly past?: Past;
}

/**
 * Causal attention of each row's tokens over themselves and the row's past.
 * @param heads of all tokens, N = B · T, as sequences of one token: [N, heads, 1, headDim]
 * @returns the same shape as the queries
 */
export function attendSequences(
  config: ModelConfig,
  heads: HeadTensors,
  {places, ends, total, past}: Sequences,
): tf.Tensor4D {
  const {headCount, keyValueHeadCount, headDim} = config;
  const flat = (x: tf.Tensor4D, count: number): tf.Tensor2D => tf.reshape(x, [x.shape[0], count * headDim]);
  const queries = flat(heads.queries, headCount);
  const [keys, values] = [flat(heads.keys, keyValueHeadCount), flat(heads.values, keyValueHeadCount)];
  const [mixed = queries] = fused(
    'GroupQueryAttention',
    [queries, keys, values, places, ends, total, ...(past === undefined ? [] : [past.keys, past.values])],
    // Queries come divided by √headDim already.
    {heads: headCount, keyValueHeads: keyValueHeadCount, scale: 1},
    [like(queries)],
    () => [past === undefined ? among(config, heads, places.shape) : overPast(config, heads, past)],
  );
  return tf.reshape(mixed, heads.queries.shape);
}

function among(
  config: ModelConfig,
  heads: HeadTensors,
  [rows, length]: readonly [number, number],
): tf.Tensor {
  const {headCount, keyValueHeadCount, headDim} = config;
  const byRow = (x: tf.Tensor4D, count: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(x, [rows, length, count, headDim]), [0, 2, 1, 3]);
  const sequences = {
    queries: byRow(heads.queries, headCount),
    keys: byRow(heads.keys, keyValueHeadCount),
    values: byRow(heads.values, keyValueHeadCount),
  };
  const places = tf.range(0, length, 1, 'int32');
  const isLater = tf.greater(tf.reshape(places, [1, length]), tf.reshape(places, [length, 1]));
  const mixed = attendAmong(config, sequences, tf.where(isLater, tf.scalar(MASKED), tf.scalar(0)));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * length, headCount * headDim]);
}

function overPast({headCount, headDim}: ModelConfig, heads: HeadTensors, past: Past): tf.Tensor {
  const [rows, groups, span] = past.keys.shape;
  const lines = (x: tf.Tensor4D): tf.Tensor3D => tf.reshape(x, [rows * groups, span, headDim]);
  const isPast = tf.less(tf.range(0, span, 1, 'int32'), tf.reshape(past.lengths, [rows, 1]));
  const mask = tf.reshape(tf.where(isPast, tf.scalar(0), tf.scalar(MASKED)), [rows, 1, 1, span]);
  const mixed = attendCached(heads, lines(past.keys), lines(past.values), mask);
  return tf.reshape(mixed, [rows, headCount * headDim]);
}
