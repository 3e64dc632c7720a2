/** The derivative of a loss by named tensors of the state. */
import * as tf from '@tensorflow/tfjs-core';
import {type Tensors, tensorOf} from '../model/layers.js';
import '../tensor/tensorflow.js';
import {detached} from './objectives/detached.js';

export interface Forward {
  readonly loss: tf.Scalar;
  /** [N]: what else of the forward pass the caller wants to see. */
  readonly seen: tf.Tensor1D;
}

export interface LossGradients extends Forward {
  /** dL/dw by name. */
  readonly gradients: Record<string, tf.Tensor>;
}

/**
 * Runs `forward` over the state and differentiates its loss by the tensors that `learned` names. It must use every one of
 * them: TensorFlow.js throws where there is no way from one to the loss.
 */
export function lossGradients(
  learned: readonly string[],
  state: Tensors,
  forward: () => Forward,
): LossGradients {
  // What is computed inside and not returned is gone afterwards, and one tensor can be returned: [loss, ...seen].
  const packed = (): tf.Tensor1D => {
    const {loss, seen} = forward();
    return tf.concat([tf.reshape<tf.Rank.R1>(loss, [1]), detached(seen)]);
  };
  const {value, grads} = tf.valueAndGrads(packed)(learned.map((name) => tensorOf(state, name)));
  const results = value as tf.Tensor1D;
  return {
    loss: tf.reshape<tf.Rank.R0>(tf.slice1d(results, 0, 1), []),
    seen: tf.slice1d(results, 1, results.shape[0] - 1),
    gradients: Object.fromEntries(grads.map((gradient, index) => [learned[index], gradient])),
  };
}
