/** What the WebGPU provider has no kernel for, written in what it has: each such node would run on the CPU, with copies. */
import {addNode, type Graph, type Node, type ValueId, valueAt} from '../graph/graph.js';

/** Batched products of transposed matrices get explicit transposes. */
export function forWebgpu<G extends Graph>(graph: G): G {
  const result: G = {...graph, values: [...graph.values], nodes: []};
  for (const node of graph.nodes)
    result.nodes.push(isFusedProduct(graph, node) ? plainProduct(result, node) : node);
  return result;
}

/** As the operators write it: of two matrices it is a Gemm, which transposes by itself. */
const isFusedProduct = (graph: Graph, {op, inputs, attributes}: Node): boolean =>
  op === 'BatchMatMul' &&
  (attributes.transposeA === true || attributes.transposeB === true) &&
  inputs.some((id) => valueAt(graph, id).shape.length > 2);

function plainProduct(graph: Graph, node: Node): Node {
  const [a = 0, b = 0] = node.inputs;
  const {transposeA, transposeB} = node.attributes;
  return {
    ...node,
    inputs: [transposeA ? transposed(graph, a) : a, transposeB ? transposed(graph, b) : b],
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
