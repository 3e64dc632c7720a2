/** Writes a recorded graph as an ONNX model: its operators, and the names by which a run feeds and reads it. */
import {messageOf} from '../../errors.js';
import {isVarying, type SizedGraph} from '../graph/generalize.js';
import {type Graph, type Node, type ValueId, valueAt} from '../graph/graph.js';
import {factsOf} from '../graph/node-facts.js';
import {type ShapeNames, shapeNames} from '../graph/shapes.js';
import type {OnnxModel, OnnxNode, OnnxValue} from './format.js';
import {int, type Lowering} from './operators/operator.js';
import {operators} from './operators/operators.js';
import {openWriter, type Writer} from './writer.js';

/** Names of inputs and outputs, kept apart by a prefix since a tensor of the state and an input may share theirs. */
export const inputName = (name: string): string => `input/${name}`;
export const stateName = (name: string): string => `state/${name}`;
export const outputName = (name: string): string => `output/${name}`;
export const nextStateName = (name: string): string => `next/${name}`;

/** Throws, naming the operation, where ONNX has no counterpart in our table. */
export function lower(graph: Graph | SizedGraph, name: string): OnnxModel {
  const writer = openWriter();
  const names = new Map<ValueId, string>();
  const nameOf = (id: ValueId): string =>
    names.get(id) ?? raise(`value ${id} of ${name} is used before it is made`);

  const inputs = named(graph, graph.inputs, inputName).concat(named(graph, graph.state, stateName));
  for (const {id, name} of inputs) names.set(id, name);
  for (const [id, data] of graph.constants) {
    const {shape, dtype} = valueAt(graph, id);
    names.set(id, writer.constant(shape, dtype, data));
  }
  const shapeOf = shapeNames(
    {
      ints: writer.ints,
      lengthOf: (input, axis) =>
        writer.emit('Shape', [inputName(input)], {start: int(axis), end: int(axis + 1)}),
      times: (name, factor) => writer.emit('Mul', [name, writer.ints([factor])]),
      over: (name, divisor) => writer.emit('Div', [name, writer.ints([divisor])]),
      joined: (names) => writer.emit('Concat', names, {axis: int(0)}),
    },
    'lengths' in graph ? graph.lengths : new Map(),
  );
  for (const node of graph.nodes) {
    const operator = operators[node.op] ?? raise(`cannot write ${name} as ONNX: no operator for ${node.op}`);
    const results = written(name, node, () =>
      operator(lowering(graph, node, node.inputs.map(nameOf), writer, shapeOf)),
    );
    for (const [index, id] of node.outputs.entries())
      names.set(id, results[index] ?? raise(`${node.op} lost an output`));
  }
  const outputs = named(graph, graph.outputs, outputName).concat(
    named(graph, graph.nextState, nextStateName),
  );
  const nodes = publish(
    writer.nodes(),
    outputs.map(({id, name}) => ({source: nameOf(id), target: name})),
  );
  return {name, nodes, initializers: writer.initializers(), inputs, outputs, between: between(graph, nameOf)};
}

/** The values of varying lengths that nodes give: ONNX Runtime uses their memory again where it knows which are as large. */
const between = (graph: Graph, nameOf: (id: ValueId) => string): OnnxValue[] =>
  graph.nodes.flatMap(({outputs}) =>
    outputs.flatMap((id) => {
      const value = valueAt(graph, id);
      return value.shape.some(isVarying) ? [{name: nameOf(id), ...value}] : [];
    }),
  );

function written(program: string, {op}: Node, write: () => string | string[]): string[] {
  try {
    return [write()].flat();
  } catch (error) {
    throw new Error(`cannot write ${program} as ONNX: ${op}: ${messageOf(error)}`, {cause: error});
  }
}

const named = (
  graph: Graph,
  values: ReadonlyMap<string, ValueId>,
  nameFor: (name: string) => string,
): (OnnxValue & {id: ValueId})[] =>
  [...values].map(([name, id]) => ({id, name: nameFor(name), ...valueAt(graph, id)}));

function lowering(
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  writer: Writer,
  shapeOf: ShapeNames,
): Lowering {
  return {...writer, ...factsOf(graph, node), shapeOf, input: inputs[0] ?? '', inputs};
}

/** Gives values their names as outputs. ONNX allows neither an input nor one value twice there: those are copied. */
function publish(
  nodes: readonly OnnxNode[],
  outputs: readonly {readonly source: string; readonly target: string}[],
): OnnxNode[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const {source, target} of outputs) {
    if (made.has(source) && !renamed.has(source)) renamed.set(source, target);
    else copies.push({op: 'Identity', domain: '', inputs: [source], attributes: {}, outputs: [target]});
  }
  return [...nodes, ...copies].map((node) => withNames(node, renamed));
}

/** The node, and those of its branches, with other names. */
function withNames(node: OnnxNode, names: ReadonlyMap<string, string>): OnnxNode {
  const rename = (name: string): string => names.get(name) ?? name;
  const attributes = Object.entries(node.attributes).map(([name, attribute]) => {
    if (!('graph' in attribute)) return [name, attribute] as const;
    const {nodes, output} = attribute.graph;
    return [name, {graph: {nodes: nodes.map((each) => withNames(each, names)), output}}] as const;
  });
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

function raise(message: string): never {
  throw new Error(message);
}
