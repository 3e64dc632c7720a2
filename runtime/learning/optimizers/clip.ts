/** Gradient clipping by the norm of all gradients together. */
import * as tf from '@tensorflow/tfjs-core';

export interface Clipped {
  readonly gradients: Record<string, tf.Tensor>;
  /** The norm before clipping, a scalar ≥ 0. */
  readonly norm: tf.Scalar;
}

/** Scales every gradient by min(1, maxNorm / (norm + 1e-6)), as torch's clip_grad_norm_ does. */
export function clipByGlobalNorm(gradients: Readonly<Record<string, tf.Tensor>>, maxNorm: number): Clipped {
  const squares = Object.values(gradients).map((gradient): tf.Scalar => tf.sum(tf.square(gradient)));
  const square = squares.reduce((total, next): tf.Scalar => tf.add(total, next));
  const norm: tf.Scalar = tf.sqrt(square);
  const scale = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
  const clipped = Object.entries(gradients).map(
    ([name, gradient]) => [name, tf.mul(gradient, scale)] as const,
  );
  return {gradients: Object.fromEntries(clipped), norm};
}
