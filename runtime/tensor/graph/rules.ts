/** The rules by which `simplify` makes a node smaller, or finds that it need not be. */
import {
  type Attributes,
  type Graph,
  type Node,
  sameShape,
  sizeOf,
  type Value,
  type ValueId,
  valueAt,
} from './graph.js';

/** A node that is still to be added. */
export interface Draft {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

export interface Context {
  readonly graph: Graph;
  /** The node that made a value; none for inputs, state and constants. */
  readonly producers: ReadonlyMap<ValueId, Node>;
  /** Adds a node, unless there is an equal one, and gives its outputs. */
  readonly add: (draft: Draft) => readonly ValueId[];
}

/** An existing value that serves as the draft's only output, a better draft, or undefined where the rule says nothing. */
export type Rule = (draft: Draft, context: Context) => ValueId | Draft | undefined;

const ELEMENTWISE = new Set(
  (
    'Add Sub Multiply RealDiv FloorDiv Mod Pow Maximum Minimum SquaredDifference Select ' +
    'Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr'
  ).split(' '),
);

const only = (values: readonly ValueId[]): ValueId => values[0] ?? raise('a node has no input');
const outputOf = (draft: Draft): Value => draft.outputs[0] ?? raise('a node has no output');

/** The value that a `Fill` gave everywhere. */
const filledWith = (id: ValueId | undefined, {producers}: Context): number | undefined => {
  const node = id === undefined ? undefined : producers.get(id);
  return node?.op === 'Fill' ? Number(node.attributes.value) : undefined;
};

/** Identity, and everything that turns out to be one. */
const dropNothingDone: Rule = (draft, {graph}) => {
  const {op, inputs, attributes} = draft;
  if (op === 'Identity') return only(inputs);
  if (inputs.length !== 1 || draft.outputs.length !== 1) return undefined;
  const [input, output] = [valueAt(graph, only(inputs)), outputOf(draft)];
  if (op === 'Cast') return input.dtype === output.dtype ? only(inputs) : undefined;
  if (!sameShape(input.shape, output.shape)) return undefined;
  if (op === 'Reshape' || op === 'BroadcastTo' || op === 'Tile' || op === 'Slice') return only(inputs);
  if (op === 'Concat' || op === 'SplitV' || op === 'PadV2') return only(inputs);
  if (op === 'Transpose') return isAscending(attributes.perm) ? only(inputs) : undefined;
  return undefined;
};

/** A reshape of a reshape is one reshape; so are a sum over axes of length 1 and a transpose that only moves such axes. */
const mergeReshapes: Rule = (draft, {graph, producers}) => {
  const {op, inputs, attributes} = draft;
  const reshape = (input: ValueId): Draft => ({...draft, op: 'Reshape', inputs: [input], attributes: {}});
  if (op === 'Reshape') {
    const before = producers.get(only(inputs));
    return before?.op === 'Reshape' ? reshape(only(before.inputs)) : undefined;
  }
  if (op === 'Sum' || op === 'Mean' || op === 'Max' || op === 'Min') {
    const input = valueAt(graph, only(inputs));
    return sizeOf(input.shape) === sizeOf(outputOf(draft).shape) ? reshape(only(inputs)) : undefined;
  }
  if (op !== 'Transpose') return undefined;
  const {shape} = valueAt(graph, only(inputs));
  const moved = numbers(attributes.perm).filter((axis) => shape[axis] !== 1);
  return isAscending(moved) ? reshape(only(inputs)) : undefined;
};

const mergeTransposes: Rule = (draft, {producers}) => {
  if (draft.op !== 'Transpose') return undefined;
  const before = producers.get(only(draft.inputs));
  if (before?.op !== 'Transpose') return undefined;
  const inner = numbers(before.attributes.perm);
  const perm = numbers(draft.attributes.perm).map((axis) => inner[axis] ?? 0);
  return {...draft, inputs: before.inputs, attributes: {perm}};
};

/** A product reads its operand transposed at no cost. */
const foldTransposes: Rule = (draft, {producers}) => {
  if (draft.op !== 'BatchMatMul') return undefined;
  for (const [index, flag] of ['transposeA', 'transposeB'].entries()) {
    const before = producers.get(draft.inputs[index] ?? 0);
    if (before?.op !== 'Transpose' || !swapsLastTwo(numbers(before.attributes.perm))) continue;
    const inputs = draft.inputs.with(index, only(before.inputs));
    return {...draft, inputs, attributes: {...draft.attributes, [flag]: !draft.attributes[flag]}};
  }
  return undefined;
};

/** A filled tensor keeps its value through these. */
const foldFills: Rule = (draft, context) => {
  if (!['Reshape', 'BroadcastTo', 'Transpose', 'Slice', 'Cast', 'Tile'].includes(draft.op)) return undefined;
  const filled = filledWith(draft.inputs[0], context);
  if (filled === undefined) return undefined;
  const truncated = outputOf(draft).dtype === 'int32' ? Math.trunc(filled) : filled;
  const value = outputOf(draft).dtype === 'bool' ? Number(filled !== 0) : truncated;
  return {...draft, op: 'Fill', inputs: [], attributes: {value}};
};

/** x + 0, x - 0, x * 1, x / 1: the gradients of sums and means multiply by ones to broadcast. */
const dropNeutral: Rule = (draft, context) => {
  const [a, b] = draft.inputs;
  const neutral = {Add: 0, Sub: 0, Multiply: 1, RealDiv: 1}[draft.op];
  if (neutral === undefined || a === undefined || b === undefined) return undefined;
  const commutes = draft.op === 'Add' || draft.op === 'Multiply';
  const kept =
    filledWith(b, context) === neutral ? a : commutes && filledWith(a, context) === neutral ? b : undefined;
  return kept === undefined ? undefined : {...draft, op: 'BroadcastTo', inputs: [kept], attributes: {}};
};

/** An element-wise operation broadcasts by itself, so its operands need not; what they had in common comes after it. */
const foldBroadcasts: Rule = (draft, context) => {
  if (!ELEMENTWISE.has(draft.op)) return undefined;
  const inputs = draft.inputs.map((id) => beforeBroadcast(id, context));
  if (inputs.every((id, index) => id === draft.inputs[index])) return undefined;
  const {shape, dtype} = outputOf(draft);
  const smaller = broadcastShape(inputs.map((id) => valueAt(context.graph, id).shape));
  if (sameShape(smaller, shape)) return {...draft, inputs};
  const once = context.add({...draft, inputs, outputs: [{shape: smaller, dtype}]});
  return {...draft, op: 'BroadcastTo', inputs: once, attributes: {}};
};

function beforeBroadcast(id: ValueId, context: Context): ValueId {
  const made = context.producers.get(id);
  if (made?.op === 'BroadcastTo') return only(made.inputs);
  return made?.op === 'Fill' ? scalarFill(made, context) : id;
}

function scalarFill({attributes, outputs}: Node, {graph, add}: Context): ValueId {
  const {dtype} = valueAt(graph, only(outputs));
  return only(add({op: 'Fill', inputs: [], attributes, outputs: [{shape: [], dtype}]}));
}

/** In the order in which they are tried. */
export const rules: readonly Rule[] = [
  dropNothingDone,
  mergeReshapes,
  mergeTransposes,
  foldTransposes,
  foldFills,
  dropNeutral,
  foldBroadcasts,
];

function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({length}) => length));
  return Array.from({length: rank}, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

const numbers = (attribute: Attributes[string] | undefined): readonly number[] =>
  typeof attribute === 'object' ? attribute : raise('a list of numbers was expected');

const isAscending = (axes: Attributes[string] | undefined): boolean =>
  numbers(axes).every((axis, index, all) => index === 0 || axis > (all[index - 1] ?? 0));

const swapsLastTwo = (perm: readonly number[]): boolean => {
  const rank = perm.length;
  const swapped = perm.toSpliced(rank - 2, 2, perm[rank - 1] ?? 0, perm[rank - 2] ?? 0);
  return rank >= 2 && isAscending(swapped);
};

function raise(message: string): never {
  throw new Error(message);
}
