/** The TensorFlow graph that is written for a recorded one. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {simplify} from '../../../../runtime/tensor/graph/simplify.js';
import {lower} from '../../../../runtime/tensor/tensorflow/lower.js';
import type {Body} from '../both.js';

const opsOf = (body: Body, precision: 'float32' | 'bfloat16' = 'float32'): string[] => {
  const fn = {name: 'case', inputs: {x: {shape: [4, 4], dtype: 'float32'}} as const, body};
  const recorded = record(fn, {w: {shape: [4, 4], dtype: 'float32'}});
  return lower(simplify(recorded), 'case', precision).nodes.map(({op}) => op);
};
const count = (ops: readonly string[], op: string): number => ops.filter((each) => each === op).length;
const productTwice: Body = ({x}, {w}) => ({
  outputs: {y: tf.matMul(tf.matMul(x as tf.Tensor, w as tf.Tensor), w as tf.Tensor, false, true)},
});

test('in bfloat16 a tensor that several products read is cast once', (t) => {
  const ops = opsOf(productTwice, 'bfloat16');
  t.is(count(ops, 'MatMul'), 2);
  // x, w, and both products back as float32; the second reads the first as it was before that.
  t.is(count(ops, 'Cast'), 4);
});

test('in bfloat16 entries are moved after they are rounded', (t) => {
  const turned: Body = ({x}, {w}) => ({
    outputs: {
      y: tf.matMul(
        tf.transpose(tf.reshape(x as tf.Tensor, [2, 2, 4]), [1, 0, 2]),
        tf.reshape(w as tf.Tensor, [1, 4, 4]),
      ),
    },
  });
  const ops = opsOf(turned, 'bfloat16');
  t.true(ops.lastIndexOf('Transpose') > ops.indexOf('Cast'), `${ops}`);
});

test('a batch of Aᵀ·B reads the smaller operand transposed', (t) => {
  const fn = {
    name: 'case',
    inputs: {a: {shape: [2, 5, 9], dtype: 'float32'}, b: {shape: [2, 5, 3], dtype: 'float32'}} as const,
    body: ({a, b}: Readonly<Record<'a' | 'b', tf.Tensor>>) => ({outputs: {y: tf.matMul(a, b, true)}}),
  };
  const {nodes, inputs} = lower(simplify(record(fn, {})), 'case', 'float32');
  const product = nodes.find(({op}) => op === 'BatchMatMulV2');
  t.deepEqual(product?.inputs, [inputs[1]?.node, inputs[0]?.node]);
  t.is(
    count(
      nodes.map(({op}) => op),
      'Transpose',
    ),
    1,
  );
});

test('in float32 nothing is cast', (t) => {
  t.is(count(opsOf(productTwice), 'Cast'), 0);
});

test('a constant that is written twice is kept once', (t) => {
  const ops = opsOf(({x}) => ({
    outputs: {y: tf.sum(x as tf.Tensor, 1), z: tf.max(x as tf.Tensor, 1), w: tf.min(x as tf.Tensor, 1)},
  }));
  t.is(count(ops, 'Const'), 1);
});

test('a next state that is a given tensor, or one in another shape, is a copy', (t) => {
  t.is(
    count(
      opsOf(({x}) => ({outputs: {}, state: {w: x as tf.Tensor}})),
      'DeepCopy',
    ),
    1,
  );
  const turned: Body = ({x}) => ({outputs: {}, state: {w: tf.reshape(tf.slice(x as tf.Tensor, 0), [4, 4])}});
  t.is(count(opsOf(turned), 'DeepCopy'), 1);
  t.is(
    count(
      opsOf(({x}) => ({outputs: {}, state: {w: tf.neg(x as tf.Tensor)}})),
      'DeepCopy',
    ),
    0,
  );
});

test('an operation that TensorFlow lacks in our table is named', (t) => {
  const recorded = record(
    {name: 'case', inputs: {x: {shape: [2], dtype: 'float32'}}, body: ({x}) => ({outputs: {y: tf.neg(x)}})},
    {},
  );
  const nodes = recorded.nodes.map((node) => ({...node, op: 'Unheard'}));
  t.throws(() => lower({...recorded, nodes}, 'case', 'float32'), {
    message: 'cannot write case for TensorFlow: no operator for Unheard',
  });
});
