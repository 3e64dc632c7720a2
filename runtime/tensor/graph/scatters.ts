/**
 * A key and value cache is a large tensor of the state of which a run replaces a few lines. As an output of the graph it
 * would be copied whole each time; instead the graph gives the lines, and they are written where they go after the run.
 */
import {type Graph, type Node, pruned, sizeOf, type ValueId, valueAt} from './graph.js';

/** state[indices] = updates, once the run is over. */
export interface Scatter {
  /** The tensor of the state. */
  readonly name: string;
  /** Names of the graph's outputs. */
  readonly indices: string;
  readonly updates: string;
  /** Entries that one step of each index passes over. */
  readonly strides: readonly number[];
  /** Entries of one update. */
  readonly width: number;
  /** Entries of the tensor. */
  readonly size: number;
}

/** The graph with such tensors no longer among its next state, and what is to be done for them instead. */
export function takeOutScatters(graph: Graph): {
  readonly graph: Graph;
  readonly scatters: readonly Scatter[];
} {
  const nextState = new Map(graph.nextState);
  const outputs = new Map(graph.outputs);
  const scatters: Scatter[] = [];
  for (const [name, id] of graph.nextState) {
    const node = graph.nodes.find((candidate) => candidate.outputs.includes(id));
    const given = graph.state.get(name);
    if (node === undefined || given === undefined || !replacesLines(node, given)) continue;
    const [, indices = 0, updates = 0] = node.inputs;
    const {shape} = valueAt(graph, given);
    const depth = valueAt(graph, indices).shape.at(-1) ?? 0;
    const [indicesName, updatesName] = [`${name}: indices`, `${name}: updates`];
    outputs.set(indicesName, indices).set(updatesName, updates);
    nextState.delete(name);
    scatters.push({
      name,
      indices: indicesName,
      updates: updatesName,
      strides: Array.from({length: depth}, (_, axis) => sizeOf(shape.slice(axis + 1))),
      width: sizeOf(shape.slice(depth)),
      size: sizeOf(shape),
    });
  }
  return {graph: pruned({...graph, nextState, outputs}), scatters};
}

const replacesLines = ({op, inputs}: Node, given: ValueId): boolean =>
  op === 'ScatterNd' && inputs[0] === given;

/** Writes the lines. Throws where an index is outside the tensor. */
export function applyScatter(
  {name, strides, width, size}: Scatter,
  target: Float32Array | Int32Array,
  indices: Float32Array | Int32Array,
  updates: Float32Array | Int32Array,
): void {
  const depth = strides.length;
  for (let line = 0; line * depth < indices.length; line++) {
    let begin = 0;
    for (const [axis, stride] of strides.entries()) begin += (indices[line * depth + axis] ?? 0) * stride;
    if (begin < 0 || begin + width > size) throw new Error(`an index is outside state tensor ${name}`);
    target.set(updates.subarray(line * width, (line + 1) * width), begin);
  }
}
