/** How fast an executor multiplies matrices here, at best: what any other speed is a share of. */
import * as tf from '@tensorflow/tfjs-core';
import type {Executor, TensorFunction} from './executor.js';

const WIDTH = 1024;
/** Products a run, one after another. */
const PRODUCTS = 4;
/** Long enough that a machine with other work has a quiet moment in it. */
const SECONDS = 3;

const products: TensorFunction<never, 'sum'> = {
  name: `products ${PRODUCTS}x${WIDTH}`,
  inputs: {},
  body: (_, state) => {
    const matrix = state.matrix as tf.Tensor2D;
    let product: tf.Tensor2D = matrix;
    for (let i = 0; i < PRODUCTS; i++) product = tf.matMul(product, matrix);
    return {outputs: {sum: tf.sum(product)}};
  },
};

/** Multiplications and additions a second in products of 1,024 by 1,024 matrices: the best run of a few seconds. */
export async function peakFlopPerSecond(executor: Executor): Promise<number> {
  // Entries of 1/√WIDTH in size keep the products' entries near 1.
  const data = Float32Array.from(
    {length: WIDTH * WIDTH},
    (_, i) => Math.sin(12.9898 * (i + 1)) / Math.sqrt(WIDTH / 2),
  );
  const state = executor.createState([['matrix', {shape: [WIDTH, WIDTH], dtype: 'float32', data}]]);
  const program = await executor.compile(products, state);
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
    const begin = performance.now();
    await program.run({});
    best = Math.min(best, (performance.now() - begin) / 1000);
  }
  await program.dispose();
  state.dispose();
  return (PRODUCTS * 2 * WIDTH ** 3) / best;
}
