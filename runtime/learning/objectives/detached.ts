/** Values as constants: what an anchor, an order or a measurement is to the gradient. */
import * as tf from '@tensorflow/tfjs-core';

/** The same values, through which no gradient flows. TensorFlow.js has no operation for it. */
export function detached<T extends tf.Tensor>(tensor: T): T {
  const stopped = tf.customGrad((x) => ({value: tf.clone(x as T), gradFunc: (dy: T) => tf.zerosLike(dy)}));
  return stopped(tensor) as T;
}

/**
 * `of(...inputs)` as a constant. Unlike of detached inputs, operations without a gradient, such as comparisons, may be used
 * on the way.
 */
export function constant<T extends tf.Tensor>(inputs: readonly tf.Tensor[], of: () => T): T {
  const made = tf.customGrad(() => ({
    value: of(),
    gradFunc: () => inputs.map(({shape}) => tf.zeros(shape)),
  }));
  return made(...inputs) as T;
}
