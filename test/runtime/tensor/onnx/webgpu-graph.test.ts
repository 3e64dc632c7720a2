import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {valueAt} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {forWebgpu} from '../../../../runtime/tensor/onnx/webgpu-graph.js';

const product = (a: number[], b: number[], transposeA: boolean, transposeB: boolean) =>
  record(
    {
      name: 'product',
      inputs: {a: {shape: a, dtype: 'float32'}, b: {shape: b, dtype: 'float32'}},
      body: (inputs) => ({
        outputs: {y: tf.matMul(inputs.a as tf.Tensor, inputs.b as tf.Tensor, transposeA, transposeB)},
      }),
    },
    {},
  );

const nodesOf = (graph: ReturnType<typeof forWebgpu>) =>
  graph.nodes.map(({op, outputs, attributes}) => ({
    op,
    shape: valueAt(graph, outputs[0] ?? -1).shape,
    ...(op === 'Transpose' ? {perm: attributes.perm} : {a: attributes.transposeA, b: attributes.transposeB}),
  }));

test('batched products of transposed matrices get transposes of their own', (t) => {
  t.deepEqual(nodesOf(forWebgpu(product([3, 5, 2], [3, 7, 5], true, true))), [
    {op: 'Transpose', shape: [3, 2, 5], perm: [0, 2, 1]},
    {op: 'Transpose', shape: [3, 5, 7], perm: [0, 2, 1]},
    {op: 'BatchMatMul', shape: [3, 2, 7], a: false, b: false},
  ]);
});

test('what the provider can do stays as it is', (t) => {
  for (const graph of [product([5, 2], [7, 5], true, true), product([3, 2, 5], [3, 5, 7], false, false)]) {
    t.deepEqual(nodesOf(forWebgpu(graph)), nodesOf(graph));
  }
});

test('the graph given stays as it is', (t) => {
  const graph = product([3, 5, 2], [3, 5, 7], true, false);
  const before = structuredClone(graph);
  forWebgpu(graph);
  t.deepEqual(graph, before);
});
