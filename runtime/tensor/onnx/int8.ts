/**
 * Products with built-in weights of 8 bits, by ONNX Runtime's MatMulNBits: y = x Wᵀ, where each BLOCK entries of a row of W
 * share a scale s = max |w| / 127, and w ≈ s (b − 128). With `accuracy_level` 4 the operator rounds the blocks of each row of
 * x in the same way, so that it adds products of whole numbers. A row's result does not depend on the rows beside it.
 */
import type {OnnxModel, OnnxNode, OnnxTensor} from './format.js';
import {int} from './operators/operator.js';

/** Entries that share a scale. With 32 of them one row of ours had the same bits beside others; with 128 it had not. */
const BLOCK = 32;
/** What stands for 0. */
const ZERO = 128;
const LARGEST = 127;

/** The model with each product of a constant matrix, transposed, in 8 bits; a constant that nothing else reads goes. */
export function withInt8Products(model: OnnxModel): OnnxModel {
  const weights = new Map((model.outside ?? []).map((tensor) => [tensor.name, tensor]));
  const made = new Map<string, readonly OnnxTensor[]>();
  const nodes = model.nodes.map((node): OnnxNode => {
    const [x = '', name = '', bias] = node.inputs;
    const weight = weights.get(name);
    if (bias !== undefined || weight === undefined || !isTimesTransposed(node)) return node;
    const [rows = 0, width = 0] = weight.shape;
    const parts = made.get(name) ?? quantized(weight);
    made.set(name, parts);
    return {
      op: 'MatMulNBits',
      domain: 'com.microsoft',
      inputs: [x, ...parts.map((part) => part.name)],
      outputs: node.outputs,
      attributes: {K: int(width), N: int(rows), bits: int(8), block_size: int(BLOCK), accuracy_level: int(4)},
    };
  });
  const isRead = new Set(nodes.flatMap(({inputs}) => inputs));
  const kept = [...weights.values()].filter(({name}) => isRead.has(name));
  return {...model, nodes, outside: [...kept, ...[...made.values()].flat()]};
}

const isTimesTransposed = ({op, attributes}: OnnxNode): boolean =>
  (op === 'Gemm' || op === 'FusedMatMul') && isOne(attributes.transB) && !isOne(attributes.transA);

const isOne = (attribute: OnnxNode['attributes'][string] | undefined): boolean =>
  attribute !== undefined && 'int' in attribute && attribute.int === 1;

/** The bytes [rows, blocks, BLOCK], the last block filled up, and the scales [rows · blocks]. */
function quantized({name, shape, data}: OnnxTensor): readonly OnnxTensor[] {
  const [rows = 0, width = 0] = shape;
  const values = new Float32Array(data.buffer, data.byteOffset, rows * width);
  const blocks = Math.ceil(width / BLOCK);
  const bytes = new Uint8Array(rows * blocks * BLOCK).fill(ZERO);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const begin = row * width + block * BLOCK;
      const end = Math.min(begin + BLOCK, (row + 1) * width);
      let largest = 0;
      for (let at = begin; at < end; at++) largest = Math.max(largest, Math.abs(values[at] ?? 0));
      const place = row * blocks + block;
      const scale = largest / LARGEST;
      scales[place] = scale;
      if (scale === 0) continue;
      for (let at = begin; at < end; at++)
        bytes[place * BLOCK + at - begin] = ZERO + Math.round((values[at] ?? 0) / scale);
    }
  }
  return [
    {name: `${name}/int8`, dtype: 'uint8', shape: [rows, blocks, BLOCK], data: bytes},
    {name: `${name}/scales`, dtype: 'float32', shape: [rows * blocks], data: bytesOf(scales)},
  ];
}

const bytesOf = ({buffer, byteOffset, byteLength}: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
