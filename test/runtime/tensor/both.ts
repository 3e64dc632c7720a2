/** Runs one function on an executor: on one of whole graphs or, as the yardstick, operation by operation. */
import type * as tf from '@tensorflow/tfjs-core';
import type {HostTensor, TensorFunction, TensorSpec} from '../../../runtime/tensor/executor.js';
import type {ExecutorName} from '../../../runtime/tensor/executors.js';
import {openOn} from '../../helpers/executors.js';

export const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  shape,
  dtype: 'float32',
  data: Float32Array.from(data),
});

export const integers = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  shape,
  dtype: 'int32',
  data: Int32Array.from(data),
});

/** Values without pattern in (-1, 1), the same every time. */
export const wave = (shape: readonly number[], phase = 0, scale = 1): HostTensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return floats(
    shape,
    Array.from({length: size}, (_, i) => scale * Math.sin(12.9898 * (i + 1) + 78.233 * phase)),
  );
};

export const open = (backend: ExecutorName) => openOn(backend, 2);

type Tensors = Readonly<Record<string, tf.Tensor>>;
export type Body = (inputs: Tensors, state: Tensors) => {outputs: Tensors; state?: Tensors};

export const specsOf = (tensors: Readonly<Record<string, HostTensor>>): Record<string, TensorSpec> =>
  Object.fromEntries(Object.entries(tensors).map(([name, {shape, dtype}]) => [name, {shape, dtype}]));

export interface Results {
  /** Of the last run. */
  readonly outputs: Readonly<Record<string, HostTensor>>;
  readonly state: Readonly<Record<string, HostTensor>>;
}

/** What `body` gives for these inputs and this state after `runs` runs. */
export async function runOn(
  backend: ExecutorName,
  body: Body,
  inputs: Readonly<Record<string, HostTensor>>,
  initial: Readonly<Record<string, HostTensor>> = {},
  runs = 1,
): Promise<Results> {
  const executor = await open(backend);
  const fn: TensorFunction<string, string> = {name: 'case', inputs: specsOf(inputs), body};
  const state = executor.createState(Object.entries(initial));
  const program = await executor.compile(fn, state);
  const values = Object.fromEntries(Object.entries(inputs).map(([name, {data}]) => [name, data]));
  let outputs = await program.run(values);
  for (let run = 1; run < runs; run++) outputs = await program.run(values);
  const names = state.names();
  const after = await Promise.all(names.map(async (name) => [name, await state.read(name)] as const));
  await program.dispose();
  state.dispose();
  return {outputs, state: Object.fromEntries(after)};
}

/** The largest difference, in units of the expected tensor's largest entry; NaN and infinities must agree in place. */
export function relativeError(given: HostTensor, expected: HostTensor): number {
  if (String(given.shape) !== String(expected.shape) || given.dtype !== expected.dtype) {
    throw new Error(`${given.dtype} [${given.shape}] is not ${expected.dtype} [${expected.shape}]`);
  }
  let largest = 0;
  let error = 0;
  for (const [i, value] of expected.data.entries()) {
    const other = given.data[i] ?? Number.NaN;
    if (Object.is(other, value) || other === value) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      continue;
    }
    if (!Number.isFinite(value) || !Number.isFinite(other)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(value));
    error = Math.max(error, Math.abs(other - value));
  }
  return error === 0 ? 0 : error / largest;
}
