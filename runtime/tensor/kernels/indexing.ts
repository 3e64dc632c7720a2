/** Kernels that read or write where a tensor of indices says. */
import type {Value, ValueType} from '../graph/graph.js';
import {axisOf, input, type Kernel, type Kernels, one, reshape} from './kernel.js';

const gather: Kernel = (emit, inputs, attributes) => {
  const [x, indices] = [input(inputs, 'x'), input(inputs, 'indices')];
  const axis = axisOf(attributes.axis ?? 0, x.shape);
  const batchDims = Number(attributes.batchDims ?? 0);
  if (batchDims !== 0 && batchDims !== axis) {
    throw new Error(
      `gather with batchDims ${batchDims} and axis ${axis} cannot be recorded: give both the same`,
    );
  }
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return emit('GatherV2', [x, indices], {axis, batchDims}, {shape, dtype: x.dtype});
};

export const indexingKernels: Kernels = {
  GatherV2: gather,
  GatherNd: (emit, inputs) => {
    const [x, indices] = [input(inputs, 'params'), input(inputs, 'indices')];
    const depth = indices.shape.at(-1) ?? 1;
    const value: Value = {shape: [...indices.shape.slice(0, -1), ...x.shape.slice(depth)], dtype: x.dtype};
    return emit('GatherNd', [x, indices], {}, value);
  },
  UnsortedSegmentSum: (emit, inputs, {numSegments}) => {
    const [x, ids] = [input(inputs, 'x'), input(inputs, 'segmentIds')];
    const value: Value = {shape: [Number(numSegments), ...x.shape.slice(1)], dtype: x.dtype};
    const zeros = one(emit('Fill', [], {value: 0}, value));
    const rows = reshape(emit, ids, [...ids.shape, ...x.shape.slice(1).map(() => 1)]);
    return emit('SegmentSum', [zeros, rows, x], {}, value);
  },
  TensorScatterUpdate: (emit, inputs) => {
    const x = input(inputs, 'tensor');
    return emit('ScatterNd', [x, input(inputs, 'indices'), input(inputs, 'updates')], {}, x);
  },
  OneHot: (emit, inputs, {depth, onValue, offValue, dtype = 'int32'}) => {
    const indices = input(inputs, 'indices');
    const value: Value = {shape: [...indices.shape, Number(depth)], dtype: dtype as ValueType};
    return emit(
      'OneHot',
      [indices],
      {depth: Number(depth), on: Number(onValue), off: Number(offValue)},
      value,
    );
  },
};
