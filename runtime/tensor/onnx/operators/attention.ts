/** Attention over a cache, which ONNX Runtime has whole: each row over as many positions as it has. */
import {VARYING} from '../../generalize.js';
import {int, type Lowering, type Operator} from './operator.js';

/**
 * Inputs: queries, keys, values, places [B, T], ends, total and, where there is a cache, its keys and values. The present
 * keys and values that ONNX Runtime gives besides stay inside the graph: as outputs they would be copied each run.
 */
export const groupQueryAttention: Operator = (lowering) => {
  const {emit, emitMany, ints, inputs, inputValues, number, shape} = lowering;
  const [ends = '', total = '', pastKeys = '', pastValues = ''] = inputs.slice(4);
  const sequences = [0, 1, 2].map((index) =>
    emit('Reshape', [inputs[index] ?? '', sequenceShape(lowering, inputValues[index]?.shape.at(-1) ?? 0)]),
  );
  const attributes = {
    num_heads: int(number('heads')),
    kv_num_heads: int(number('keyValueHeads')),
    scale: {float: number('scale')},
  };
  const [mixed = ''] = emitMany(
    'GroupQueryAttention',
    [...sequences, pastKeys, pastValues, ends, total],
    attributes,
    3,
    'com.microsoft',
  );
  return emit('Reshape', [mixed, ints(shape)]);
};

/** Name of the shape [B, T, width]. Where both B and T vary it is known only when the graph runs. */
function sequenceShape({emit, ints, inputs, inputValues}: Lowering, width: number): string {
  const lengths = inputValues[3]?.shape ?? [];
  const [places = ''] = inputs.slice(3);
  if (lengths.filter((length) => length === VARYING).length < 2) return ints([...lengths, width]);
  return emit('Concat', [emit('Shape', [places]), ints([width])], {axis: int(0)});
}
