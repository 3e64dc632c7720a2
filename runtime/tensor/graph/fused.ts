/**
 * Operations that some executors have whole, in one pass over memory, and that are several of TensorFlow.js's otherwise.
 *
 * An executor says which of them it has when it records (`record`'s `fusions`); for every other one, and where nothing is
 * recorded, the operation is composed. They have no gradient of their own: use them inside `tf.customGrad`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {Attributes, Value} from './graph.js';
import {RecordingBackend} from './record.js';

/**
 * RmsNorm(x [N, D], weight [D]; epsilon) → x · r · weight [N, D] and r = 1 / sqrt(mean(x²) + ε) [N, 1].
 * Silu(x) → x · sigmoid(x).
 * Rotary(x [N, H · headDim], positions [N], cosines and sines [P, headDim / 2]) → the halves of every head turned.
 * SetInRows(x [N, V], columns [N] int32, values [N]) → x, but values[i] in row i at columns[i]; where x is not needed
 * afterwards, without a copy of it.
 * PlusProduct(a [K, M], b [K, N], c [M, N]) → aᵀ b + c.
 * GroupQueryAttention: see model/layers/attention.ts.
 */
export type FusedOperation =
  | 'RmsNorm'
  | 'Silu'
  | 'Rotary'
  | 'SetInRows'
  | 'PlusProduct'
  | 'GroupQueryAttention';

/** The operation's results, of the shapes and types of `outputs`: as one node where it can be, else as `compose` has it. */
export function fused(
  op: FusedOperation,
  inputs: readonly tf.Tensor[],
  attributes: Attributes,
  outputs: readonly Value[],
  compose: () => tf.Tensor[],
): tf.Tensor[] {
  const backend = tf.backend();
  if (!(backend instanceof RecordingBackend) || !backend.fusions.has(op)) return compose();
  const recorded = inputs.map((tensor) => backend.recordedOf(tensor));
  return backend
    .emit(op, recorded, attributes, ...outputs)
    .map((value) => tf.engine().makeTensorFromTensorInfo(backend.tensorInfo(value), backend));
}

/** The shape and type of a tensor, as `outputs` of `fused` has them. */
export const like = ({shape, dtype}: tf.Tensor): Value => {
  if (dtype !== 'float32' && dtype !== 'int32') throw new Error(`a fused operation cannot give ${dtype}`);
  return {shape, dtype};
};
