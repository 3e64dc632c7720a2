/** Collects the nodes of a TensorFlow graph, naming them; a constant or a cast that is written twice is kept once. */
import type {Data} from '../graph.js';
import type {ElementType, GraphNode} from './format.js';
import {type Lowering, type, typed} from './operators/operator.js';

export interface Writer
  extends Pick<Lowering, 'emit' | 'emitMany' | 'cast' | 'ints' | 'scalar' | 'constant'> {
  /** Appends a node of that name. */
  add(node: GraphNode): void;
  nodes(): readonly GraphNode[];
}

export function openWriter(): Writer {
  const nodes: GraphNode[] = [];
  const known = new Map<string, string>();
  let count = 0;

  const emit: Writer['emit'] = (op, inputs, attributes) => {
    const name = `n${count++}`;
    nodes.push({name, op, inputs, attributes});
    return name;
  };
  const once = (key: string, make: () => string): string => {
    const name = known.get(key) ?? make();
    known.set(key, name);
    return name;
  };
  const constant = (
    shape: readonly number[],
    dtype: Exclude<ElementType, 'bfloat16'>,
    data: Data,
  ): string => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return once(`${dtype} ${shape} ${bytes.toString('base64')}`, () =>
      emit('Const', [], {dtype: type(dtype), value: {tensor: {dtype, shape, data: bytes}}}),
    );
  };
  const cast: Writer['cast'] = (name, from, to) =>
    from === to
      ? name
      : once(`${name} ${to}`, () => {
          const attributes = {SrcT: type(from), DstT: type(to), Truncate: {bool: false}};
          return emit('Cast', [name], attributes);
        });

  return {
    add: (node) => void nodes.push(node),
    nodes: () => nodes,
    emit,
    emitMany: (op, inputs, attributes, outputCount) => {
      const name = emit(op, inputs, attributes);
      return Array.from({length: outputCount}, (_, index) => (index === 0 ? name : `${name}:${index}`));
    },
    cast,
    constant,
    ints: (values) => constant([values.length], 'int32', Int32Array.from(values)),
    scalar: (value, dtype) =>
      dtype === 'bfloat16'
        ? cast(constant([], 'float32', Float32Array.of(value)), 'float32', dtype)
        : constant([], dtype, typed(dtype, [value])),
  };
}
