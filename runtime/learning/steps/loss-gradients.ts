/** The derivative of a loss by named tensors of the state. */
import * as tf from '@tensorflow/tfjs-core';
import {type Tensors, tensorOf} from '../../model/layers/layers.js';
import '../../tensor/tensorflow.js';

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
    return beside(loss, seen);
  };
  const {value, grads} = tf.valueAndGrads(packed)(learned.map((name) => tensorOf(state, name)));
  const results = value as tf.Tensor1D;
  return {
    loss: tf.reshape<tf.Rank.R0>(tf.slice1d(results, 0, 1), []),
    seen: tf.slice1d(results, 1, results.shape[0] - 1),
    gradients: Object.fromEntries(grads.map((gradient, index) => [learned[index], gradient])),
  };
}

/** [loss, ...seen], through which the loss alone is differentiated: TensorFlow.js's own gradient would cut at a length. */
function beside(loss: tf.Scalar, seen: tf.Tensor1D): tf.Tensor1D {
  const join = tf.customGrad((...args) => {
    const [loss, seen] = args as [tf.Tensor, tf.Tensor1D];
    return {
      value: tf.concat([tf.reshape<tf.Rank.R1>(loss, [1]), seen]),
      gradFunc: (dy: tf.Tensor) => [
        tf.reshape(tf.slice1d(dy as tf.Tensor1D, 0, 1), []),
        tf.zeros(seen.shape),
      ],
    };
  });
  return join(loss, seen) as tf.Tensor1D;
}
