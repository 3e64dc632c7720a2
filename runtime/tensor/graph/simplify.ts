/**
 * Makes a recorded graph smaller without changing what it computes: what does nothing is dropped, what is equal is
 * computed once, transposes go into the products that read them, and what no output needs is pruned.
 *
 * One pass in the order of the nodes. Each node's inputs are simplified by the time it is reached, so every rule looks
 * only at the nodes that made them.
 */
import {
  addConstant,
  addNode,
  addValue,
  type Data,
  emptyGraph,
  type Graph,
  type Node,
  pruned,
  type Value,
  type ValueId,
  valueAt,
} from './graph.js';
import {type Context, type Draft, rules} from './rules.js';

/** The smaller graph; the one given stays as it is. */
export function simplify(graph: Graph): Graph {
  const result = emptyGraph();
  const producers = new Map<ValueId, Node>();
  const context: Context = {graph: result, producers, add};
  const renamed = new Map<ValueId, ValueId>();
  const known = new Map<string, readonly ValueId[]>();
  const current = (id: ValueId): ValueId => {
    const found = renamed.get(id);
    if (found === undefined) throw new Error(`value ${id} is used before it is made`);
    return found;
  };

  for (const [from, to] of [
    [graph.inputs, result.inputs],
    [graph.state, result.state],
  ] as const) {
    for (const [name, id] of from) {
      const added = addValue(result, valueAt(graph, id));
      renamed.set(id, added);
      to.set(name, added);
    }
  }
  const constants = new Map<string, ValueId>();
  for (const [id, data] of graph.constants) {
    const value = valueAt(graph, id);
    const key = constantKey(value, data);
    const same = constants.get(key) ?? addConstant(result, value, data);
    constants.set(key, same);
    renamed.set(id, same);
  }

  for (const {op, inputs, attributes, outputs} of graph.nodes) {
    const values = outputs.map((id) => valueAt(graph, id));
    const simplest = applyRules({op, inputs: inputs.map(current), attributes, outputs: values}, context);
    const ids = typeof simplest === 'number' ? [simplest] : add(simplest);
    for (const [index, id] of outputs.entries()) {
      const made = ids[index];
      if (made === undefined) throw new Error(`${op} lost an output`);
      renamed.set(id, made);
    }
  }
  for (const [name, id] of graph.outputs) result.outputs.set(name, current(id));
  for (const [name, id] of graph.nextState) result.nextState.set(name, current(id));
  return pruned(result);

  function add(draft: Draft): readonly ValueId[] {
    const key = draftKey(draft);
    const same = known.get(key);
    if (same !== undefined) return same;
    const node = addNode(result, draft.op, draft.inputs, draft.attributes, draft.outputs);
    for (const id of node.outputs) producers.set(id, node);
    known.set(key, node.outputs);
    return node.outputs;
  }
}

function applyRules(draft: Draft, context: Context): ValueId | Draft {
  for (const rule of rules) {
    const simpler = rule(draft, context);
    if (typeof simpler === 'number') return simpler;
    if (simpler !== undefined) return applyRules(simpler, context);
  }
  return draft;
}

function constantKey({shape, dtype}: Value, data: Data): string {
  return `${dtype} ${shape} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`;
}

function draftKey({op, inputs, attributes, outputs}: Draft): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const values = outputs.map(({shape, dtype}) => `${dtype}[${shape}]`);
  return `${op} ${inputs} ${sorted.map(([name, value]) => `${name}=${Object.is(value, -0) ? '-0' : value}`)} ${values}`;
}
