/** What a kernel is while it is recorded, and what most of them need. */
import * as tf from '@tensorflow/tfjs-core';
import type {Attributes, Value, ValueId, ValueType} from '../graph/graph.js';

/** A value in the graph being recorded. */
export interface Recorded extends Value {
  readonly id: ValueId;
}

/** Appends a node and gives its outputs. */
export type Emit = (
  op: string,
  inputs: readonly Recorded[],
  attributes: Attributes,
  ...outputs: Value[]
) => Recorded[];

/** Inputs and attributes as TensorFlow.js passes them; kernels of a list of tensors have them as `0`, `1`, .... */
export type KernelInputs = Readonly<Record<string, Recorded>>;
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Gives the kernel's results. Works on shapes and types only; throws where they do not fit. */
export type Kernel = (emit: Emit, inputs: KernelInputs, attributes: KernelAttributes) => Recorded[];
export type Kernels = Readonly<Record<string, Kernel>>;

/** One maker for several kernels that differ in their name only. */
export const each = (names: string, make: (op: string) => Kernel): Kernels =>
  Object.fromEntries(names.split(' ').map((op) => [op, make(op)]));

export function input(inputs: KernelInputs, name: string): Recorded {
  const value = inputs[name];
  if (value === undefined) throw new Error(`the kernel's input ${name} is missing`);
  return value;
}

export const list = (inputs: KernelInputs): Recorded[] => Object.values(inputs);

export function one(recorded: readonly Recorded[]): Recorded {
  const [first] = recorded;
  if (first === undefined) throw new Error('a kernel has no tensor where it needs one');
  return first;
}

/** Counted from the front; all axes where none is given. */
export const axesOf = (axis: unknown, shape: readonly number[]): number[] =>
  tf.util.parseAxisParam((axis ?? shape.map((_, i) => i)) as number | number[], [...shape]);

export const axisOf = (axis: unknown, shape: readonly number[]): number => axesOf(axis, shape)[0] ?? 0;

/** The value in another type; itself where it has that type. */
export const as = (emit: Emit, x: Recorded, dtype: ValueType): Recorded =>
  x.dtype === dtype ? x : one(emit('Cast', [x], {}, {shape: x.shape, dtype}));

export const reshape = (emit: Emit, x: Recorded, shape: readonly number[]): Recorded =>
  one(emit('Reshape', [x], {}, {shape, dtype: x.dtype}));

export const broadcastShape = (a: Value, b: Value): number[] =>
  tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
