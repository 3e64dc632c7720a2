/** The operations of tensor/graph/fused.ts that ONNX Runtime has whole, each one pass over memory. */
import type {FusedOperation} from '../../graph/fused.js';
import {groupQueryAttention} from './attention.js';
import {int, type Operator, type Operators} from './operator.js';

const float = (value: number) => ({float: value});

const fusedOperators: Readonly<Record<FusedOperation, Operator>> = {
  RmsNorm: ({emitMany, inputs, number}) =>
    emitMany('SimplifiedLayerNormalization', inputs, {axis: int(-1), epsilon: float(number('epsilon'))}, 2),
  // x · sigmoid(αx).
  Silu: ({emit, input}) => emit('QuickGelu', [input], {alpha: float(1)}, 'com.microsoft'),
  // As N sequences of one token each: a sequence must not be longer than the tables.
  Rotary: ({emit, cast, shapeOf, inputs: [x = '', positions = '', cosines = '', sines = ''], shape}) => {
    const [rows = 0, width = 0] = shape;
    const sequence = emit('Reshape', [x, shapeOf([rows, 1, width])]);
    const places = emit('Reshape', [cast(positions, 'int64'), shapeOf([rows, 1])]);
    const turned = emit('RotaryEmbedding', [sequence, places, cosines, sines], {}, 'com.microsoft');
    return emit('Reshape', [turned, shapeOf(shape)]);
  },
  GroupQueryAttention: groupQueryAttention,
  PlusProduct: ({emit, inputs}) => emit('Gemm', inputs, {transA: int(1)}),
  // ScatterND would copy.
  SetInRows: ({emit, ints, inputs: [x = '', columns = '', values = '']}) => {
    const [places, updates] = [columns, values].map((name) => emit('Reshape', [name, ints([-1, 1])]));
    return emit('ScatterElements', [x, places ?? '', updates ?? ''], {axis: int(1)});
  },
};

/** What ONNX Runtime's graphs are recorded with. */
export const onnxFusions: ReadonlySet<string> = new Set(Object.keys(fusedOperators));
export const fusedOperatorsByName: Operators = fusedOperators;
