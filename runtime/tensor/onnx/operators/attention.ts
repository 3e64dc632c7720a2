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
 * Inputs: queries, keys, values, places [B, T], ends, total, what the rows hold, keys and values in P blocks of S positions, and
 * which of it counts, `isHeld` [P, S, 1] of 0 and 1 and `mask` [P, 1, 1, S]; owners [P], order [B, R] and counted [B, R], as
 * `Sequences` has them. Where `inPlace` is 0, and for several tokens a row, each row has one block.
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
  if (number('inPlace') === 0) return sequence();
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
 * One token a row: softmax over the scores of what is held, block by block, and of the token's own key. Query heads that share a
 * key head are rows of one product. Sums over positions and over blocks are products, which add in the order of both: those that
 * do not count add zeros at the end, so that a row has the same bits beside whatever others.
 */
function ofTokens(
  {emit, ints, inputs}: Lowering,
  {heads, keyValueHeads, headDim, scale, shapes}: Sizes,
): string {
  const [queries = '', keys = '', values = '', , , , heldKeys = '', heldValues = '', ...rest] = inputs;
  const [isHeld = '', mask = '', owners = '', order = '', counted = ''] = rest;
  const reshape = (name: string, ...shape: number[]): string => emit('Reshape', [name, ints(shape)]);
  const gather = (name: string, indices: string): string => emit('Gather', [name, indices], {axis: int(0)});
  const shared = heads / keyValueHeads;
  const scores = (query: string, keys: string): string =>
    emit('FusedMatMul', [query, keys], {transB: int(1), alpha: {float: scale}}, 'com.microsoft');
  const ofRow = emit('Unsqueeze', [counted, ints([1])]);
  /** What blocks have, [P, heads, width], added up for each row. */
  const addedUp = (ofBlocks: string, width: number): string => {
    const inOrder = emit('Reshape', [gather(ofBlocks, order), ints([0, 0, heads * width])]);
    return reshape(emit('MatMul', [ofRow, inOrder]), -1, keyValueHeads, shared, width);
  };
  const query = reshape(queries, -1, keyValueHeads, shared, headDim);
  const own = scores(query, reshape(keys, -1, keyValueHeads, 1, headDim));
  // One product for each query head: those of one row read keys and values as they lie, those of several a copy of each.
  const single = (name: string, width: number): string => reshape(name, -1, keyValueHeads, shared, 1, width);
  const several = (name: string): string => emit('Unsqueeze', [name, ints([2])]);
  const onHeld = scores(single(gather(query, owners), headDim), several(heldKeys));
  const held = emit('Add', [emit('Squeeze', [onHeld, ints([3])]), mask]);
  const largestHeld = gather(emit('ReduceMax', [held, ints([-1])], {keepdims: int(1)}), order);
  const largest = emit('Max', [emit('ReduceMax', [largestHeld, ints([1])], {keepdims: int(0)}), own]);
  const heldWeights = emit('Exp', [emit('Sub', [held, gather(largest, owners)])]);
  const ownWeights = emit('Exp', [emit('Sub', [own, largest])]);
  const byBlock = emit('Reshape', [heldWeights, ints([0, heads, -1])]);
  const sums = emit('Add', [addedUp(emit('MatMul', [byBlock, isHeld]), 1), ownWeights]);
  const ofOwn = emit('Mul', [ownWeights, reshape(values, -1, keyValueHeads, 1, headDim)]);
  const ofHeld = addedUp(
    emit('MatMul', [emit('Unsqueeze', [heldWeights, ints([3])]), several(heldValues)]),
    headDim,
  );
  return emit('Reshape', [emit('Div', [emit('Add', [ofHeld, ofOwn]), sums]), shapes.result]);
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
