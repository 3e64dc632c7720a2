/** Reading and checking what a learner keeps with its executor. */
import {TerminalError} from '../errors.js';
import type {HostTensor, State} from '../tensor/executor.js';

/** Copies of the state's tensors whose names are wanted. */
export async function readTensors(
  state: State,
  wanted: (name: string) => boolean,
): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for (const name of state.names().filter(wanted)) tensors.set(name, await state.read(name));
  return tensors;
}

/** Throws a `TerminalError` where a checkpoint's tensors are not those of the shapes expected, by name. */
export function checkSameTensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, HostTensor>,
): void {
  const remedy = 'restore one of the same model';
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new TerminalError(`the checkpoint lacks ${name}; ${remedy}`);
    const [is, wants] = [tensor.shape.join(', '), shape.join(', ')];
    if (is !== wants)
      throw new TerminalError(`the checkpoint's ${name} is [${is}], the model's [${wants}]; ${remedy}`);
  }
  const unknown = [...tensors.keys()].find((name) => !shapes.has(name));
  if (unknown !== undefined)
    throw new TerminalError(`the checkpoint's ${unknown} is not in the model; ${remedy}`);
}

/** The value of a program's scalar output. */
export function scalarOf({data}: HostTensor): number {
  const [value] = data;
  if (value === undefined) throw new RangeError('a program gave no value for a scalar');
  return value;
}

/** The values of a program's output of float32. */
export function floatsOf({data}: HostTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError('a program gave whole numbers for an output of float32');
}
