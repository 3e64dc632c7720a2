/** Operators that work entry by entry. */
import {direct, type Lowering, type Operator, type Operators, sameName, type} from './operator.js';

/** The quotient rounded down; of floats as an integer, as TensorFlow.js has it. */
const floorDiv: Operator = ({emit, inputs, inputType, cast}) => {
  const quotient = emit('FloorDiv', inputs, {T: type(inputType)});
  return cast(quotient, inputType, 'int32');
};

const select = (
  {emit}: Lowering,
  condition: string,
  chosen: readonly [string, string],
  dtype: Lowering['dtype'],
): string => emit('SelectV2', [condition, ...chosen], {T: type(dtype)});

const untyped =
  (op: string): Operator =>
  ({emit, inputs}) =>
    emit(op, inputs, {});

export const elementwiseOperators: Operators = {
  ...sameName('Abs Neg Relu Relu6 Sign Ceil Floor Round Cos Sin Tan Tanh Erf Elu Exp Expm1 Log Log1p'),
  ...sameName('Sqrt Rsqrt Reciprocal Square Sigmoid Softplus Identity Sub RealDiv Pow Maximum Minimum'),
  ...sameName('SquaredDifference Equal NotEqual Greater GreaterEqual Less LessEqual IsNan IsInf IsFinite'),
  Add: direct('AddV2'),
  Multiply: direct('Mul'),
  Mod: direct('FloorMod'),
  FloorDiv: floorDiv,
  LogicalAnd: untyped('LogicalAnd'),
  LogicalOr: untyped('LogicalOr'),
  LogicalNot: untyped('LogicalNot'),
  Select: (lowering) => {
    const [condition = '', yes = '', no = ''] = lowering.inputs;
    return select(lowering, condition, [yes, no], lowering.dtype);
  },
  AddN: ({emit, inputs, inputType}) => emit('AddN', inputs, {T: type(inputType), N: {int: inputs.length}}),
  ClipByValue: ({emit, input, inputType, number, scalar}) =>
    emit('ClipByValue', [input, scalar(number('min'), inputType), scalar(number('max'), inputType)], {
      T: type(inputType),
    }),
  Step: (lowering) => {
    const {emit, input, number, scalar} = lowering;
    const above = emit('Greater', [input, scalar(0, 'float32')], {T: type('float32')});
    return select(lowering, above, [scalar(1, 'float32'), scalar(number('alpha'), 'float32')], 'float32');
  },
  LeakyRelu: ({emit, input, number}) =>
    emit('LeakyRelu', [input], {T: type('float32'), alpha: {float: number('alpha')}}),
  Cast: ({cast, input, inputType, dtype}) => cast(input, inputType, dtype),
};
