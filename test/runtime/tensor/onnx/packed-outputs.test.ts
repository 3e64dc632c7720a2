import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {sizeOf, valueAt} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {packOutputs} from '../../../../runtime/tensor/onnx/packed-outputs.js';

/** A scalar, a matrix and two outputs of whole numbers, of which `wanted` are outputs. */
const recorded = (...wanted: string[]) =>
  record(
    {
      name: 'outputs',
      inputs: {x: {shape: [2, 3], dtype: 'float32'}},
      body: ({x}) => {
        const input = x as tf.Tensor2D;
        const all: Record<string, tf.Tensor> = {
          sum: tf.sum(input),
          twice: tf.mul(input, tf.scalar(2)),
          best: tf.argMax(input, 1),
          worst: tf.argMin(input, 1),
        };
        return {outputs: Object.fromEntries(wanted.map((name) => [name, all[name] as tf.Tensor]))};
      },
    },
    {},
  );

const floats = (shape: number[], values: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

test('outputs of one type are one, and come apart again as they were', (t) => {
  const {graph, unpack} = packOutputs(recorded('sum', 'best', 'twice'));
  const packs = [...graph.outputs].map(([name, id]) => [name, valueAt(graph, id)] as const);
  t.deepEqual(
    packs.map(([, value]) => value),
    [
      {shape: [1 + 6], dtype: 'float32'},
      {shape: [2], dtype: 'int32'},
    ],
  );
  const [name = ''] = packs.map(([packed]) => packed);
  const best: HostTensor = {dtype: 'int32', shape: [2], data: Int32Array.of(2, 2)};
  const outputs = unpack(
    new Map([
      [name, floats([7], [21, 2, 4, 6, 8, 10, 12])],
      ['best', best],
    ]),
  );
  t.deepEqual(outputs, {sum: floats([], [21]), twice: floats([2, 3], [2, 4, 6, 8, 10, 12]), best});
  for (const {data, shape} of Object.values(outputs)) t.is(data.buffer.byteLength, 4 * sizeOf(shape));
});

test('one output of a type keeps its name, and the graph given stays as it is', (t) => {
  const given = recorded('sum', 'best');
  const before = structuredClone(given);
  t.deepEqual(packOutputs(given).graph.outputs, given.outputs);
  packOutputs(recorded('sum', 'twice'));
  t.deepEqual(given, before);
});
