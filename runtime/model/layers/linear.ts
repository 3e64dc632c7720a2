/** The linear layers of the model, with or without an adapter of low rank beside their weight. */
import * as tf from '@tensorflow/tfjs-core';
import {adapterNames} from '../files/parameters.js';
import {type Tensors, tensorOf} from './layers.js';

/** How a graph uses the adapter's tensors that it finds in the state. */
export interface AdapterUse {
  /** alpha / rank. */
  readonly scale: number;
  /** While training: the share of an adapter's inputs that is left out, and a number in [0, 1) that differs from step to step. */
  readonly dropout?: {readonly rate: number; readonly seed: tf.Scalar};
}

/**
 * y = x Wᵀ + b for rows [N, in], plus scale · (x Aᵀ) Bᵀ where the state has an adapter of this layer (LoRA, Hu et al.
 * 2021). The bias is there where the state has one.
 */
export function linear(state: Tensors, name: string, x: tf.Tensor2D, adapter?: AdapterUse): tf.Tensor2D {
  const weight = tensorOf(state, `${name}.weight`) as tf.Tensor2D;
  const product: tf.Tensor2D = tf.matMul(x, weight, false, true);
  const bias = state[`${name}.bias`];
  const plain: tf.Tensor2D = bias === undefined ? product : tf.add(product, bias);
  const {a, b} = adapterNames(name);
  if (adapter === undefined || state[a] === undefined) return plain;
  const kept =
    adapter.dropout === undefined ? x : dropped(x, adapter.dropout.rate, adapter.dropout.seed, name);
  const low: tf.Tensor2D = tf.matMul(kept, tensorOf(state, a) as tf.Tensor2D, false, true);
  const raised = tf.matMul(
    tf.mul<tf.Tensor2D>(low, adapter.scale),
    tensorOf(state, b) as tf.Tensor2D,
    false,
    true,
  );
  return tf.add(plain, raised);
}

/**
 * Each entry 0 with probability `rate`, else divided by 1 − rate. Which ones is a hash of place, layer and seed, so that a
 * pass that is computed again leaves out the same.
 */
function dropped(x: tf.Tensor2D, rate: number, seed: tf.Scalar, layer: string): tf.Tensor2D {
  const [rows, width] = x.shape;
  const phase = [...layer].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  // Steps that no small whole numbers relate; the sine's last digits are what counts.
  const down = tf.mul(tf.reshape(tf.range(0, rows), [rows, 1]), 12.9898);
  const across = tf.mul(tf.reshape(tf.range(0, width), [1, width]), 78.233);
  const angles = tf.add(tf.add(down, across), tf.add(tf.mul(seed, 1000), phase));
  const noise = tf.mul(tf.sin(angles), 43758.5453);
  const uniform = tf.sub(noise, tf.floor(noise));
  const keep = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
  return tf.mul(x, tf.mul(keep, 1 / (1 - rate)));
}
