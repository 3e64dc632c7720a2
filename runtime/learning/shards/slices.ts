/** What learns as one vector, and the slices of it that members own. */
import type {HostTensor, TensorSpec} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';

/** The part of one tensor that lies in a slice. */
export interface Piece {
  readonly name: string;
  /** Where it begins in the tensor's values, row-major. */
  readonly begin: number;
  /** Where it begins in the vector of everything. */
  readonly offset: number;
  readonly length: number;
  /** A vector's piece has one axis, a matrix's two: optimizers tell them apart. */
  readonly spec: TensorSpec;
}

/** A range of the vector, whatever tensors it cuts. */
export interface Slice {
  readonly begin: number;
  readonly length: number;
  readonly pieces: readonly Piece[];
}

export interface Slices {
  /** Values in the vector. */
  readonly length: number;
  /** As many as were asked for, of lengths that differ by 1 at most. */
  readonly slices: readonly Slice[];
}

/** @param shapes of what learns; its order is the vector's */
export function slicesOf(shapes: ReadonlyMap<string, readonly number[]>, count: number): Slices {
  let length = 0;
  const tensors = [...shapes].map(([name, shape]) => {
    const begin = length;
    length += sizeOf(shape);
    return {name, begin, end: length, isVector: shape.length < 2};
  });
  const slices = Array.from({length: count}, (_, index): Slice => {
    const [begin, end] = [cut(length, index, count), cut(length, index + 1, count)];
    const pieces = tensors
      .filter((tensor) => tensor.begin < end && tensor.end > begin)
      .map(({name, isVector, ...tensor}): Piece => {
        const offset = Math.max(begin, tensor.begin);
        const size = Math.min(end, tensor.end) - offset;
        const spec = {shape: isVector ? [size] : [1, size], dtype: 'float32'} as const;
        return {name, begin: offset - tensor.begin, offset, length: size, spec};
      });
    return {begin, length: end - begin, pieces};
  });
  return {length, slices};
}

/** Where part `index` of `count` begins, the parts being as even as they can be. */
export const cut = (length: number, index: number, count: number): number =>
  Math.floor((length * index) / count);

/** The vector of tensors, in the order of `shapes`. */
export function joined(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, HostTensor>,
): Float32Array<ArrayBuffer> {
  const sizes = [...shapes.values()].map(sizeOf);
  const vector = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  let begin = 0;
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`${name} learns and has no values`);
    vector.set(tensor.data, begin);
    begin += sizeOf(shape);
  }
  return vector;
}

/** The tensors in a vector: its memory, not copies. */
export function* viewsOf(
  shapes: ReadonlyMap<string, readonly number[]>,
  vector: Float32Array,
): Generator<[string, HostTensor]> {
  let begin = 0;
  for (const [name, shape] of shapes) {
    const end = begin + sizeOf(shape);
    yield [name, {shape, dtype: 'float32', data: vector.subarray(begin, end)}];
    begin = end;
  }
}

/** A piece of the vector of everything: its memory, not a copy. */
export const pieceOf = (vector: Float32Array, {offset, length}: Piece): Float32Array =>
  vector.subarray(offset, offset + length);

/** A piece of its own tensor's values: their memory, not a copy. */
export const pieceIn = <T extends Float32Array | Int32Array>(values: T, {begin, length}: Piece): T =>
  values.subarray(begin, begin + length) as T;
