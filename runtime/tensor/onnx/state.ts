/** The tensors that stay with ONNX Runtime's executor between runs, each in two buffers: one to read, one to write. */
import * as ort from 'onnxruntime-node';
import type {HostTensor, LazyTensor, State, TensorSpec} from '../executor.js';
import {sameShape, sizeOf} from '../graph/graph.js';
import {assertValues} from '../inputs.js';

/** The same memory, not a copy. Throws for a type that no function of tensors has. */
export const hostTensor = ({type, dims, data}: ort.Tensor): HostTensor => {
  if (type === 'float32') return {dtype: type, shape: dims, data: data as Float32Array};
  if (type === 'int32') return {dtype: type, shape: dims, data: data as Int32Array};
  throw new Error(`a tensor of type ${type} came out of ONNX Runtime`);
};

/** The same memory, not a copy. */
export const ortTensor = ({dtype, shape}: TensorSpec, data: Float32Array | Int32Array): ort.Tensor =>
  dtype === 'float32'
    ? new ort.Tensor('float32', data as Float32Array, [...shape])
    : new ort.Tensor('int32', data as Int32Array, [...shape]);

export const emptyTensor = (spec: TensorSpec): ort.Tensor => {
  const size = sizeOf(spec.shape);
  return ortTensor(spec, spec.dtype === 'float32' ? new Float32Array(size) : new Int32Array(size));
};

export interface Slot extends TensorSpec {
  front: ort.Tensor;
  /** What the next run writes; made by the first run that replaces the tensor. */
  back: ort.Tensor | undefined;
  /** Its values are a program's by now. */
  isGone: boolean;
  /** What its values are loaded from; `front` has none before. */
  lazy: LazyTensor | undefined;
}

export class OnnxState implements State {
  readonly slots = new Map<string, Slot>();
  /** The program that is reading and replacing these tensors. */
  running: string | undefined;

  constructor(tensors: Iterable<readonly [string, HostTensor]>, takeOver = false) {
    for (const [name, tensor] of tensors) this.write(name, tensor, takeOver);
  }

  slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`the state has no tensor ${name}`);
    if (slot.isGone)
      throw new Error(`the state let go of ${name}, which a program has: write all of its tensors anew`);
    return slot;
  }

  /** Lets go of the values of tensors. */
  letGo(names: readonly string[]): void {
    for (const name of names) {
      const slot = this.slot(name);
      slot.isGone = true;
      slot.front = noValues(slot);
      release(slot);
    }
  }

  /** Whether there is something to load of the tensors. */
  isLazy(names: Iterable<string>): boolean {
    return [...names].some((name) => this.slots.get(name)?.lazy !== undefined);
  }

  /** Loads those of the tensors whose values are not in memory yet. */
  async load(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      const slot = this.slot(name);
      if (slot.lazy === undefined) continue;
      slot.front = ortTensor(slot, (await this.#loaded(name, slot.lazy)).data);
      release(slot);
    }
  }

  names(): readonly string[] {
    return [...this.slots.keys()];
  }

  async read(name: string): Promise<HostTensor> {
    const {lazy, front} = this.slot(name);
    if (lazy !== undefined) return this.#loaded(name, lazy);
    const {dtype, shape, data} = hostTensor(front);
    return {dtype, shape: [...shape], data: data.slice()};
  }

  write(name: string, {dtype, shape, data}: HostTensor, takeOver = false): void {
    assertValues(`state tensor ${name}`, {dtype, shape}, data);
    this.#set(name, {dtype, shape}, ortTensor({dtype, shape}, takeOver ? data : data.slice()));
  }

  writeLazy(name: string, tensor: LazyTensor): void {
    this.#set(name, tensor, noValues(tensor), tensor);
  }

  dispose(): void {
    for (const slot of this.slots.values()) release(slot);
    this.slots.clear();
  }

  #set(name: string, {dtype, shape}: TensorSpec, front: ort.Tensor, lazy?: LazyTensor): void {
    const before = this.slots.get(name);
    if (before !== undefined) release(before);
    this.slots.set(name, {dtype, shape: [...shape], front, back: undefined, isGone: false, lazy});
  }

  async #loaded(name: string, lazy: LazyTensor): Promise<HostTensor> {
    const tensor = await lazy.load();
    assertValues(`state tensor ${name}`, lazy, tensor.data);
    return tensor;
  }
}

const noValues = ({dtype}: TensorSpec): ort.Tensor => emptyTensor({dtype, shape: [0]});

function release(slot: Slot): void {
  slot.lazy?.release();
  slot.lazy = undefined;
}

/** What a run needs to know of a state, wherever its tensors are. */
interface Bound<S extends TensorSpec> {
  running: string | undefined;
  slot(name: string): S;
}

/** Two runs at once would read the same tensors, and one's would replace the other's. */
export async function exclusively<T>(
  state: Bound<TensorSpec>,
  program: string,
  run: () => Promise<T>,
): Promise<T> {
  if (state.running !== undefined) {
    throw new Error(`${program} was run while ${state.running} runs on the same state: await each run`);
  }
  state.running = program;
  try {
    return await run();
  } finally {
    state.running = undefined;
  }
}

/** The tensors of the state that a program reads or replaces, as they were when it was compiled. */
export const specsOf = (state: Bound<TensorSpec>, names: readonly string[]): Map<string, TensorSpec> =>
  new Map(
    names.map((name) => {
      const {dtype, shape} = state.slot(name);
      return [name, {dtype, shape}];
    }),
  );

export function current<S extends TensorSpec>(
  program: string,
  state: Bound<S>,
  name: string,
  spec: TensorSpec,
): S {
  const slot = state.slot(name);
  if (slot.dtype !== spec.dtype || !sameShape(slot.shape, spec.shape)) {
    throw new Error(
      `${program} was compiled for state tensor ${name} of [${spec.shape}] and it is [${slot.shape}] now: compile it again`,
    );
  }
  return slot;
}
