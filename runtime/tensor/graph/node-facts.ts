/** What whoever writes a node of a recorded graph in other operators asks of it. */
import {type Attribute, type Graph, type Node, type Value, type ValueType, valueAt} from './graph.js';

export interface NodeFacts {
  readonly inputValues: readonly Value[];
  /** Of the first input; float32 for a node without inputs. */
  readonly inputType: ValueType;
  /** Of the first output. */
  readonly shape: readonly number[];
  readonly dtype: ValueType;
  /** Attributes of the node by name; throw where there is no such. */
  number(name: string): number;
  numbers(name: string): readonly number[];
  flag(name: string): boolean;
}

export function factsOf(graph: Graph, node: Node): NodeFacts {
  const inputValues = node.inputs.map((id) => valueAt(graph, id));
  const [output] = node.outputs.map((id) => valueAt(graph, id));
  const attribute = (name: string): Attribute => {
    const value = node.attributes[name];
    if (value === undefined) throw new Error(`${node.op} has no attribute ${name}`);
    return value;
  };
  return {
    inputValues,
    inputType: inputValues[0]?.dtype ?? 'float32',
    shape: output?.shape ?? [],
    dtype: output?.dtype ?? 'float32',
    number: (name) => Number(attribute(name)),
    flag: (name) => Boolean(attribute(name)),
    numbers: (name) => {
      const value = attribute(name);
      if (typeof value === 'object') return value;
      throw new Error(`attribute ${name} of ${node.op} is not a list`);
    },
  };
}
