/** Operators that read or write where a tensor of indices says. */
import {isVarying} from '../../graph/generalize.js';
import {int, type Operator, type Operators} from './operator.js';

const gather: Operator = ({emit, cast, ints, inputs, number}) => {
  const [x = '', indices = ''] = inputs;
  const batchDims = number('batchDims');
  if (batchDims === 0) return emit('Gather', [x, indices], {axis: int(number('axis'))});
  const tuples = emit('Unsqueeze', [cast(indices, 'int64'), ints([-1])]);
  return emit('GatherND', [x, tuples], {batch_dims: int(batchDims)});
};

/** Compared with 0, 1, ... rather than OneHot, which would count an index below zero from the end. */
const oneHot: Operator = ({emit, cast, constant, input, ints, number, scalar, dtype}) => {
  const depth = number('depth');
  const classes = Int32Array.from({length: depth}, (_, i) => i);
  const matches = emit('Equal', [
    emit('Unsqueeze', [input, ints([-1])]),
    constant([depth], 'int32', classes),
  ]);
  const [on, off] = [number('on'), number('off')];
  if (on === 1 && off === 0) return cast(matches, dtype);
  return emit('Where', [matches, scalar(on, dtype), scalar(off, dtype)]);
};

/** Up to so many segments, a product with ones takes less time than adding row by row: measured, 4 ns for each entry. */
const MOST_SEGMENTS_BY_PRODUCT = 512;

/**
 * Not ScatterND: with several threads ONNX Runtime adds to one row from more than one of them, and the sum differs from run
 * to run.
 */
const segmentSum: Operator = ({emit, cast, constant, ints, inputs, inputValues, shape, shapeOf}) => {
  const [zeros = '', rows = '', x = ''] = inputs;
  const updates = inputValues[2]?.shape ?? [];
  const [segments = 0] = shape;
  if (updates.length === 2 && !isVarying(segments) && segments <= MOST_SEGMENTS_BY_PRODUCT) {
    const numbers = Int32Array.from({length: segments}, (_, i) => i);
    const row = emit('Reshape', [rows, ints([1, -1])]);
    const belongs = emit('Equal', [constant([segments, 1], 'int32', numbers), row]);
    return emit('MatMul', [cast(belongs, 'float32'), x]);
  }
  const indices = emit('Expand', [rows, shapeOf(updates, true)]);
  return emit('ScatterElements', [zeros, indices, x], {axis: int(0), reduction: {string: 'add'}});
};

export const indexingOperators: Operators = {
  GatherV2: gather,
  GatherNd: ({emit, cast, inputs: [x = '', indices = '']}) => emit('GatherND', [x, cast(indices, 'int64')]),
  ScatterNd: ({emit, cast, inputs: [x = '', indices = '', updates = '']}) =>
    emit('ScatterND', [x, cast(indices, 'int64'), updates]),
  SegmentSum: segmentSum,
  OneHot: oneHot,
};
