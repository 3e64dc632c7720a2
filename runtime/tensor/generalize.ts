/**
 * One graph for all sizes, from the graphs of two: what differs between them must be a length in a shape. That the two
 * are otherwise equal is checked, so a function that does something else for other sizes is refused.
 */
import {type Data, type Graph, type Node, type Value, valueAt} from './graph.js';

/** A length that is known only when the graph runs. */
export const VARYING = -1;

/** Operations that write lengths into the graph as data, where a varying one has no place. */
const WRITES_SHAPE = new Set(['Fill', 'BroadcastTo', 'Range']);

/** @throws where the graphs differ in more than lengths, naming the operation. */
export function generalize(first: Graph, second: Graph): Graph {
  const {length} = first.nodes;
  if (length !== second.nodes.length)
    throw new Error(`${length} operations for some sizes, ${second.nodes.length} for others`);
  const values = first.values.map((value, id) => withVarying(value, valueAt(second, id)));
  for (const [index, node] of first.nodes.entries()) assertSame(node, second.nodes[index], values);
  for (const [id, data] of first.constants) {
    if (!sameData(data, second.constants.get(id))) throw new Error('a constant differs between sizes');
  }
  return {...first, values};
}

function withVarying(value: Value, other: Value): Value {
  if (value.dtype !== other.dtype || value.shape.length !== other.shape.length)
    throw new Error(
      `${value.dtype} [${value.shape}] for some sizes, ${other.dtype} [${other.shape}] for others`,
    );
  const shape = value.shape.map((length, axis) => (length === other.shape[axis] ? length : VARYING));
  return {shape, dtype: value.dtype};
}

function assertSame(node: Node, other: Node | undefined, values: readonly Value[]): void {
  const varying = node.outputs.map(
    (id) => values[id]?.shape.filter((length) => length === VARYING).length ?? 0,
  );
  if (JSON.stringify(node) !== JSON.stringify(other))
    throw new Error(
      `${node.op} is not the same for all sizes: ${JSON.stringify(node)} and ${JSON.stringify(other)}`,
    );
  const most = Math.max(0, ...varying);
  if (most > 0 && WRITES_SHAPE.has(node.op))
    throw new Error(`${node.op} gives a shape that depends on sizes`);
  if (most > 1 && node.op === 'Reshape') throw new Error('a reshape gives two lengths that depend on sizes');
}

const sameData = (data: Data, other: Data | undefined): boolean =>
  other !== undefined && data.length === other.length && data.every((value, i) => Object.is(value, other[i]));
