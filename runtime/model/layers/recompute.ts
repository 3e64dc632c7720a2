/** Trading work for memory: what a part of the model keeps for its gradient is computed again when the gradient needs it. */
import * as tf from '@tensorflow/tfjs-core';
import type {Tensors} from './layers.js';

/**
 * The same values as `body(x, state)`, of which only `x` is kept until the backward pass (gradient checkpointing, Chen et
 * al. 2016).
 * @param learned names of the state's tensors that `body` reads and that may be differentiated by; all others are constants
 */
export function recomputed(
  body: (x: tf.Tensor2D, state: Tensors) => tf.Tensor2D,
  x: tf.Tensor2D,
  state: Tensors,
  learned: readonly string[],
): tf.Tensor2D {
  const names = learned.filter((name) => state[name] !== undefined);
  const run = (x: tf.Tensor, tensors: readonly tf.Tensor[]): tf.Tensor2D =>
    body(x as tf.Tensor2D, {
      ...state,
      ...Object.fromEntries(names.map((name, index) => [name, tensors[index] ?? x])),
    });
  const pass = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [x, ...tensors] = args.slice(0, -1) as [tf.Tensor, ...tf.Tensor[]];
    save([x, ...tensors]);
    return {
      value: run(x, tensors),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, ...tensors] = saved as [tf.Tensor, ...tf.Tensor[]];
        const derive = tf.grads((x, ...tensors) => run(x, tensors));
        return onTapeOfItsOwn(() => derive([after(x as tf.Tensor2D, [dy]), ...tensors], dy));
      },
    };
  });
  return pass(x, ...names.map((name) => state[name] ?? x)) as tf.Tensor2D;
}

/** TensorFlow.js forgets the operations of the gradient under way when one that begins inside it ends. */
function onTapeOfItsOwn<T>(derive: () => T): T {
  const {state} = tf.engine();
  const tape = state.activeTape;
  try {
    return derive();
  } finally {
    state.activeTape = tape;
  }
}

/**
 * The same values, but computed only once `earlier` are. In a graph, what is computed from them would else be found equal to
 * the forward pass's and kept from there, or be computed long before it is needed: in either case it would be in memory for
 * all that time.
 */
export function after<T extends tf.Tensor>(x: T, earlier: readonly tf.Tensor[]): T {
  const [first, ...others] = earlier.map((tensor) => firstEntry(tensor, x.rank));
  if (first === undefined) return x;
  const sum = others.reduce((sum, entry) => tf.add(sum, entry), first);
  return tf.add(x, tf.mul(sum, 0));
}

/** As a tensor of one entry and that many axes at most, so that it broadcasts. */
function firstEntry(tensor: tf.Tensor, rank: number): tf.Tensor {
  const ones = tensor.shape.map(() => 1);
  const entry = tf.slice(
    tensor,
    tensor.shape.map(() => 0),
    ones,
  );
  return tensor.rank <= rank ? entry : tf.reshape(entry, []);
}
