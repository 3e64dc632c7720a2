/** Kernels that work entry by entry, with broadcasting. */
import * as tf from '@tensorflow/tfjs-core';
import type {Attributes, Value, ValueType} from '../graph/graph.js';
import {
  as,
  broadcastShape,
  each,
  input,
  type Kernel,
  type KernelAttributes,
  type Kernels,
  list,
  one,
  reshape,
} from './kernel.js';

const unary =
  (op: string): Kernel =>
  (emit, inputs) => {
    const x = input(inputs, 'x');
    return emit(op, [x], {}, x);
  };

/** TensorFlow.js computes these in float32 whatever they are given. */
const unaryFloat =
  (op: string, attributes: (given: KernelAttributes) => Attributes = () => ({})): Kernel =>
  (emit, inputs, given) => {
    const x = as(emit, input(inputs, 'x'), 'float32');
    return emit(op, [x], attributes(given), x);
  };

const predicate =
  (op: string): Kernel =>
  (emit, inputs) => {
    const x = input(inputs, 'x');
    return emit(op, [x], {}, {shape: x.shape, dtype: 'bool'});
  };

const binary =
  (op: string, dtype?: ValueType): Kernel =>
  (emit, inputs) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
    return emit(op, [a, b], {}, {shape: broadcastShape(a, b), dtype: dtype ?? a.dtype});
  };

const select: Kernel = (emit, inputs) => {
  const condition = input(inputs, 'condition');
  const dtype = tf.upcastType(input(inputs, 't').dtype, input(inputs, 'e').dtype) as ValueType;
  const [t, e] = [as(emit, input(inputs, 't'), dtype), as(emit, input(inputs, 'e'), dtype)];
  const value: Value = {shape: broadcastShape(t, e), dtype};
  const ones = t.shape.slice(1).map(() => 1);
  // A condition of one axis chooses whole rows.
  const byRows = condition.shape.length === 1 && t.shape.length > 1;
  const aligned = byRows ? reshape(emit, condition, [...condition.shape, ...ones]) : condition;
  return emit('Select', [aligned, t, e], {}, value);
};

export const elementwiseKernels: Kernels = {
  ...each('Abs Neg Relu Relu6 Square Identity Sign', unary),
  ...each('Ceil Floor Round Cos Sin Tan Tanh Erf Exp Expm1 Log Log1p', unaryFloat),
  ...each('Reciprocal Rsqrt Sigmoid Softplus Sqrt Elu', unaryFloat),
  ...each('IsNan IsInf IsFinite LogicalNot', predicate),
  ...each('Add Sub Multiply RealDiv Mod Pow Maximum Minimum SquaredDifference', (op) => binary(op)),
  ...each('Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr', (op) =>
    binary(op, 'bool'),
  ),
  // TensorFlow.js's own backend gives integers whatever it divides.
  FloorDiv: binary('FloorDiv', 'int32'),
  AddN: (emit, inputs) => emit('AddN', list(inputs), {}, one(list(inputs))),
  Step: unaryFloat('Step', ({alpha}) => ({alpha: Number(alpha ?? 0)})),
  LeakyRelu: unaryFloat('LeakyRelu', ({alpha}) => ({alpha: Number(alpha)})),
  ClipByValue: (emit, inputs, {clipValueMin, clipValueMax}) => {
    const x = input(inputs, 'x');
    return emit('ClipByValue', [x], {min: Number(clipValueMin), max: Number(clipValueMax)}, x);
  },
  Cast: (emit, inputs, {dtype}) => {
    const {shape} = input(inputs, 'x');
    return emit('Cast', [input(inputs, 'x')], {}, {shape, dtype: dtype as ValueType});
  },
  Select: select,
};
