/** Kernels that move entries, repeat them or make them, and compute nothing. */
import * as tf from '@tensorflow/tfjs-core';
import {sizeOf, TO_THE_END, type Value, type ValueType} from '../graph/graph.js';
import {as, axesOf, axisOf, input, type Kernel, type Kernels, list, one, reshape} from './kernel.js';

const {assertParamsConsistent, computeOutShape, prepareSplitSize} = tf.backend_util;

/** TensorFlow.js's helpers ask for a tensor and read its shape. */
const withShape = ({shape}: Value): tf.Tensor => ({shape: [...shape], rank: shape.length}) as tf.Tensor;

const filled =
  (value: number): Kernel =>
  (emit, inputs) =>
    emit('Fill', [], {value}, input(inputs, 'x'));

const slice: Kernel = (emit, inputs, attributes) => {
  const x = input(inputs, 'x');
  const [begin = [], size = []] = tf.slice_util.parseSliceParams(
    withShape(x),
    attributes.begin as number | number[],
    attributes.size as number | number[],
  );
  tf.slice_util.assertParamsValid(withShape(x), begin, size);
  const sizes = size.map((count, axis) =>
    (begin[axis] ?? 0) + count === x.shape[axis] ? TO_THE_END : count,
  );
  return emit('Slice', [x], {begin, size: sizes}, {shape: size, dtype: x.dtype});
};

const stridedSlice: Kernel = (emit, inputs, given) => {
  const x = input(inputs, 'x');
  const {finalShape, begin, end, strides} = tf.slice_util.sliceInfo(
    [...x.shape],
    given.begin as number[],
    given.end as number[],
    given.strides as number[],
    Number(given.beginMask),
    Number(given.endMask),
    Number(given.ellipsisMask),
    Number(given.newAxisMask),
    Number(given.shrinkAxisMask),
  );
  const shape = tf.slice_util.computeOutShape(begin, end, strides);
  const sliced = one(emit('StridedSlice', [x], {begin, strides}, {shape, dtype: x.dtype}));
  return [reshape(emit, sliced, finalShape)];
};

const concat: Kernel = (emit, inputs, attributes) => {
  const {shape, dtype} = one(list(inputs));
  // As TensorFlow.js's own backend does, which writes them all into an array of the first one's type.
  const tensors = list(inputs).map((x) => as(emit, x, dtype));
  const axis = axisOf(attributes.axis, shape);
  const shapes = tensors.map((x) => [...x.shape]);
  assertParamsConsistent(shapes, axis);
  return emit('Concat', tensors, {axis}, {shape: computeOutShape(shapes, axis), dtype});
};

const split: Kernel = (emit, inputs, attributes) => {
  const x = input(inputs, 'x');
  const axis = axisOf(attributes.axis, x.shape);
  const sizes = prepareSplitSize(withShape(x), attributes.numOrSizeSplits as number | number[], axis);
  const outputs = sizes.map((size): Value => ({shape: x.shape.with(axis, size), dtype: x.dtype}));
  return emit('SplitV', [x], {sizes, axis}, ...outputs);
};

const pack: Kernel = (emit, inputs, attributes) => {
  const {shape, dtype} = one(list(inputs));
  const given = Number(attributes.axis ?? 0);
  const axis = given < 0 ? given + shape.length + 1 : given;
  const parts = list(inputs).map((x) => reshape(emit, as(emit, x, dtype), shape.toSpliced(axis, 0, 1)));
  return emit('Concat', parts, {axis}, {shape: shape.toSpliced(axis, 0, parts.length), dtype});
};

const unpack: Kernel = (emit, inputs, attributes) => {
  const x = input(inputs, 'value');
  const axis = axisOf(attributes.axis, x.shape);
  const sizes = new Array<number>(x.shape[axis] ?? 0).fill(1);
  const outputs = sizes.map((): Value => ({shape: x.shape.with(axis, 1), dtype: x.dtype}));
  const parts = emit('SplitV', [x], {sizes, axis}, ...outputs);
  return parts.map((part) => reshape(emit, part, x.shape.toSpliced(axis, 1)));
};

const tile: Kernel = (emit, inputs, attributes) => {
  const x = input(inputs, 'x');
  const repeats = attributes.reps as number[];
  const shape = x.shape.map((length, axis) => length * (repeats[axis] ?? 1));
  const broadcasts = x.shape.every((length, axis) => length === 1 || repeats[axis] === 1);
  const value: Value = {shape, dtype: x.dtype};
  return broadcasts ? emit('BroadcastTo', [x], {}, value) : emit('Tile', [x], {repeats}, value);
};

const pad: Kernel = (emit, inputs, attributes) => {
  const x = input(inputs, 'x');
  const paddings = attributes.paddings as [number, number][];
  const [before, after] = [paddings.map(([first]) => first), paddings.map(([, second]) => second)];
  const shape = x.shape.map((length, axis) => length + (before[axis] ?? 0) + (after[axis] ?? 0));
  return emit(
    'PadV2',
    [x],
    {before, after, value: Number(attributes.constantValue)},
    {shape, dtype: x.dtype},
  );
};

export const layoutKernels: Kernels = {
  Reshape: (emit, inputs, {shape}) => {
    const x = input(inputs, 'x');
    return [reshape(emit, x, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x.shape)))];
  },
  ExpandDims: (emit, inputs, {dim}) => {
    const x = input(inputs, 'input');
    const axis = Number(dim) < 0 ? Number(dim) + x.shape.length + 1 : Number(dim);
    return [reshape(emit, x, x.shape.toSpliced(axis, 0, 1))];
  },
  Transpose: (emit, inputs, attributes) => {
    const x = input(inputs, 'x');
    const perm = attributes.perm as number[];
    return emit('Transpose', [x], {perm}, {shape: perm.map((axis) => x.shape[axis] ?? 1), dtype: x.dtype});
  },
  Reverse: (emit, inputs, {dims}) => {
    const x = input(inputs, 'x');
    return emit('Reverse', [x], {axes: axesOf(dims, x.shape)}, x);
  },
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: concat,
  SplitV: split,
  Pack: pack,
  Unpack: unpack,
  Tile: tile,
  PadV2: pad,
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: (emit, _, {shape, value, dtype = 'float32'}) =>
    emit('Fill', [], {value: Number(value)}, {shape: shape as number[], dtype: dtype as ValueType}),
  Range: (emit, _, {start, stop, step, dtype = 'float32'}) => {
    const length = Math.max(0, Math.ceil((Number(stop) - Number(start)) / Number(step)));
    const value: Value = {shape: [length], dtype: dtype as ValueType};
    return emit('Range', [], {start: Number(start), step: Number(step)}, value);
  },
};
