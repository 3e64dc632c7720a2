/** Operators whose entries depend on a whole axis. */
import {isVarying} from '../../graph/generalize.js';
import type {ElementType} from '../format.js';
import {bool, type Lowering, type Operator, type Operators, type} from './operator.js';

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
const matMul: Operator = (lowering) => {
  const {emit, inputs, inputType, productType, cast, flag} = lowering;
  const T = inputType === 'float32' ? productType : inputType;
  const [a = '', b = ''] = inputs.map((name) => cast(name, inputType, T));
  const [first, second] = [flag('transposeA'), flag('transposeB')];
  if (lowering.inputValues.every(({shape}) => shape.length === 2)) {
    const product = emit('MatMul', [a, b], {T: type(T), transpose_a: bool(first), transpose_b: bool(second)});
    return cast(product, T, inputType);
  }
  return cast(batchMatMul(lowering, [a, b], T, [first, second]), T, inputType);
};

/**
 * Aᵀ·B is written as (Bᵀ·A)ᵀ where B is the smaller: the library copies an operand that it reads transposed, which for the
 * probabilities of an attention takes as long as the product. In bfloat16 nothing is gained.
 */
function batchMatMul(
  {emit, ints, shape}: Lowering,
  [a, b]: readonly [string, string],
  T: ElementType,
  [transposeA, transposeB]: readonly [boolean, boolean],
): string {
  // What varies is longer than a width.
  const [rows = 1, columns = 1] = shape.slice(-2).map((length) => (isVarying(length) ? Infinity : length));
  if (!transposeA || transposeB || rows <= columns || T !== 'float32') {
    return emit('BatchMatMulV2', [a, b], {T: type(T), adj_x: bool(transposeA), adj_y: bool(transposeB)});
  }
  const product = emit('BatchMatMulV2', [b, a], {T: type(T), adj_x: bool(true), adj_y: bool(false)});
  const rank = shape.length;
  const perm = [...shape.keys()].toSpliced(rank - 2, 2, rank - 1, rank - 2);
  return emit('Transpose', [product, ints(perm)], {T: type(T), Tperm: type('int32')});
}

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
