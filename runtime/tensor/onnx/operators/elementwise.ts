/** Operators that work entry by entry. */
import {direct, int, type Operator, type Operators, sameName} from './operator.js';

/** The quotient rounded down. Integers by their exact remainder, since ONNX divides them towards zero. */
const floorDiv: Operator = ({emit, inputs, inputType, cast}) => {
  if (inputType === 'float32') return cast(emit('Floor', [emit('Div', inputs)]), 'int32');
  const [dividend = '', divisor = ''] = inputs;
  return emit('Div', [emit('Sub', [dividend, emit('Mod', inputs)]), divisor]);
};

/** The remainder with the sign of the divisor, which ONNX has for integers only. */
const mod: Operator = ({emit, inputs, inputType}) => {
  if (inputType !== 'float32') return emit('Mod', inputs);
  const [dividend = '', divisor = ''] = inputs;
  const truncated = emit('Mod', [dividend, divisor], {fmod: int(1)});
  return emit('Mod', [emit('Add', [truncated, divisor]), divisor], {fmod: int(1)});
};

/** log(1 + x): near zero the rounding error of the sum cancels itself (Kahan). */
const log1p: Operator = ({emit, input: x, scalar}) => {
  const [one, zero] = [scalar(1, 'float32'), scalar(0, 'float32')];
  const sum = emit('Add', [one, x]);
  const rounded = emit('Sub', [sum, one]);
  const isZero = emit('Equal', [rounded, zero]);
  const factor = emit('Div', [x, emit('Where', [isZero, one, rounded])]);
  return emit('Where', [isZero, x, emit('Mul', [emit('Log', [sum]), factor])]);
};

/** exp(x) − 1, by the same device near zero. */
const expm1: Operator = ({emit, input: x, scalar}) => {
  const [one, zero, far] = [scalar(1, 'float32'), scalar(0, 'float32'), scalar(0.5, 'float32')];
  const power = emit('Exp', [x]);
  const rounded = emit('Sub', [power, one]);
  const log = emit('Log', [power]);
  const isZero = emit('Equal', [log, zero]);
  const factor = emit('Div', [x, emit('Where', [isZero, one, log])]);
  const near = emit('Where', [isZero, x, emit('Mul', [rounded, factor])]);
  return emit('Where', [emit('Greater', [emit('Abs', [x]), far]), rounded, near]);
};

export const elementwiseOperators: Operators = {
  ...sameName('Abs Neg Relu Sign Ceil Floor Round Cos Sin Tan Tanh Erf Elu Exp Log Sqrt Reciprocal'),
  ...sameName('Sigmoid Softplus Identity Add Sub Pow Equal Greater Less'),
  Multiply: direct('Mul'),
  RealDiv: direct('Div'),
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  GreaterEqual: direct('GreaterOrEqual'),
  LessEqual: direct('LessOrEqual'),
  LogicalAnd: direct('And'),
  LogicalOr: direct('Or'),
  LogicalNot: direct('Not'),
  Select: direct('Where'),
  AddN: direct('Sum'),
  IsNan: direct('IsNaN'),
  IsInf: direct('IsInf'),
  IsFinite: ({emit, inputs}) => emit('Not', [emit('Or', [emit('IsNaN', inputs), emit('IsInf', inputs)])]),
  NotEqual: ({emit, inputs}) => emit('Not', [emit('Equal', inputs)]),
  Square: ({emit, input}) => emit('Mul', [input, input]),
  Rsqrt: ({emit, inputs}) => emit('Reciprocal', [emit('Sqrt', inputs)]),
  SquaredDifference: ({emit, inputs}) => {
    const difference = emit('Sub', inputs);
    return emit('Mul', [difference, difference]);
  },
  FloorDiv: floorDiv,
  Mod: mod,
  Log1p: log1p,
  Expm1: expm1,
  Relu6: ({emit, input, inputType, scalar}) =>
    emit('Clip', [input, scalar(0, inputType), scalar(6, inputType)]),
  ClipByValue: ({emit, input, inputType, number, scalar}) =>
    emit('Clip', [input, scalar(number('min'), inputType), scalar(number('max'), inputType)]),
  Step: ({emit, input, number, scalar}) => {
    const above = emit('Greater', [input, scalar(0, 'float32')]);
    return emit('Where', [above, scalar(1, 'float32'), scalar(number('alpha'), 'float32')]);
  },
  LeakyRelu: ({emit, input, number}) => emit('LeakyRelu', [input], {alpha: {float: number('alpha')}}),
  Cast: ({cast, input, dtype}) => cast(input, dtype),
};
