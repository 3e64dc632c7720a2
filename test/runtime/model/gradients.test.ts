/** The hand-written gradients, against those that TensorFlow.js derives from plain operations. */
import * as tf from '@tensorflow/tfjs-core';
import '../../../runtime/tensor/cpu.js';
import '../../../runtime/tensor/tensorflow.js';
import test, {type ExecutionContext} from 'ava';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {
  attend,
  gated,
  rmsNorm,
  rotate,
  type Tensors,
  tensorOf,
} from '../../../runtime/model/layers/layers.js';
import {recomputed} from '../../../runtime/model/layers/recompute.js';
import {keepRows} from '../../../runtime/model/layers/row-choice.js';
import {tokenLogps} from '../../../runtime/model/layers/token-logps.js';
import {goldenPath} from '../../helpers/goldens.js';

/** Values without pattern in (-1, 1). */
const wave = (shape: number[], phase: number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({length: tf.util.sizeFromShape(shape)}, (_, i) => Math.sin(12.9898 * (i + 1) + phase)),
    shape,
  );

/** Both functions and their gradients, weighted so that every output counts differently, agree to 1e-5 of the largest. */
function agree(t: ExecutionContext, inputs: tf.Tensor[], ours: Fn, plain: Fn): void {
  const derive = (fn: Fn) =>
    tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const y = fn(...tensors);
      return tf.sum(tf.mul(y, wave(y.shape, 5)));
    })(inputs);
  t.true(relativeError(ours(...inputs), plain(...inputs)) < 1e-5);
  const [actual, expected] = [derive(ours), derive(plain)];
  for (const [i, gradient] of expected.grads.entries()) {
    const other = actual.grads[i];
    if (other === undefined) throw new Error(`no gradient ${i}`);
    t.deepEqual(other.shape, gradient.shape);
    const error = relativeError(other, gradient);
    t.true(error < 1e-5, `input ${i}: ${error}`);
  }
}
type Fn = (...inputs: tf.Tensor[]) => tf.Tensor;

const relativeError = (actual: tf.Tensor, expected: tf.Tensor): number => {
  const worst = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] ?? Number.NaN;
  return worst / (tf.max(tf.abs(expected)).dataSync()[0] ?? Number.NaN);
};

test('RMS norm', (t) => {
  agree(
    t,
    [wave([5, 12], 1), wave([12], 2)],
    (x, weight) => rmsNorm(x as tf.Tensor2D, weight as tf.Tensor, 1e-3),
    (x, weight) => {
      const meanSquare = tf.mean(tf.square(x as tf.Tensor), 1, true);
      return tf.mul(tf.div(x as tf.Tensor, tf.sqrt(tf.add(meanSquare, 1e-3))), weight as tf.Tensor);
    },
  );
});

test('rotation', (t) => {
  const angles: tf.Tensor2D = tf.mul(wave([3, 4], 7), 3);
  const [cosines, sines] = [tf.cos(angles), tf.sin(angles)];
  const positions = tf.tensor1d([0, 2, 1, 1, 0, 2], 'int32');
  const at = (table: tf.Tensor2D): tf.Tensor => tf.reshape(tf.gather(table, positions), [6, 1, 4]);
  agree(
    t,
    [wave([6, 16], 3)],
    (x) => rotate(x as tf.Tensor2D, {positions, cosines, sines}),
    (x) => {
      const halves = tf.reshape(x as tf.Tensor, [6, 2, 8]);
      const [a, b] = tf.split(halves, 2, 2) as [tf.Tensor, tf.Tensor];
      const first = tf.sub(tf.mul(a, at(cosines)), tf.mul(b, at(sines)));
      const second = tf.add(tf.mul(b, at(cosines)), tf.mul(a, at(sines)));
      return tf.reshape(tf.concat([first, second], 2), [6, 16]);
    },
  );
});

test('gated feed-forward', (t) => {
  agree(
    t,
    [tf.mul(wave([5, 6], 1), 4), wave([5, 6], 2)],
    (gate, up) => gated(gate as tf.Tensor2D, up as tf.Tensor2D),
    (gate, up) => tf.mul(tf.mul(gate as tf.Tensor, tf.sigmoid(gate as tf.Tensor)), up as tf.Tensor),
  );
});

test('attention of two query heads to each key head', (t) => {
  const mask = tf.tensor2d([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3]);
  const [queries, keys, values] = [wave([2, 4, 3, 2], 1), wave([4, 3, 2], 2), wave([4, 3, 2], 3)];
  agree(
    t,
    [queries, keys, values],
    (q, k, v) => attend(q as tf.Tensor4D, k as tf.Tensor3D, v as tf.Tensor3D, mask),
    (q, k, v) => {
      const shared = (x: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.tile(tf.reshape(x, [4, 1, 3, 2]), [1, 2, 1, 1]), [2, 4, 3, 2]);
      const scores = tf.matMul(q as tf.Tensor, shared(k as tf.Tensor), false, true);
      return tf.matMul(tf.softmax(tf.add(scores, mask)), shared(v as tf.Tensor));
    },
  );
});

test('rows that are kept, one of them twice, and the others left out', (t) => {
  const choice = {
    indices: tf.tensor1d([4, 1, 4, 0], 'int32'),
    inverses: [tf.tensor1d([3, 1, 3, 3, 0], 'int32'), tf.tensor1d([3, 3, 3, 3, 2], 'int32')],
  };
  // The last row kept is a filler: it counts nothing, and stands for all rows that are left out.
  const counted = tf.tensor2d([1, 2, 3, 0], [4, 1]);
  agree(
    t,
    [wave([5, 2], 1)],
    (x) => tf.mul(keepRows(x as tf.Tensor2D, choice), counted),
    (x) => tf.mul(tf.gather(x as tf.Tensor, choice.indices), counted),
  );
});

test('a part whose values are computed again', (t) => {
  const body = (x: tf.Tensor2D, state: Tensors): tf.Tensor2D =>
    tf.tanh(tf.matMul(tf.tanh(x), tensorOf(state, 'w') as tf.Tensor2D));
  agree(
    t,
    [wave([3, 4], 1), wave([4, 4], 2)],
    (x, w) => recomputed(body, x as tf.Tensor2D, {w: w as tf.Tensor}, ['w', 'of another layer']),
    (x, w) => body(x as tf.Tensor2D, {w: w as tf.Tensor}),
  );
});

for (const [claim, chunks, learns] of [
  ['in one chunk', 1, 'keptProbabilities'],
  ['in two chunks', 2, 'keptProbabilities'],
  ['in two chunks whose logits are taken again', 2, 'logitsTakenAgain'],
  ['one position at a time', 8, 'logitsTakenAgain'],
] as const) {
  test(`token log-probabilities ${claim}`, async (t) => {
    const {config} = await loadCheckpoint(goldenPath('mistral'));
    const targets = tf.tensor1d([3, 0, 10, 3, 7, 1, 9, 2], 'int32');
    agree(
      t,
      [wave([8, 6], 3), tf.mul(wave([11, 6], 4), 8)],
      (hidden, output) =>
        tokenLogps(
          config,
          {'lm_head.weight': output as tf.Tensor},
          hidden as tf.Tensor2D,
          tf.reshape(targets, [chunks, 8 / chunks]),
          learns,
        ),
      (hidden, output) => {
        const all = tf.logSoftmax(tf.matMul(hidden as tf.Tensor2D, output as tf.Tensor2D, false, true));
        return tf.sum(tf.mul(all, tf.oneHot(targets, 11)), 1);
      },
    );
  });
}
