/** Operators that move entries, repeat them or make them. */
import {isVarying} from '../../graph/generalize.js';
import {sizeOf, TO_THE_END} from '../../graph/graph.js';
import {int, type Lowering, type Operator, type Operators, typed} from './operator.js';

/** Constants up to here are written out; larger ones are filled when they are needed. */
const LARGEST_WRITTEN_FILL = 64;

/** Below every index: with a stride below zero, up to and including the first entry. */
const BEFORE_FIRST = -(2 ** 31);
/** Beyond every index. */
const AFTER_LAST = 2 ** 31 - 1;

/** Over the axes given; all of them, in order, by default. */
const sliced = (
  {emit, input, ints}: Lowering,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  axes: readonly number[] = begin.map((_, axis) => axis),
): string => emit('Slice', [input, ints(begin), ints(end), ints(axes), ints(strides)]);

const slice: Operator = (lowering) => {
  const [begin, size] = [lowering.numbers('begin'), lowering.numbers('size')];
  const end = begin.map((first, axis) =>
    size[axis] === TO_THE_END ? AFTER_LAST : first + (size[axis] ?? 0),
  );
  const ones = begin.map(() => 1);
  return sliced(lowering, begin, end, ones);
};

const stridedSlice: Operator = (lowering) => {
  if (lowering.shape.some(isVarying)) throw new Error('a strided slice gives a length that depends on sizes');
  const [begin, strides] = [lowering.numbers('begin'), lowering.numbers('strides')];
  const end = begin.map((first, axis) => {
    const past = first + (strides[axis] ?? 1) * (lowering.shape[axis] ?? 0);
    return past < 0 ? BEFORE_FIRST : past;
  });
  return sliced(lowering, begin, end, strides);
};

const reverse: Operator = (lowering) => {
  const axes = lowering.numbers('axes');
  const backwards = axes.map(() => -1);
  const end = axes.map(() => BEFORE_FIRST);
  return sliced(lowering, backwards, end, backwards, axes);
};

const fill: Operator = ({constant, emit, shapeOf, number, shape, dtype}) => {
  const value = number('value');
  const size = sizeOf(shape);
  if (!shape.some(isVarying) && size <= LARGEST_WRITTEN_FILL)
    return constant(shape, dtype, typed(dtype, new Array<number>(size).fill(value)));
  const {buffer} = typed(dtype, [value]);
  const tensor = {name: 'value', dtype, shape: [1], data: new Uint8Array(buffer)};
  return emit('ConstantOfShape', [shapeOf(shape, true)], {value: {tensor}});
};

const range: Operator = ({cast, constant, emit, ints, number, scalar, shape, shapeOf, dtype}) => {
  const [start, step] = [number('start'), number('step')];
  if (shape.some(isVarying)) {
    const count = emit('Reshape', [shapeOf(shape, true), ints([])]);
    const numbers = emit('Range', [scalar(0, 'int64'), count, scalar(1, 'int64')]);
    return emit('Add', [emit('Mul', [cast(numbers, dtype), scalar(step, dtype)]), scalar(start, dtype)]);
  }
  const values = Array.from({length: sizeOf(shape)}, (_, i) => start + i * step);
  return constant(shape, dtype, typed(dtype, values));
};

export const layoutOperators: Operators = {
  // Without allowzero, a 0 in the shape would mean the input's length; it has no place beside one to be worked out.
  Reshape: ({emit, input, shape, shapeOf}) =>
    emit('Reshape', [input, shapeOf(shape)], shape.includes(0) ? {allowzero: int(1)} : {}),
  BroadcastTo: ({emit, input, shape, shapeOf}) => emit('Expand', [input, shapeOf(shape, true)]),
  Tile: ({emit, input, ints, numbers}) => emit('Tile', [input, ints(numbers('repeats'))]),
  Transpose: ({emit, input, numbers}) => emit('Transpose', [input], {perm: {ints: numbers('perm')}}),
  Reverse: reverse,
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: ({emit, inputs, number}) => emit('Concat', inputs, {axis: int(number('axis'))}),
  SplitV: ({emitMany, input, ints, number, numbers}) => {
    const sizes = numbers('sizes');
    return emitMany('Split', [input, ints(sizes)], {axis: int(number('axis'))}, sizes.length);
  },
  PadV2: ({emit, input, inputType, ints, number, numbers, scalar}) => {
    const pads = ints([...numbers('before'), ...numbers('after')]);
    return emit('Pad', [input, pads, scalar(number('value'), inputType)]);
  },
  Fill: fill,
  Range: range,
};
