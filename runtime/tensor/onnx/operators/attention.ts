/**
 * Attention over what rows hold. ONNX Runtime has it whole, but there copies what is held: once for each head of the queries,
 * into memory that one thread has cleared. For tokens of a prompt that is little beside the rest; for one token a row it was
 * most of attention's time, so that is composed, and reads what is held where it lies.
 */
import {isVarying} from '../../graph/generalize.js';
import {int, type Lowering, type Operator} from './operator.js';

/** ONNX Runtime takes heads of such widths only; others are filled up with zeros, which change no product. */
const HEAD_STEP = 8;

/**
 * Below so many entries of a token's keys, what is copied costs less than the operators that read it in place. Measured, 32
 * rows: of 32 entries over 32 positions 61 us against 89, of 64 over 40 99 against 117, over 128 463 against 214, of 128 over 96
 * 626 against 509. The choice is the model's and not a run's, since each rounds in its own way.
 */
const LEAST_IN_PLACE = 64;

/**
 * Inputs: queries, keys, values, places [B, T], ends, total, what the rows hold, keys and values, and which of it counts,
 * `isHeld` [B, S, 1] of 0 and 1 and `mask` [B, 1, 1, S].
 */
export const groupQueryAttention: Operator = (lowering) => {
  const {choose, emit, ints, inputs, inputValues, number, shape, shapeOf} = lowering;
  const [heads, keyValueHeads] = [number('heads'), number('keyValueHeads')];
  const headDim = (shape.at(-1) ?? 0) / heads;
  const width = Math.ceil(headDim / HEAD_STEP) * HEAD_STEP;
  const sequences = (count: number): string => shapeOf([...(inputValues[3]?.shape ?? []), count * width]);
  const sizes: Sizes = {
    ...{heads, keyValueHeads, headDim, width},
    scale: number('scale'),
    shapes: {queries: sequences(heads), keys: sequences(keyValueHeads), result: shapeOf(shape)},
  };
  const [tokens, sequence] = [() => ofTokens(lowering, sizes), () => ofSequences(lowering, sizes)];
  const length = inputValues[3]?.shape[1] ?? 0;
  if (keyValueHeads * headDim < LEAST_IN_PLACE) return sequence();
  if (!isVarying(length)) return length === 1 ? tokens() : sequence();
  const lengthName = emit('Shape', [inputs[3] ?? ''], {start: int(1), end: int(2)});
  return choose(emit('Equal', [lengthName, ints([1])]), 'float32', tokens, sequence);
};

interface Sizes {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** `headDim`, filled up. */
  readonly width: number;
  readonly scale: number;
  /** Their names. */
  readonly shapes: Readonly<Record<'queries' | 'keys' | 'result', string>>;
}

/**
 * One token a row: softmax over the scores of what is held and of the token's own key. Query heads that share a key head are
 * rows of one product. Sums over positions are products, which add in the order of the positions: those that do not count
 * add zeros at the end, so that a row has the same bits in whatever span.
 */
function ofTokens(
  {emit, ints, inputs}: Lowering,
  {heads, keyValueHeads, headDim, scale, shapes}: Sizes,
): string {
  const [queries = '', keys = '', values = '', , , , heldKeys = '', heldValues = '', isHeld = '', mask = ''] =
    inputs;
  const reshape = (name: string, ...shape: number[]): string => emit('Reshape', [name, ints(shape)]);
  const shared = heads / keyValueHeads;
  const scores = (keys: string): string =>
    emit('FusedMatMul', [query, keys], {transB: int(1), alpha: {float: scale}}, 'com.microsoft');
  const query = reshape(queries, -1, keyValueHeads, shared, headDim);
  const own = scores(reshape(keys, -1, keyValueHeads, 1, headDim));
  const held = emit('Add', [scores(heldKeys), mask]);
  const largest = emit('Max', [emit('ReduceMax', [held, ints([-1])], {keepdims: int(1)}), own]);
  const heldWeights = emit('Exp', [emit('Sub', [held, largest])]);
  const ownWeights = emit('Exp', [emit('Sub', [own, largest])]);
  const byRow = emit('Reshape', [heldWeights, ints([0, heads, -1])]);
  const heldSums = reshape(emit('MatMul', [byRow, isHeld]), -1, keyValueHeads, shared, 1);
  const sums = emit('Add', [heldSums, ownWeights]);
  const ofOwn = emit('Mul', [ownWeights, reshape(values, -1, keyValueHeads, 1, headDim)]);
  const mixed = emit('Div', [emit('Add', [emit('MatMul', [heldWeights, heldValues]), ofOwn]), sums]);
  return emit('Reshape', [mixed, shapes.result]);
}

/**
 * Sequences of several tokens. The present keys and values that ONNX Runtime gives besides stay inside the graph: as outputs
 * they would be copied each run.
 */
function ofSequences(
  {emit, emitMany, ints, inputs}: Lowering,
  {heads, keyValueHeads, headDim, width, scale, shapes}: Sizes,
): string {
  const filledUp = (name: string, rank: number): string => {
    if (width === headDim) return name;
    const pads = new Array<number>(2 * rank).fill(0).with(-1, width - headDim);
    return emit('Pad', [name, ints(pads)]);
  };
  const sequence = (index: number, shape: string): string => {
    const rows = width === headDim ? '' : emit('Reshape', [inputs[index] ?? '', ints([-1, headDim])]);
    const filled = rows === '' ? (inputs[index] ?? '') : filledUp(rows, 2);
    return emit('Reshape', [filled, shape]);
  };
  const [ends = '', total = '', ...held] = inputs.slice(4, 8);
  const [mixed = ''] = emitMany(
    'GroupQueryAttention',
    [
      ...[sequence(0, shapes.queries), sequence(1, shapes.keys), sequence(2, shapes.keys)],
      ...held.map((name) => filledUp(name, 4)),
      ...[ends, total],
    ],
    {num_heads: int(heads), kv_num_heads: int(keyValueHeads), scale: {float: scale}},
    3,
    'com.microsoft',
  );
  if (width === headDim) return emit('Reshape', [mixed, shapes.result]);
  const rows = emit('Reshape', [mixed, ints([-1, width])]);
  return emit('Reshape', [emit('Slice', [rows, ints([0]), ints([headDim]), ints([1])]), shapes.result]);
}
