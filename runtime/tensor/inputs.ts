/** Checks of values that come from outside against what a tensor must be. */
import type {TensorSpec} from './executor.js';
import {sizeOf} from './graph/graph.js';

/** Throws, naming `what`, where `data` is not of the spec's type or length. */
export function assertValues(
  what: string,
  {shape, dtype}: TensorSpec,
  data: Float32Array | Int32Array | undefined,
): asserts data is Float32Array | Int32Array {
  if (data === undefined) throw new Error(`${what} is missing`);
  const given = data instanceof Float32Array ? 'float32' : 'int32';
  if (given !== dtype) throw new Error(`${what} must be ${dtype} and is ${given}`);
  const size = sizeOf(shape);
  if (data.length !== size)
    throw new Error(`${what} must have ${size} values for [${shape}] and has ${data.length}`);
}
