/** Rows of a matrix of which the others are no longer needed. */
import * as tf from '@tensorflow/tfjs-core';

export interface RowChoice {
  /** [U] int32: the rows that stay, each once; then fillers, of which there is at least one. */
  readonly indices: tf.Tensor1D;
  /** [N] int32: where each row of N went in `indices`; a filler's place for a row that did not stay. */
  readonly inverse: tf.Tensor1D;
}

/**
 * x[indices], [U, D]. Its gradient is gathered too, which takes a fraction of the time of adding row by row: fillers must
 * therefore count nothing in what is made of the result, so that their gradient is 0.
 * @param x [N, D]
 */
export function keepRows(x: tf.Tensor2D, {indices, inverse}: RowChoice): tf.Tensor2D {
  const keep = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    save([inverse]);
    return {
      value: tf.gather(x, indices),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [tf.gather(dy, saved[0] as tf.Tensor1D)],
    };
  });
  return keep(x) as tf.Tensor2D;
}
