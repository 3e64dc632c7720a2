/** The hand-written gradients, against those that TensorFlow.js derives from plain operations. */
import * as tf from '@tensorflow/tfjs-core';
import '../../../runtime/tensor/cpu.js';
import '../../../runtime/tensor/tensorflow.js';
import test, {type ExecutionContext} from 'ava';
import {loadCheckpoint} from '../../../runtime/model/checkpoint.js';
import {rmsNorm, rotate} from '../../../runtime/model/layers.js';
import {tokenLogps} from '../../../runtime/model/token-logps.js';
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
  const angles = tf.mul(wave([3, 1, 1, 4], 7), 3);
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  const rotation = {cosines: tf.concat([cos, cos], 2), sines: tf.concat([tf.neg(sin), sin], 2)};
  agree(
    t,
    [wave([2, 3, 2, 8], 3)],
    (x) => rotate(x as tf.Tensor, rotation),
    (x) => {
      const halves = tf.reshape(x as tf.Tensor, [2, 3, 2, 2, 4]);
      const a = tf.slice(halves, [0, 0, 0, 0, 0], [2, 3, 2, 1, 4]);
      const b = tf.slice(halves, [0, 0, 0, 1, 0], [2, 3, 2, 1, 4]);
      const first = tf.sub(tf.mul(a, cos), tf.mul(b, sin));
      const second = tf.add(tf.mul(b, cos), tf.mul(a, sin));
      return tf.reshape(tf.concat([first, second], 3), [2, 3, 2, 8]);
    },
  );
});

for (const [claim, maxChunkValues] of [
  ['in one chunk', 1000],
  ['in chunks of 3, 3 and 1 positions', 35],
  ['one position at a time, where the vocabulary is larger than a chunk', 5],
] as const) {
  test(`token log-probabilities ${claim}`, async (t) => {
    const {config} = await loadCheckpoint(goldenPath('mistral'));
    const targets = tf.tensor1d([3, 0, 10, 3, 7, 1, 9], 'int32');
    agree(
      t,
      [wave([7, 6], 3), tf.mul(wave([11, 6], 4), 8)],
      (hidden, output) =>
        tokenLogps(
          config,
          {'lm_head.weight': output as tf.Tensor},
          hidden as tf.Tensor2D,
          targets,
          maxChunkValues,
        ),
      (hidden, output) => {
        const all = tf.logSoftmax(tf.matMul(hidden as tf.Tensor2D, output as tf.Tensor2D, false, true));
        return tf.sum(tf.mul(all, tf.oneHot(targets, 11)), 1);
      },
    );
  });
}
