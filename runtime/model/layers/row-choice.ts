/** Rows of a matrix of which the others are no longer needed. */
import * as tf from '@tensorflow/tfjs-core';

export interface RowChoice {
  /** [V] int32: the rows that are wanted, some of them twice; the last is a filler. */
  readonly indices: tf.Tensor1D;
  /**
   * [N] int32 each: where each row of N went in `indices`, and where it went a second time; the last of `indices` for a row
   * that did not.
   */
  readonly inverses: readonly tf.Tensor1D[];
}

/**
 * x[indices], [V, D]. Its gradient is gathered too, which takes a fraction of the time of adding row by row: fillers must
 * therefore count nothing in what is made of the result, so that their gradient is 0.
 * @param x [N, D]
 */
export function keepRows(x: tf.Tensor2D, {indices, inverses}: RowChoice): tf.Tensor2D {
  const keep = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    save([...inverses]);
    return {
      value: tf.gather(x, indices),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const parts = saved.map((inverse) => tf.gather(dy, inverse as tf.Tensor1D));
        return [parts.reduce((sum, part) => tf.add(sum, part))];
      },
    };
  });
  return keep(x) as tf.Tensor2D;
}
