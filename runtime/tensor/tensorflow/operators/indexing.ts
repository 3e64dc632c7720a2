/** Operators that read or write where a tensor of indices says. */
import {type Operator, type Operators, type} from './operator.js';

const gather: Operator = ({emit, inputs: [x = '', indices = ''], inputType, number, scalar}) =>
  emit('GatherV2', [x, indices, scalar(number('axis'), 'int32')], {
    Tparams: type(inputType),
    Tindices: type('int32'),
    Taxis: type('int32'),
    batch_dims: {int: number('batchDims')},
  });

/** Onto zeros, which is what the recorder gives it to add to. */
const segmentSum: Operator = (lowering) => {
  const {emit, inputs, inputValues, scalar, shape, shapeOf, dtype} = lowering;
  const [, rows = '', x = ''] = inputs;
  const [count = 0] = inputValues[1]?.shape ?? [];
  const ids = emit('Reshape', [rows, shapeOf([count])], {T: type('int32'), Tshape: type('int32')});
  return emit('UnsortedSegmentSum', [x, ids, scalar(shape[0] ?? 0, 'int32')], {
    T: type(dtype),
    Tindices: type('int32'),
    Tnumsegments: type('int32'),
  });
};

export const indexingOperators: Operators = {
  GatherV2: gather,
  GatherNd: ({emit, inputs, inputType}) =>
    emit('GatherNd', inputs, {Tparams: type(inputType), Tindices: type('int32')}),
  ScatterNd: ({emit, inputs, inputType}) =>
    emit('TensorScatterUpdate', inputs, {T: type(inputType), Tindices: type('int32')}),
  SegmentSum: segmentSum,
  OneHot: ({emit, input, number, scalar, dtype}) =>
    emit(
      'OneHot',
      [input, scalar(number('depth'), 'int32'), scalar(number('on'), dtype), scalar(number('off'), dtype)],
      {T: type(dtype), TI: type('int32'), axis: {int: -1}},
    ),
};
