/** Values as constants: what an anchor or a measurement is to the gradient. */
import * as tf from '@tensorflow/tfjs-core';

/** The same values, through which no gradient flows. TensorFlow.js has no operation for it. */
export function detached<T extends tf.Tensor>(tensor: T): T {
  const constant = tf.customGrad((x) => ({value: tf.clone(x as T), gradFunc: (dy: T) => tf.zerosLike(dy)}));
  return constant(tensor) as T;
}
