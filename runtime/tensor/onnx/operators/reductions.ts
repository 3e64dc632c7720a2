/** Operators whose entries depend on a whole axis. */
import {int, type Operator, type Operators} from './operator.js';

const reduce =
  (op: string): Operator =>
  ({emit, input, ints, numbers, flag}) =>
    emit(op, [input, ints(numbers('axes'))], {keepdims: int(flag('keepDims'))});

/** All and Any: the least and the greatest, as numbers. */
const reduceBool =
  (op: string): Operator =>
  ({emit, cast, input, ints, numbers, flag}) => {
    const reduced = emit(op, [cast(input, 'int32'), ints(numbers('axes'))], {
      keepdims: int(flag('keepDims')),
    });
    return cast(reduced, 'bool');
  };

/** ONNX counts in int64. */
const argument =
  (op: string): Operator =>
  ({emit, cast, input, number}) =>
    cast(emit(op, [input], {axis: int(number('axis')), keepdims: int(0)}), 'int32');

const matMul: Operator = ({emit, inputs, inputValues, flag}) => {
  const [transposeA, transposeB] = [flag('transposeA'), flag('transposeB')];
  if (!transposeA && !transposeB) return emit('MatMul', inputs);
  const attributes = {transA: int(transposeA), transB: int(transposeB)};
  return inputValues.every(({shape}) => shape.length === 2)
    ? emit('Gemm', inputs, attributes)
    : emit('FusedMatMul', inputs, attributes, 'com.microsoft');
};

export const reductionOperators: Operators = {
  Sum: reduce('ReduceSum'),
  Mean: reduce('ReduceMean'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  All: reduceBool('ReduceMin'),
  Any: reduceBool('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  BatchMatMul: matMul,
  Softmax: ({emit, input, number}) => emit('Softmax', [input], {axis: int(number('axis'))}),
  Cumsum: ({emit, input, number, flag, scalar}) => {
    const attributes = {exclusive: int(flag('exclusive')), reverse: int(flag('reverse'))};
    return emit('CumSum', [input, scalar(number('axis'), 'int64')], attributes);
  },
  TopK: ({emitMany, cast, input, ints, number, flag}) => {
    const attributes = {sorted: int(flag('sorted'))};
    const [values = '', indices = ''] = emitMany('TopK', [input, ints([number('k')])], attributes, 2);
    return [values, cast(indices, 'int32')];
  },
};
