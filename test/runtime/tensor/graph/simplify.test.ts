import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import '../../../../runtime/tensor/tensorflow.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {type Graph, sizeOf} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {simplify} from '../../../../runtime/tensor/graph/simplify.js';
import {type Body, floats, relativeError, runOn, specsOf, wave} from '../both.js';

const inputs: Readonly<Record<string, HostTensor>> = {x: wave([3, 4]), y: wave([5, 4], 1), v: wave([4], 2)};

const recorded = (body: Body): Graph => record({name: 'case', inputs: specsOf(inputs), body}, {});
const opsOf = (graph: Graph): string[] => graph.nodes.map(({op}) => op);

/** The operations left of `body`, which must still give the same values. */
async function simplified(
  t: ExecutionContext,
  body: (x: tf.Tensor2D, y: tf.Tensor2D, v: tf.Tensor) => tf.Tensor,
) {
  const named: Body = ({x, y, v}) => ({
    outputs: {z: body(x as tf.Tensor2D, y as tf.Tensor2D, v as tf.Tensor)},
  });
  const [onnx, eager] = [await runOn('onnx', named, inputs), await runOn('eager', named, inputs)];
  const nothing = floats([0], []);
  t.true(relativeError(onnx.outputs.z ?? nothing, eager.outputs.z ?? nothing) <= 1e-6);
  return simplify(recorded(named));
}

test('equal operations are computed once, and what no output needs not at all', async (t) => {
  const body = (x: tf.Tensor2D) => {
    tf.sin(x);
    return tf.add(tf.exp(x), tf.exp(x));
  };
  t.deepEqual(opsOf(recorded(({x}) => ({outputs: {z: body(x as tf.Tensor2D)}}))), [
    'Sin',
    'Exp',
    'Exp',
    'Add',
  ]);
  t.deepEqual(opsOf(await simplified(t, body)), ['Exp', 'Add']);
});

test('operations that differ only in an attribute or a type stay apart', async (t) => {
  const graph = await simplified(t, (x) =>
    tf.concat([tf.sum(x, 0), tf.sum(x, 1), tf.sum(tf.cast(x, 'int32'), 1)]),
  );
  t.is(opsOf(graph).filter((op) => op === 'Sum').length, 3);
});

test('a constant written twice is kept once, and one that is the same everywhere as one number', async (t) => {
  const graph = await simplified(t, (x) =>
    tf.add(tf.add(tf.mul(x, tf.tensor1d([1, 2, 3, 4])), tf.tensor1d([1, 2, 3, 4])), tf.fill([3, 4], 0.5)),
  );
  t.is(graph.constants.size, 1);
  const fills = graph.nodes.filter(({op}) => op === 'Fill').flatMap(({outputs}) => outputs);
  t.deepEqual(
    fills.map((id) => graph.values[id]?.shape),
    [[]],
  );
});

test('0 and -0 are two constants', async (t) => {
  const graph = await simplified(t, (x) => tf.add(tf.mul(x, tf.scalar(-0)), tf.mul(x, tf.scalar(0))));
  const values = graph.nodes.filter(({op}) => op === 'Fill').map(({attributes}) => attributes.value);
  t.true(values.some((value) => Object.is(value, -0)));
  t.true(values.some((value) => Object.is(value, 0)));
});

test('a product reads transposed operands without a transpose', async (t) => {
  const graph = await simplified(t, (x, y) => tf.matMul(tf.transpose(tf.transpose(x)), tf.transpose(y)));
  t.deepEqual(
    graph.nodes.map(({op, attributes}) => ({op, attributes})),
    [{op: 'BatchMatMul', attributes: {transposeA: false, transposeB: true}}],
  );
  const batched = await simplified(t, (x, y) =>
    tf.matMul(tf.transpose(tf.reshape(x, [1, 4, 3]), [0, 2, 1]), tf.reshape(y, [1, 5, 4]), false, true),
  );
  t.deepEqual(opsOf(batched), ['Reshape', 'Reshape', 'BatchMatMul']);
});

test('a transpose that mixes more than rows and columns stays', async (t) => {
  const graph = await simplified(t, (x, y) =>
    tf.matMul(tf.transpose(tf.reshape(x, [2, 3, 2]), [1, 2, 0]), tf.reshape(tf.slice(y, 0, 3), [3, 2, 2])),
  );
  t.true(opsOf(graph).includes('Transpose'));
});

test('reshapes of reshapes, casts to the same type, identities and empty paddings go', async (t) => {
  const graph = await simplified(t, (x) =>
    tf.pad(tf.cast(tf.clone(tf.reshape(tf.reshape(tf.expandDims(x, 1), [12]), [4, 3])), 'float32'), [
      [0, 0],
      [0, 0],
    ]),
  );
  t.deepEqual(opsOf(graph), ['Reshape']);
  t.deepEqual(opsOf(await simplified(t, (x) => tf.reshape(tf.reshape(x, [12]), [3, 4]))), []);
});

test('a transpose that only moves an axis of length 1 is a reshape', async (t) => {
  const graph = await simplified(t, (x) => tf.transpose(tf.reshape(x, [3, 1, 4]), [1, 0, 2]));
  t.deepEqual(opsOf(graph), ['Reshape']);
});

test('gradients of sums and means bring no tensors of ones into the graph', async (t) => {
  const graph = await simplified(t, (x) => tf.grad((x) => tf.mean(tf.square(tf.sum(x, 1))))(x));
  t.deepEqual([...graph.constants], []);
  for (const node of graph.nodes.filter(({op}) => op === 'Fill')) {
    t.is(sizeOf(graph.values[node.outputs[0] ?? 0]?.shape ?? []), 1);
  }
});

test('what was broadcast for an element-wise operation is read as it was; the result is broadcast where need be', async (t) => {
  t.deepEqual(opsOf(await simplified(t, (x, _, v) => tf.add(x, tf.broadcastTo(v, [3, 4])))), [
    'Reshape',
    'Add',
  ]);
  const both = await simplified(t, (_x, _y, v) => tf.mul(tf.broadcastTo(v, [3, 4]), tf.sin(v)));
  t.deepEqual(opsOf(both).toSorted(), ['BroadcastTo', 'Multiply', 'Reshape', 'Sin']);
});

test('inputs stay even where nothing reads them; state that nothing reads is not asked for', (t) => {
  const fn = {
    name: 'case',
    inputs: specsOf(inputs),
    body: ({x}: Record<string, tf.Tensor>, {w}: Record<string, tf.Tensor>) => ({
      outputs: {z: tf.add(x as tf.Tensor, w as tf.Tensor)},
    }),
  };
  const graph = simplify(record(fn, specsOf({w: wave([4]), unread: wave([2])})));
  t.deepEqual([...graph.inputs.keys()], ['x', 'y', 'v']);
  t.deepEqual([...graph.state.keys()], ['w']);
});
