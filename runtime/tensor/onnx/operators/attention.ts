/** Attention over a cache, which ONNX Runtime has whole: each row over as many positions as it has. */
import {int, type Operator} from './operator.js';

/** ONNX Runtime takes heads of such widths only; others are filled up with zeros, which change no product. */
const HEAD_STEP = 8;

/**
 * Inputs: queries, keys, values, places [B, T], ends, total, and what the rows hold, keys and values. The present
 * keys and values that ONNX Runtime gives besides stay inside the graph: as outputs they would be copied each run.
 */
export const groupQueryAttention: Operator = (lowering) => {
  const {emit, emitMany, ints, inputs, inputValues, number, shape, shapeOf} = lowering;
  const [heads, keyValueHeads] = [number('heads'), number('keyValueHeads')];
  const headDim = (shape.at(-1) ?? 0) / heads;
  const width = Math.ceil(headDim / HEAD_STEP) * HEAD_STEP;
  const filledUp = (name: string, rank: number): string => {
    if (width === headDim) return name;
    const pads = new Array<number>(2 * rank).fill(0).with(-1, width - headDim);
    return emit('Pad', [name, ints(pads)]);
  };
  const sequence = (index: number, count: number): string => {
    const rows = width === headDim ? '' : emit('Reshape', [inputs[index] ?? '', ints([-1, headDim])]);
    const filled = rows === '' ? (inputs[index] ?? '') : filledUp(rows, 2);
    return emit('Reshape', [filled, shapeOf([...(inputValues[3]?.shape ?? []), count * width])]);
  };
  const [ends = '', total = '', ...past] = inputs.slice(4);
  const [mixed = ''] = emitMany(
    'GroupQueryAttention',
    [
      ...[sequence(0, heads), sequence(1, keyValueHeads), sequence(2, keyValueHeads)],
      ...past.map((name) => filledUp(name, 4)),
      ...[ends, total],
    ],
    {num_heads: int(heads), kv_num_heads: int(keyValueHeads), scale: {float: number('scale')}},
    3,
    'com.microsoft',
  );
  if (width === headDim) return emit('Reshape', [mixed, shapeOf(shape)]);
  const rows = emit('Reshape', [mixed, ints([-1, width])]);
  return emit('Reshape', [emit('Slice', [rows, ints([0]), ints([headDim]), ints([1])]), shapeOf(shape)]);
};
