/** Operators that move entries, repeat them or make them. */
import {sizeOf} from '../../graph.js';
import {int, type Lowering, type Operator, type Operators, typed} from './operator.js';

/** Constants up to here are written out; larger ones are filled when they are needed. */
const LARGEST_WRITTEN_FILL = 64;

/** Below every index: with a stride below zero, up to and including the first entry. */
const BEFORE_FIRST = -(2 ** 31);

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
  const end = begin.map((first, axis) => first + (size[axis] ?? 0));
  const ones = begin.map(() => 1);
  return sliced(lowering, begin, end, ones);
};

const stridedSlice: Operator = (lowering) => {
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

const fill: Operator = ({constant, emit, ints, number, shape, dtype}) => {
  const value = number('value');
  const size = sizeOf(shape);
  if (size <= LARGEST_WRITTEN_FILL)
    return constant(shape, dtype, typed(dtype, new Array<number>(size).fill(value)));
  const {buffer} = typed(dtype, [value]);
  const tensor = {name: 'value', dtype, shape: [1], data: new Uint8Array(buffer)};
  return emit('ConstantOfShape', [ints(shape)], {value: {tensor}});
};

const range: Operator = ({constant, number, shape, dtype}) => {
  const [start, step] = [number('start'), number('step')];
  const values = Array.from({length: sizeOf(shape)}, (_, i) => start + i * step);
  return constant(shape, dtype, typed(dtype, values));
};

export const layoutOperators: Operators = {
  // Without allowzero, a 0 in the shape would mean the input's length.
  Reshape: ({emit, input, ints, shape}) => emit('Reshape', [input, ints(shape)], {allowzero: int(1)}),
  BroadcastTo: ({emit, input, ints, shape}) => emit('Expand', [input, ints(shape)]),
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
