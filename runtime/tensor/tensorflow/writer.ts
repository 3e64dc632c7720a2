/** Collects the nodes of a TensorFlow graph, naming them; a constant or a cast that is written twice is kept once. */
import type {Data} from '../graph/graph.js';
import type {ElementType, GraphNode, NodeAttribute} from './format.js';
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
  const producers = new Map<string, GraphNode>();
  let count = 0;

  const emit: Writer['emit'] = (op, inputs, attributes) => {
    const name = `n${count++}`;
    const node = {name, op, inputs, attributes};
    nodes.push(node);
    producers.set(name, node);
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
  const cast: Writer['cast'] = (name, from, to) => {
    if (from === to) return name;
    return once(`${name} ${to}`, () => {
      const made = to === 'bfloat16' ? producers.get(name) : undefined;
      const [source = '', ...rest] = made?.inputs ?? [];
      // What was rounded before is exact, and moving entries goes faster once they are half as long.
      if (made?.op === 'Cast' && isType(made.attributes.SrcT, to)) return source;
      if (made?.op === 'Reshape' || made?.op === 'Transpose')
        return emit(made.op, [cast(source, from, to), ...rest], {...made.attributes, T: type(to)});
      return emit('Cast', [name], {SrcT: type(from), DstT: type(to), Truncate: {bool: false}});
    });
  };

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

const isType = (attribute: NodeAttribute | undefined, wanted: ElementType): boolean =>
  attribute !== undefined && 'type' in attribute && attribute.type === wanted;
