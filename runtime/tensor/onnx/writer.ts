/** Collects the operators and constants of an ONNX model, naming them; a constant that is written twice is kept once. */
import {
  ELEMENT_TYPES,
  type ElementType,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
} from './format.js';
import {int, type Lowering, typed} from './operators/operator.js';

export interface Writer
  extends Pick<Lowering, 'emit' | 'emitMany' | 'choose' | 'cast' | 'ints' | 'scalar' | 'constant'> {
  nodes(): readonly OnnxNode[];
  initializers(): readonly OnnxTensor[];
}

export function openWriter(): Writer {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  let count = 0;

  const append = (node: Omit<OnnxNode, 'outputs'>, outputCount: number): string[] => {
    const outputs = Array.from({length: outputCount}, () => `v${count++}`);
    nodes.push({...node, outputs});
    return outputs;
  };
  const emit: Writer['emit'] = (op, inputs, attributes = {}, domain = '') =>
    append({op, domain, inputs, attributes}, 1)[0] ?? '';
  const constant: Writer['constant'] = (shape, dtype, data) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const key = `${dtype} ${shape} ${bytes.toString('base64')}`;
    const tensor = initializers.get(key) ?? {name: `c${count++}`, dtype, shape, data: bytes};
    initializers.set(key, tensor);
    return tensor.name;
  };

  /** What `write` appends is taken out again. */
  const branch = (write: () => string, dtype: ElementType): OnnxAttribute => {
    const first = nodes.length;
    const output = {name: write(), dtype};
    return {graph: {nodes: nodes.splice(first), output}};
  };

  return {
    nodes: () => nodes,
    initializers: () => [...initializers.values()],
    emit,
    emitMany: (op, inputs, attributes, outputCount, domain = '') =>
      append({op, domain, inputs, attributes}, outputCount),
    choose: (condition, dtype, then, otherwise) =>
      emit('If', [condition], {then_branch: branch(then, dtype), else_branch: branch(otherwise, dtype)}),
    cast: (name, dtype) => emit('Cast', [name], {to: int(ELEMENT_TYPES[dtype])}),
    constant,
    ints: (values) => constant([values.length], 'int64', typed('int64', values)),
    scalar: (value, dtype) => constant([], dtype, typed(dtype, [value])),
  };
}
