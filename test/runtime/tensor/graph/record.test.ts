import * as tf from '@tensorflow/tfjs-core';
import '../../../../runtime/tensor/cpu.js';
import test from 'ava';
import '../../../../runtime/tensor/tensorflow.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {type Body, specsOf, wave} from '../both.js';

const recorded = (body: Body) =>
  record({name: 'case 3x4', inputs: specsOf({x: wave([3, 4])}), body}, specsOf({w: wave([4])}));

test('a kernel that cannot be recorded is named, with the function that uses it', (t) => {
  const error = t.throws(() => recorded(({x}) => ({outputs: {z: tf.einsum('ij->ji', x as tf.Tensor)}})));
  t.regex(error.message, /cannot record case 3x4: .*kernel Einsum is not in runtime\/tensor\/kernels:/);
});

test('reading values while recording throws', (t) => {
  const error = t.throws(() => recorded(({x}) => ({outputs: {z: tf.scalar(x?.dataSync()[0] ?? 0)}})));
  t.regex(error.message, /cannot record case 3x4: values are read/);
});

test('a tensor made outside is refused', (t) => {
  const outside = tf.tensor1d([1, 2, 3, 4]);
  t.teardown(() => outside.dispose());
  const error = t.throws(() => recorded(({x}) => ({outputs: {z: tf.add(x as tf.Tensor, outside)}})));
  t.regex(error.message, /cannot record case 3x4: a tensor made outside is used/);
});

test('shapes that do not fit throw as TensorFlow.js throws', (t) => {
  t.throws(() => recorded(({x}) => ({outputs: {z: tf.matMul(x as tf.Tensor, x as tf.Tensor)}})), {
    message: /cannot record case 3x4/,
  });
  t.throws(() => recorded(({x}) => ({outputs: {z: tf.add(x as tf.Tensor, tf.zeros([5]))}})), {
    message: /cannot record case 3x4/,
  });
});

test('the next state must be a tensor of the state, in its shape and type', (t) => {
  const next = (state: Record<string, tf.Tensor>) => () => recorded(() => ({outputs: {}, state}));
  t.throws(() => recorded(({x}) => ({outputs: {}, state: {other: x as tf.Tensor}})), {
    message: /no tensor other to replace/,
  });
  t.throws(() => recorded(({x}) => ({outputs: {}, state: {w: x as tf.Tensor}})), {
    message: /state tensor w is float32 \[4\] and cannot become float32 \[3,4\]/,
  });
  t.throws(() => recorded((_, {w}) => ({outputs: {}, state: {w: tf.cast(w as tf.Tensor, 'int32')}})), {
    message: /cannot become int32/,
  });
  t.notThrows(next({}));
});

test('a bool output is refused with the remedy', (t) => {
  t.throws(() => recorded(({x}) => ({outputs: {z: tf.greater(x as tf.Tensor, 0)}})), {
    message: /output z is bool: cast it to int32/,
  });
});

test('a final error of the function itself comes out as it is', (t) => {
  const error = new TerminalError('prompts are too long: lower the limit');
  const thrown = t.throws(() =>
    recorded(() => {
      throw error;
    }),
  );
  t.is(thrown, error);
});

test('recording leaves no tensors and the backend as it was, also when it fails', (t) => {
  const before = tf.memory();
  recorded(({x}) => {
    const {value, grads} = tf.valueAndGrads((x: tf.Tensor) => tf.sum(tf.square(x)))([x as tf.Tensor]);
    return {outputs: {value, gradient: grads[0] as tf.Tensor}};
  });
  t.throws(() => recorded(({x}) => ({outputs: {z: tf.einsum('ij->ji', tf.exp(x as tf.Tensor))}})));
  t.throws(() => recorded(({x}) => ({outputs: {z: tf.grad((x) => tf.einsum('ij->', x))(x as tf.Tensor)}})));
  const after = tf.memory();
  t.is(after.numTensors, before.numTensors);
  t.is(after.numDataBuffers, before.numDataBuffers);
  t.is(tf.getBackend(), 'cpu');
  t.deepEqual(Object.keys(tf.engine().registryFactory), ['cpu']);
});

test('a value used twice has the sum of both gradients, also through a copy of it', (t) => {
  // d/dx of x·x through clones is 2x: two products of the incoming gradient, added once.
  const graph = recorded(({x}) => {
    const gradient = tf.grad((x) => tf.sum(tf.mul(tf.clone(x), tf.cast(x, 'float32'))));
    return {outputs: {gradient: gradient(x as tf.Tensor)}};
  });
  t.is(graph.nodes.filter(({op}) => op === 'Add' || op === 'AddN').length, 1);
});
