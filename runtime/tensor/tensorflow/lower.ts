/** Writes a recorded graph as a TensorFlow graph: its operators, and the nodes that a run feeds and fetches. */
import {isVarying, type SizedGraph} from '../graph/generalize.js';
import {type Graph, type Node, type ValueId, valueAt} from '../graph/graph.js';
import {factsOf} from '../graph/node-facts.js';
import {type ShapeNames, shapeNames} from '../graph/shapes.js';
import type {GraphNode} from './format.js';
import {type Lowering, type} from './operators/operator.js';
import {operators} from './operators/operators.js';
import {openWriter, type Writer} from './writer.js';

/** A tensor that goes in or out: its name in the recorded graph, and its node's. */
export interface Port {
  readonly name: string;
  readonly node: string;
}

export interface LoweredGraph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Port[];
  readonly state: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nextState: readonly Port[];
}

/** Throws, naming the operation, where TensorFlow has no counterpart in our table. */
export function lower(
  graph: Graph | SizedGraph,
  name: string,
  productType: 'float32' | 'bfloat16',
): LoweredGraph {
  const writer = openWriter();
  const names = new Map<ValueId, string>();
  const nameOf = (id: ValueId): string =>
    names.get(id) ?? raise(`value ${id} of ${name} is used before it is made`);

  const given = (values: ReadonlyMap<string, ValueId>, prefix: string): Port[] =>
    [...values].map(([name, id], index) => {
      const {shape, dtype} = valueAt(graph, id);
      const node = `${prefix}${index}`;
      writer.add({
        name: node,
        op: 'Placeholder',
        inputs: [],
        attributes: {
          dtype: type(dtype),
          shape: {shape: shape.map((length) => (isVarying(length) ? -1 : length))},
        },
      });
      names.set(id, node);
      return {name, node};
    });
  const inputs = given(graph.inputs, 'i');
  const state = given(graph.state, 's');
  for (const [id, data] of graph.constants) {
    const {shape, dtype} = valueAt(graph, id);
    names.set(id, writer.constant(shape, dtype, data));
  }
  const shapeOf = shapesOf(graph, writer, (input) => nameOf(graph.inputs.get(input) ?? -1));
  for (const node of graph.nodes) {
    const operator =
      operators[node.op] ?? raise(`cannot write ${name} for TensorFlow: no operator for ${node.op}`);
    const results = [
      operator(lowering(graph, node, node.inputs.map(nameOf), writer, {shapeOf, productType})),
    ].flat();
    for (const [index, id] of node.outputs.entries())
      names.set(id, results[index] ?? raise(`${node.op} lost an output`));
  }
  // TensorFlow fetches no node twice and none that is fed. A copy, where a next state would share a given tensor's memory.
  const fetched = (
    values: ReadonlyMap<string, ValueId>,
    prefix: string,
    op: (id: ValueId) => string,
  ): Port[] =>
    [...values].map(([name, id], index) => {
      const node = `${prefix}${index}`;
      const T = type(valueAt(graph, id).dtype);
      writer.add({name: node, op: op(id), inputs: [nameOf(id)], attributes: {T}});
      return {name, node};
    });
  const outputs = fetched(graph.outputs, 'o', () => 'Identity');
  const views = viewsOfGiven(graph);
  const nextState = fetched(graph.nextState, 'x', (id) => (views.has(id) ? 'DeepCopy' : 'Identity'));
  return {nodes: writer.nodes(), inputs, state, outputs, nextState};
}

function shapesOf(
  graph: Graph | SizedGraph,
  {emit, ints}: Writer,
  nodeOf: (input: string) => string,
): ShapeNames {
  const int32 = type('int32');
  return shapeNames(
    {
      ints,
      lengthOf(input, axis) {
        const T = type(valueAt(graph, graph.inputs.get(input) ?? -1).dtype);
        const shape = emit('Shape', [nodeOf(input)], {T, out_type: int32});
        return emit('Slice', [shape, ints([axis]), ints([1])], {T: int32, Index: int32});
      },
      times: (name, factor) => emit('Mul', [name, ints([factor])], {T: int32}),
      over: (name, divisor) => emit('FloorDiv', [name, ints([divisor])], {T: int32}),
      joined(names) {
        const axis = ints([0]);
        const scalar = emit('Reshape', [axis, ints([])], {T: int32, Tshape: int32});
        return emit('ConcatV2', [...names, scalar], {T: int32, Tidx: int32, N: {int: names.length}});
      },
    },
    'lengths' in graph ? graph.lengths : new Map(),
  );
}

/** Operations whose output may be their input's memory under another shape. */
const VIEWS = new Set(
  'Identity Reshape Slice StridedSlice SplitV Transpose BroadcastTo Tile Concat'.split(' '),
);

/** The values that may be the memory of a given tensor. */
function viewsOfGiven(graph: Graph): ReadonlySet<ValueId> {
  const given = new Set([...graph.inputs.values(), ...graph.state.values()]);
  for (const {op, inputs, outputs} of graph.nodes) {
    if (VIEWS.has(op) && inputs.some((id) => given.has(id))) for (const id of outputs) given.add(id);
  }
  return given;
}

function lowering(
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  writer: Writer,
  own: Pick<Lowering, 'shapeOf' | 'productType'>,
): Lowering {
  return {...writer, ...factsOf(graph, node), ...own, input: inputs[0] ?? '', inputs};
}

function raise(message: string): never {
  throw new Error(message);
}
