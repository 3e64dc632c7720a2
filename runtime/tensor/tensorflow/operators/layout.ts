/** Operators that move entries, repeat them or make them. */
import {isVarying} from '../../graph/generalize.js';
import {sizeOf} from '../../graph/graph.js';
import type {NodeAttributes} from '../format.js';
import {type Lowering, type Operator, type Operators, type, typed} from './operator.js';

/** Constants up to here are written out; larger ones are filled when they are needed. */
const LARGEST_WRITTEN_FILL = 64;

/** Moves entries as a list of int32 of that name says; `listType` is the name of that list's type among the attributes. */
const moved = ({emit, input, inputType}: Lowering, op: string, list: string, listType: string): string =>
  emit(op, [input, list], {T: type(inputType), [listType]: type('int32')});

const slice: Operator = ({emit, input, inputType, ints, numbers}) =>
  emit('Slice', [input, ints(numbers('begin')), ints(numbers('size'))], {
    T: type(inputType),
    Index: type('int32'),
  });

/** An end before the first entry cannot be written, since it would count from the back: a mask leaves it open. */
const stridedSlice: Operator = ({emit, input, inputType, ints, numbers, shape}) => {
  if (shape.some(isVarying)) throw new Error('a strided slice gives a length that depends on sizes');
  const [begin, strides] = [numbers('begin'), numbers('strides')];
  const end = begin.map((first, axis) => first + (strides[axis] ?? 1) * (shape[axis] ?? 0));
  const open = end.reduce((mask, past, axis) => (past < 0 ? mask | (1 << axis) : mask), 0);
  const none = {int: 0};
  const masks: NodeAttributes = {
    begin_mask: none,
    end_mask: {int: open},
    ellipsis_mask: none,
    new_axis_mask: none,
    shrink_axis_mask: none,
  };
  return emit(
    'StridedSlice',
    [input, ints(begin), ints(end.map((past) => Math.max(0, past))), ints(strides)],
    {
      T: type(inputType),
      Index: type('int32'),
      ...masks,
    },
  );
};

const fill: Operator = ({constant, emit, number, scalar, shape, shapeOf, dtype}) => {
  const size = sizeOf(shape);
  if (!shape.some(isVarying) && size <= LARGEST_WRITTEN_FILL)
    return constant(shape, dtype, typed(dtype, new Array<number>(size).fill(number('value'))));
  return emit('Fill', [shapeOf(shape, true), scalar(number('value'), dtype)], {
    T: type(dtype),
    index_type: type('int32'),
  });
};

const range: Operator = ({cast, constant, emit, ints, number, scalar, shape, shapeOf, dtype}) => {
  const [start, step] = [number('start'), number('step')];
  if (shape.some(isVarying)) {
    const int32 = type('int32');
    const count = emit('Reshape', [shapeOf(shape, true), ints([])], {T: int32, Tshape: int32});
    const numbers = emit('Range', [scalar(0, 'int32'), count, scalar(1, 'int32')], {Tidx: int32});
    const T = {T: type(dtype)};
    const steps = emit('Mul', [cast(numbers, 'int32', dtype), scalar(step, dtype)], T);
    return emit('AddV2', [steps, scalar(start, dtype)], T);
  }
  const values = Array.from({length: sizeOf(shape)}, (_, i) => start + i * step);
  return constant(shape, dtype, typed(dtype, values));
};

export const layoutOperators: Operators = {
  Reshape: (lowering) => moved(lowering, 'Reshape', lowering.shapeOf(lowering.shape), 'Tshape'),
  BroadcastTo: (lowering) => moved(lowering, 'BroadcastTo', lowering.shapeOf(lowering.shape, true), 'Tidx'),
  Tile: (lowering) => moved(lowering, 'Tile', lowering.ints(lowering.numbers('repeats')), 'Tmultiples'),
  Transpose: (lowering) => moved(lowering, 'Transpose', lowering.ints(lowering.numbers('perm')), 'Tperm'),
  Reverse: (lowering) => moved(lowering, 'ReverseV2', lowering.ints(lowering.numbers('axes')), 'Tidx'),
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: ({emit, inputs, inputType, number, scalar}) =>
    emit('ConcatV2', [...inputs, scalar(number('axis'), 'int32')], {
      T: type(inputType),
      Tidx: type('int32'),
      N: {int: inputs.length},
    }),
  SplitV: ({emitMany, input, inputType, ints, number, numbers, scalar}) => {
    const sizes = numbers('sizes');
    const attributes = {T: type(inputType), Tlen: type('int32'), num_split: {int: sizes.length}};
    return emitMany(
      'SplitV',
      [input, ints(sizes), scalar(number('axis'), 'int32')],
      attributes,
      sizes.length,
    );
  },
  PadV2: ({emit, input, inputType, constant, number, numbers, scalar}) => {
    const [before, after] = [numbers('before'), numbers('after')];
    const pairs = before.flatMap((count, axis) => [count, after[axis] ?? 0]);
    const paddings = constant([before.length, 2], 'int32', Int32Array.from(pairs));
    return emit('PadV2', [input, paddings, scalar(number('value'), inputType)], {
      T: type(inputType),
      Tpaddings: type('int32'),
    });
  },
  Fill: fill,
  Range: range,
};
