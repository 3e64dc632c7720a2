/** What the WebGPU provider has no kernel for, written in what it has: each such node would run on the CPU, with copies. */
import {addNode, type Graph, type Node, type ValueId, valueAt} from '../graph.js';

/** Rows of a product from which on a transpose of the other matrix is little beside it. */
const MANY_ROWS = 128;

/**
 * Batched products of transposed matrices get explicit transposes, and so does a product of many rows with one transposed
 * matrix: on an H200 the provider's Gemm took 2.2 times longer for those than a transpose and its MatMul do.
 */
export function forWebgpu(graph: Graph): Graph {
  const result: Graph = {...graph, values: [...graph.values], nodes: []};
  const transposes = new Map<ValueId, ValueId>();
  for (const node of graph.nodes) {
    const {a, b} = toTranspose(graph, node);
    result.nodes.push(a || b ? plainProduct(result, transposes, node, {a, b}) : node);
  }
  return result;
}

interface Sides {
  readonly a: boolean;
  readonly b: boolean;
}

/** Which matrices of a product want a transpose of their own. Of two matrices it is a Gemm, which transposes by itself. */
function toTranspose(graph: Graph, {op, inputs, attributes}: Node): Sides {
  if (op !== 'BatchMatMul') return {a: false, b: false};
  const sides = {a: attributes.transposeA === true, b: attributes.transposeB === true};
  const [a, b] = inputs.map((id) => valueAt(graph, id).shape);
  if ((a?.length ?? 0) > 2 || (b?.length ?? 0) > 2) return sides;
  return {a: false, b: sides.b && !sides.a && (a?.[0] ?? 0) >= MANY_ROWS};
}

function plainProduct(graph: Graph, transposes: Map<ValueId, ValueId>, node: Node, sides: Sides): Node {
  const [a = 0, b = 0] = node.inputs;
  const transposeOf = (id: ValueId): ValueId => {
    const made = transposes.get(id) ?? transposed(graph, id);
    transposes.set(id, made);
    return made;
  };
  return {
    ...node,
    inputs: [sides.a ? transposeOf(a) : a, sides.b ? transposeOf(b) : b],
    attributes: {...node.attributes, transposeA: false, transposeB: false},
  };
}

/** The last two axes changed round. */
function transposed(graph: Graph, id: ValueId): ValueId {
  const {shape, dtype} = valueAt(graph, id);
  const axes = [...shape.keys()];
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  const node = addNode(graph, 'Transpose', [id], {perm}, [
    {shape: perm.map((axis) => shape[axis] ?? 0), dtype},
  ]);
  return node.outputs[0] ?? id;
}
