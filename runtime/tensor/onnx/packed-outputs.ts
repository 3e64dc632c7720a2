/**
 * Outputs of one type, read from a device at once: each that is read by itself costs a wait for the device. Nine outputs of
 * 1,024 values took 5.0 to 6.3 ms on an H200, and packed 1.1 to 1.5 ms.
 */
import type {DType, HostTensor} from '../executor.js';
import {addNode, type Graph, sizeOf, type ValueId, valueAt} from '../graph/graph.js';

export interface PackedGraph {
  readonly graph: Graph;
  /** The graph's own outputs, of those that a run of the packed one gave. */
  unpack(outputs: ReadonlyMap<string, HostTensor>): Record<string, HostTensor>;
}

interface Part {
  readonly name: string;
  readonly id: ValueId;
  readonly shape: readonly number[];
}

const DTYPES: readonly DType[] = ['float32', 'int32'];

/** A graph with one output for each type of which there are several. The graph given stays as it is. */
export function packOutputs(given: Graph): PackedGraph {
  const graph: Graph = {...given, values: [...given.values], nodes: [...given.nodes], outputs: new Map()};
  const packs = new Map<string, readonly Part[]>();
  for (const dtype of DTYPES) {
    const parts = partsOf(given, dtype);
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) graph.outputs.set(only.name, only.id);
    if (parts.length < 2) continue;
    const flat = parts.map(({id, shape}) => {
      const size = [sizeOf(shape)];
      return onlyOutput(addNode(graph, 'Reshape', [id], {}, [{shape: size, dtype}]));
    });
    const size = parts.reduce((sum, {shape}) => sum + sizeOf(shape), 0);
    const packed = addNode(graph, 'Concat', flat, {axis: 0}, [{shape: [size], dtype}]);
    graph.outputs.set(packName(dtype), onlyOutput(packed));
    packs.set(packName(dtype), parts);
  }
  return {
    graph,
    unpack: (outputs) =>
      Object.fromEntries(
        [...outputs].flatMap(([name, tensor]) => {
          const parts = packs.get(name);
          return parts === undefined ? [[name, tensor] as const] : cut(parts, tensor);
        }),
      ),
  };
}

const packName = (dtype: DType): string => `all of ${dtype}`;

const partsOf = (graph: Graph, dtype: DType): Part[] =>
  [...graph.outputs]
    .map(([name, id]) => ({name, id, ...valueAt(graph, id)}))
    .filter((part) => part.dtype === dtype)
    .map(({name, id, shape}) => ({name, id, shape}));

/** Each its own memory: whoever keeps one of them does not keep all. */
function cut(parts: readonly Part[], {dtype, data}: HostTensor): (readonly [string, HostTensor])[] {
  let begin = 0;
  return parts.map(({name, shape}) => {
    const end = begin + sizeOf(shape);
    const tensor = {dtype, shape: [...shape], data: data.slice(begin, end)};
    begin = end;
    return [name, tensor] as const;
  });
}

function onlyOutput({outputs: [id]}: {readonly outputs: readonly ValueId[]}): ValueId {
  if (id === undefined) throw new Error('a node without an output');
  return id;
}
