/** Operators whose entries depend on a whole axis. */
import {bool, type Operator, type Operators, type} from './operator.js';

const reduce =
  (op: string): Operator =>
  ({emit, input, inputType, ints, numbers, flag}) =>
    emit(op, [input, ints(numbers('axes'))], {
      T: type(inputType),
      Tidx: type('int32'),
      keep_dims: bool(flag('keepDims')),
    });

const reduceBool =
  (op: string): Operator =>
  ({emit, input, ints, numbers, flag}) =>
    emit(op, [input, ints(numbers('axes'))], {Tidx: type('int32'), keep_dims: bool(flag('keepDims'))});

const argument =
  (op: string): Operator =>
  ({emit, input, inputType, number, scalar}) =>
    emit(op, [input, scalar(number('axis'), 'int32')], {
      T: type(inputType),
      Tidx: type('int32'),
      output_type: type('int32'),
    });

/** In bfloat16 where that is asked for: operands and product are rounded to it; it adds up in float32. */
const matMul: Operator = ({emit, inputs, inputValues, inputType, productType, cast, flag}) => {
  const T = inputType === 'float32' ? productType : inputType;
  const operands = inputs.map((name) => cast(name, inputType, T));
  const [a, b] = [bool(flag('transposeA')), bool(flag('transposeB'))];
  const product = inputValues.every(({shape}) => shape.length === 2)
    ? emit('MatMul', operands, {T: type(T), transpose_a: a, transpose_b: b})
    : emit('BatchMatMulV2', operands, {T: type(T), adj_x: a, adj_y: b});
  return cast(product, T, inputType);
};

export const reductionOperators: Operators = {
  Sum: reduce('Sum'),
  Mean: reduce('Mean'),
  Max: reduce('Max'),
  Min: reduce('Min'),
  Prod: reduce('Prod'),
  All: reduceBool('All'),
  Any: reduceBool('Any'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  BatchMatMul: matMul,
  // Of the last axis, the only one that TensorFlow.js has too.
  Softmax: ({emit, input, inputType}) => emit('Softmax', [input], {T: type(inputType)}),
  Cumsum: ({emit, input, inputType, number, flag, scalar}) =>
    emit('Cumsum', [input, scalar(number('axis'), 'int32')], {
      T: type(inputType),
      Tidx: type('int32'),
      exclusive: bool(flag('exclusive')),
      reverse: bool(flag('reverse')),
    }),
  TopK: ({emitMany, input, inputType, scalar, number, flag}) =>
    emitMany(
      'TopKV2',
      [input, scalar(number('k'), 'int32')],
      {T: type(inputType), Tk: type('int32'), index_type: type('int32'), sorted: bool(flag('sorted'))},
      2,
    ),
};
