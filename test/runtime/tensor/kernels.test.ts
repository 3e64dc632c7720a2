/** Every kernel in the table gives on every executor of graphs what TensorFlow.js's own backend gives. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import type {HostTensor} from '../../../runtime/tensor/executor.js';
import {kernels} from '../../../runtime/tensor/kernels/kernels.js';
import {presentExecutors} from '../../helpers/executors.js';
import {floats, integers, relativeError, runOn, wave} from './both.js';

type Body = (
  inputs: Readonly<Record<'a' | 'b' | 'c' | 'i' | 'j' | 'm', tf.Tensor>>,
) => tf.Tensor | tf.Tensor[];

/** The inputs that every case may read. */
const inputs: Readonly<Record<string, HostTensor>> = {
  a: wave([2, 3, 4], 1, 2),
  b: wave([2, 3, 4], 2, 2),
  c: wave([4], 3),
  i: integers([2, 3], [0, 2, 1, 1, 3, 0]),
  j: integers([2, 3], [-7, 7, -8, 5, -1, 9]),
  m: wave([5, 4], 4),
};

/** The kernels a case is for → what to compute. */
const cases: Readonly<Record<string, Body>> = {
  Abs: ({a, j}) => [tf.abs(a), tf.abs(j)],
  Add: ({a, c, j}) => [tf.add(a, c), tf.add(j, 3)],
  AddN: ({a, b}) => tf.addN([a, b, a]),
  'All Any': ({a}) => [tf.all(tf.greater(a, -1.9), 1), tf.any(tf.greater(a, 1.5), [0, 2], true)].map(asInt),
  'ArgMax ArgMin': ({a, j}) => [tf.argMax(a, -1), tf.argMin(a, 1), tf.argMax(j, 0)],
  BatchMatMul: ({a, b, m}) => [
    tf.matMul(m, m, true),
    tf.matMul(m, m, false, true),
    tf.matMul(a, b, false, true),
    tf.matMul(a, b, true),
    tf.matMul(a, tf.slice(b, [0, 0, 0], [-1, -1, 2]), true),
    tf.matMul(tf.reshape(a, [1, 2, 3, 4]), tf.transpose(tf.reshape(b, [1, 2, 3, 4]), [0, 1, 3, 2])),
    tf.matMul(tf.transpose(m), m, true, true),
    tf.matMul(tf.reshape(a, [6, 4]), m, false, true),
    tf.matMul(a, tf.reshape(m, [1, 5, 4]), false, true),
  ],
  Cast: ({a, i}) => [
    tf.cast(a, 'int32'),
    tf.cast(i, 'float32'),
    asInt(tf.cast(i, 'bool')),
    tf.cast(tf.greater(a, 0), 'float32'),
  ],
  'Ceil Floor Round Sign': ({a}) => [
    tf.ceil(a),
    tf.floor(a),
    tf.round(a),
    tf.sign(a),
    tf.round(tf.tensor1d([0.5, 1.5, -0.5, 2.5])),
  ],
  ClipByValue: ({a}) => tf.clipByValue(a, -0.5, 1),
  Concat: ({a, b, i, j}) => [tf.concat([a, b], 1), tf.concat([a, b, a], -1), tf.concat([i, j], 0)],
  'Cos Sin Tan Tanh Erf Elu': ({a}) => [tf.cos(a), tf.sin(a), tf.tan(a), tf.tanh(a), tf.erf(a), tf.elu(a)],
  Cumsum: ({a, j}) => [
    tf.cumsum(a, 1),
    tf.cumsum(a, 2, true),
    tf.cumsum(a, 0, false, true),
    tf.cumsum(j, 1, true, true),
  ],
  'Equal NotEqual': ({a, b, i}) =>
    [tf.equal(i, 1), tf.notEqual(i, tf.tensor1d([0, 2, 0], 'int32')), tf.equal(a, b)].map(asInt),
  'Exp Expm1 Log Log1p': ({a}) => [
    tf.exp(a),
    tf.expm1(a),
    tf.log(tf.abs(a)),
    tf.log1p(tf.abs(a)),
    tf.expm1(tf.mul(a, 1e-6)),
    tf.log1p(tf.mul(a, 1e-6)),
    tf.log(tf.tensor1d([0, 1])),
  ],
  ExpandDims: ({a}) => [tf.expandDims(a, 1), tf.expandDims(a, -1)],
  Fill: ({a}) => [tf.fill([2, 2], 7), tf.add(tf.fill([2, 3, 4], 0.25), a), tf.fill([100], -1, 'int32')],
  FloorDiv: ({a, b, j}) => [
    tf.floorDiv(a, b),
    tf.floorDiv(j, 3),
    tf.floorDiv(j, tf.tensor1d([2, -2, 3], 'int32')),
  ],
  GatherV2: ({a, i, m}) => [
    tf.gather(m, i),
    tf.gather(a, tf.tensor1d([2, 0, 2, 1], 'int32'), 1),
    tf.gather(
      a,
      tf.tensor2d(
        [
          [2, 0],
          [1, 1],
        ],
        [2, 2],
        'int32',
      ),
      1,
      1,
    ),
  ],
  GatherNd: ({m}) => [
    tf.gatherND(
      m,
      tf.tensor2d(
        [
          [4, 0],
          [0, 3],
        ],
        [2, 2],
        'int32',
      ),
    ),
    tf.gatherND(m, tf.tensor2d([[4], [1]], [2, 1], 'int32')),
  ],
  'Greater GreaterEqual Less LessEqual': ({a, b, i}) =>
    [
      tf.greater(a, b),
      tf.greaterEqual(i, 1),
      tf.less(a, b),
      tf.lessEqual(i, tf.scalar(2, 'int32')),
      tf.less(i, 2),
    ].map(asInt),
  Identity: ({a, i}) => [tf.clone(a), tf.clone(i)],
  'IsNan IsInf IsFinite': () => {
    const x = tf.tensor1d([Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    return [tf.isNaN(x), tf.isInf(x), tf.isFinite(x)].map(asInt);
  },
  LeakyRelu: ({a}) => tf.leakyRelu(a, 0.3),
  'LogicalAnd LogicalOr LogicalNot': ({a, b}) => {
    const [p, q] = [tf.greater(a, 0), tf.greater(b, 0)];
    return [tf.logicalAnd(p, q), tf.logicalOr(p, q), tf.logicalNot(p), tf.logicalXor(p, q)].map(asInt);
  },
  'Max Min Prod': ({a, j}) => [
    tf.max(a),
    tf.max(a, -1, true),
    tf.min(a, [0, 1]),
    tf.prod(a, 1),
    tf.max(j, 1),
    tf.min(j),
  ],
  'Maximum Minimum': ({a, b, c, i, j}) => [
    tf.maximum(a, b),
    tf.minimum(a, c),
    tf.maximum(i, j),
    tf.minimum(a, 0),
  ],
  'Mean Sum': ({a, j}) => [
    tf.mean(a),
    tf.mean(a, -1, true),
    tf.sum(a, [0, 2]),
    tf.sum(a, -1, true),
    tf.sum(j, 0),
    tf.sum(tf.greater(a, 0)),
    tf.mean(j),
  ],
  Mod: ({a, j}) => [
    tf.mod(a, 0.75),
    tf.mod(a, -0.75),
    tf.mod(j, 4),
    tf.mod(j, tf.tensor1d([2, -3, 5], 'int32')),
  ],
  'Multiply Sub RealDiv': ({a, b, c, i}) => [
    tf.mul(a, c),
    tf.sub(a, b),
    tf.div(a, c),
    tf.mul(i, i),
    tf.sub(1, a),
  ],
  Neg: ({a, j}) => [tf.neg(a), tf.neg(j)],
  OneHot: ({i}) => [
    tf.oneHot(i, 4),
    tf.oneHot(tf.tensor1d([-1, 1, 5], 'int32'), 3),
    tf.oneHot(i, 3, 0.9, 0.1, 'float32'),
    tf.oneHot(i, 4, 1, 0, 'float32'),
  ],
  'OnesLike ZerosLike': ({a, i}) => [tf.onesLike(a), tf.zerosLike(i), tf.mul(tf.onesLike(a), a)],
  'Pack Unpack': ({a, b}) => [
    tf.stack([a, b]),
    tf.stack([a, b], 2),
    ...tf.unstack(a, 1),
    ...tf.unstack(a, -1),
  ],
  PadV2: ({a, i}) => [
    tf.pad(a, [
      [0, 0],
      [1, 2],
      [0, 1],
    ]),
    tf.pad(
      i,
      [
        [1, 0],
        [0, 2],
      ],
      9,
    ),
    tf.pad(
      a,
      [
        [0, 0],
        [0, 0],
        [1, 0],
      ],
      -1.5,
    ),
  ],
  Pow: ({a, i}) => [tf.pow(tf.abs(a), 1.5), tf.pow(a, 2), tf.pow(i, tf.scalar(3, 'int32'))],
  Range: () => [tf.range(0, 5), tf.range(3, -2, -2), tf.range(2, 9, 3, 'int32')],
  'Reciprocal Rsqrt Sqrt Square': ({a, i}) => [
    tf.reciprocal(a),
    tf.rsqrt(tf.abs(a)),
    tf.sqrt(tf.abs(a)),
    tf.square(a),
    tf.square(i),
  ],
  'Relu Relu6 Step': ({a}) => [tf.relu(a), tf.relu6(tf.mul(a, 9)), tf.step(a), tf.step(a, 0.2)],
  Reshape: ({a}) => [tf.reshape(a, [6, -1]), tf.reshape(tf.reshape(a, [24]), [4, 6])],
  Reverse: ({a}) => [tf.reverse(a), tf.reverse(a, 1), tf.reverse(a, [0, -1])],
  Select: ({a, b, c, i}) => [
    tf.where(tf.greater(a, 0), a, b),
    tf.where(tf.greater(c, 0), a, tf.zerosLike(a)),
    tf.where(tf.equal(i, 1), i, tf.scalar(-5, 'int32')),
    tf.where(tf.greater(a, 0), tf.scalar(1), b),
  ],
  'Sigmoid Softplus': ({a}) => [
    tf.sigmoid(a),
    tf.softplus(a),
    tf.softplus(tf.mul(a, 60)),
    tf.sigmoid(tf.mul(a, 60)),
  ],
  Slice: ({a, i}) => [tf.slice(a, [0, 1, 1], [2, 2, -1]), tf.slice(a, 1), tf.slice(i, [0, 2], [-1, 1])],
  Softmax: ({a}) => [tf.logSoftmax(a), tf.softmax(a), tf.softmax(tf.mul(a, 50))],
  SplitV: ({a}) => [
    ...tf.split(a, 2, -1),
    ...tf.split(a, [1, 2], 1),
    ...tf.split(a, [1, 0, 1], 0),
    ...tf.split(a, 1, 0),
  ],
  SquaredDifference: ({a, c}) => tf.squaredDifference(a, c),
  StridedSlice: ({a}) => [
    tf.stridedSlice(a, [0, 0, 0], [2, 3, 4], [1, 2, 3]),
    tf.stridedSlice(a, [0, 2, 3], [2, -4, 0], [1, -1, -2]),
    tf.stridedSlice(a, [1, 0, 1], [2, 3, 3], [1, 1, 1], 0, 0, 0, 0, 1),
  ],
  // Of fresh tensors, because the cpu backend writes into the tensor it is given.
  TensorScatterUpdate: ({a, m}) => [
    tf.tensorScatterUpdate(tf.neg(m), tf.tensor2d([[4], [1]], [2, 1], 'int32'), tf.ones([2, 4])),
    tf.tensorScatterUpdate(
      tf.neg(a),
      tf.tensor2d(
        [
          [0, 2],
          [1, 0],
        ],
        [2, 2],
        'int32',
      ),
      tf.slice(m, 0, 2),
    ),
  ],
  Tile: ({a, c}) => [
    tf.tile(c, [3]),
    tf.tile(a, [1, 2, 1]),
    tf.broadcastTo(c, [2, 3, 4]),
    tf.tile(tf.reshape(c, [1, 4]), [3, 1]),
  ],
  TopK: ({a}) => Object.values(tf.topk(a, 2)),
  Transpose: ({a, m}) => [
    tf.transpose(m),
    tf.transpose(a, [2, 0, 1]),
    tf.transpose(tf.transpose(a, [1, 0, 2]), [2, 1, 0]),
    tf.transpose(tf.reshape(m, [1, 5, 4]), [1, 0, 2]),
  ],
  UnsortedSegmentSum: ({m}) => [
    tf.unsortedSegmentSum(m, tf.tensor1d([0, 2, 0, 2, 2], 'int32'), 4),
    tf.unsortedSegmentSum(tf.reshape(m, [5, 2, 2]), tf.tensor1d([1, 1, 1, 0, 1], 'int32'), 3),
  ],
};

const asInt = (tensor: tf.Tensor): tf.Tensor => tf.cast(tensor, 'int32');

for (const backend of presentExecutors()) {
  for (const [name, body] of Object.entries(cases)) {
    test(`${name}: recorded and run on ${backend}, the values are TensorFlow.js's own to 1e-6`, async (t) => {
      const named = (given: Readonly<Record<string, tf.Tensor>>) => {
        const result = body(given as Parameters<Body>[0]);
        const tensors = Array.isArray(result) ? result : [result];
        return {outputs: Object.fromEntries(tensors.map((tensor, i) => [`${i}`, tensor]))};
      };
      const [graph, eager] = [await runOn(backend, named, inputs), await runOn('eager', named, inputs)];
      for (const [key, expected] of Object.entries(eager.outputs)) {
        const given = graph.outputs[key] ?? floats([0], []);
        t.true(
          relativeError(given, expected) <= 1e-6,
          `output ${key}: ${given.data} is not ${expected.data}`,
        );
      }
    });
  }
}

test('every kernel that can be recorded has a case here', (t) => {
  const covered = new Set(Object.keys(cases).flatMap((names) => names.split(' ')));
  t.deepEqual(
    Object.keys(kernels).filter((name) => !covered.has(name)),
    [],
  );
});
