/** Kernels whose entries depend on a whole axis: sums, extremes, products of matrices. */
import * as tf from '@tensorflow/tfjs-core';
import type {Value} from '../graph/graph.js';
import {as, axesOf, axisOf, each, input, type Kernel, type Kernels} from './kernel.js';

const reduction =
  (op: string, axisName = 'axis'): Kernel =>
  (emit, inputs, attributes) => {
    const given = input(inputs, 'x');
    const x = op === 'Mean' ? as(emit, given, 'float32') : given;
    const axes = axesOf(attributes[axisName], x.shape);
    const keepDims = Boolean(attributes.keepDims);
    const shape = keepDims
      ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
      : x.shape.filter((_, axis) => !axes.includes(axis));
    return emit(op, [x], {axes, keepDims}, {shape, dtype: x.dtype});
  };

const argument =
  (op: string): Kernel =>
  (emit, inputs, attributes) => {
    const x = input(inputs, 'x');
    const axis = axisOf(attributes.axis, x.shape);
    return emit(op, [x], {axis}, {shape: x.shape.filter((_, i) => i !== axis), dtype: 'int32'});
  };

const matMul: Kernel = (emit, inputs, attributes) => {
  const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
  const [transposeA, transposeB] = [Boolean(attributes.transposeA), Boolean(attributes.transposeB)];
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 1;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 1;
  const [innerA, innerB] = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (innerA !== innerB) {
    throw new Error(`matMul of [${a.shape}] and [${b.shape}]: ${innerA} is not ${innerB}`);
  }
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const value: Value = {shape: [...batch, rows, columns], dtype: a.dtype};
  return emit('BatchMatMul', [a, b], {transposeA, transposeB}, value);
};

export const reductionKernels: Kernels = {
  ...each('Sum Mean Min Prod All Any', (op) => reduction(op)),
  Max: reduction('Max', 'reductionIndices'),
  ...each('ArgMax ArgMin', argument),
  BatchMatMul: matMul,
  Softmax: (emit, inputs, {dim}) => {
    const x = input(inputs, 'logits');
    return emit('Softmax', [x], {axis: axisOf(dim, x.shape)}, x);
  },
  Cumsum: (emit, inputs, given) => {
    const x = input(inputs, 'x');
    const [exclusive, reverse] = [Boolean(given.exclusive), Boolean(given.reverse)];
    return emit('Cumsum', [x], {axis: axisOf(given.axis, x.shape), exclusive, reverse}, x);
  },
  TopK: (emit, inputs, {k, sorted}) => {
    const x = input(inputs, 'x');
    const values: Value = {shape: [...x.shape.slice(0, -1), Number(k)], dtype: x.dtype};
    return emit('TopK', [x], {k: Number(k), sorted: Boolean(sorted)}, values, {...values, dtype: 'int32'});
  },
};
