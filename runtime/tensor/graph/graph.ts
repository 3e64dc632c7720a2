/**
 * A recorded computation as plain data: nodes over numbered values, in an order in which they can run. The operations
 * are TensorFlow.js kernels with their attributes normalized (no negative axes, sizes spelled out), so that an executor
 * for another format needs one table and no knowledge of TensorFlow.js.
 */
import type {DType} from '../executor.js';

export type ValueId = number;

/** Comparisons give `bool`; it stays inside a graph. */
export type ValueType = DType | 'bool';

export interface Value {
  readonly shape: readonly number[];
  readonly dtype: ValueType;
}

export type Attribute = number | boolean | string | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attributes: Attributes;
  readonly outputs: readonly ValueId[];
}

export type Data = Float32Array | Int32Array | Uint8Array;

/** A slice's size where it goes on to the end of its axis, however long that is. */
export const TO_THE_END = -1;

export interface Graph {
  /** By value id. */
  readonly values: Value[];
  readonly constants: Map<ValueId, Data>;
  readonly nodes: Node[];
  readonly inputs: Map<string, ValueId>;
  readonly state: Map<string, ValueId>;
  readonly outputs: Map<string, ValueId>;
  /** The values that replace tensors of the state after a run. */
  readonly nextState: Map<string, ValueId>;
}

export const emptyGraph = (): Graph => ({
  values: [],
  constants: new Map(),
  nodes: [],
  inputs: new Map(),
  state: new Map(),
  outputs: new Map(),
  nextState: new Map(),
});

export function addValue(graph: Graph, {shape, dtype}: Value): ValueId {
  return graph.values.push({shape: [...shape], dtype}) - 1;
}

export function addConstant(graph: Graph, value: Value, data: Data): ValueId {
  const id = addValue(graph, value);
  graph.constants.set(id, data);
  return id;
}

export function addNode(
  graph: Graph,
  op: string,
  inputs: readonly ValueId[],
  attributes: Attributes,
  outputs: readonly Value[],
): Node {
  const node = {op, inputs, attributes, outputs: outputs.map((value) => addValue(graph, value))};
  graph.nodes.push(node);
  return node;
}

export function valueAt(graph: Graph, id: ValueId): Value {
  const value = graph.values[id];
  if (value === undefined) throw new Error(`value ${id} is not of this graph`);
  return value;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** The one value of every entry, if there is one. */
export function uniformValue(data: Data): number | undefined {
  const first = data[0];
  return first !== undefined && data.every((entry) => Object.is(entry, first)) ? first : undefined;
}

/** The graph without what no output and no next state needs. Inputs stay; state and constants that are not read go. */
export function pruned(graph: Graph): Graph {
  const needed = new Set<ValueId>([...graph.outputs.values(), ...graph.nextState.values()]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((id) => needed.has(id))) return false;
    for (const id of node.inputs) needed.add(id);
    return true;
  });
  return {
    ...graph,
    nodes: nodes.reverse(),
    constants: new Map([...graph.constants].filter(([id]) => needed.has(id))),
    state: new Map([...graph.state].filter(([, id]) => needed.has(id))),
  };
}
