/** The tensors that stay with TensorFlow between runs. */
import type {HostTensor, State, TensorSpec} from '../executor.js';
import {assertValues} from '../inputs.js';
import {type Addon, copiedTensor, sharedTensor, type TensorId} from './addon.js';

export interface Slot extends TensorSpec {
  id: TensorId;
  /** The same memory, where lines of it are written between runs. */
  shared: Float32Array | Int32Array | undefined;
}

export class TensorflowState implements State {
  readonly slots = new Map<string, Slot>();
  readonly addon: Addon;
  /** The program that is reading and replacing these tensors. */
  running: string | undefined;
  /** Tensors that were replaced while it runs. */
  readonly forgotten: Slot[] = [];

  constructor(addon: Addon, tensors: Iterable<readonly [string, HostTensor]>) {
    this.addon = addon;
    for (const [name, tensor] of tensors) this.write(name, tensor);
  }

  slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`the state has no tensor ${name}`);
    return slot;
  }

  names(): readonly string[] {
    return [...this.slots.keys()];
  }

  async read(name: string): Promise<HostTensor> {
    const {dtype, shape, id} = this.slot(name);
    return {dtype, shape: [...shape], data: this.addon.tensorDataSync(id)};
  }

  write(name: string, {dtype, shape, data}: HostTensor): void {
    assertValues(`state tensor ${name}`, {dtype, shape}, data);
    this.#forget(name);
    this.slots.set(name, {
      dtype,
      shape: [...shape],
      id: copiedTensor(this.addon, shape, data),
      shared: undefined,
    });
  }

  dispose(): void {
    for (const name of this.names()) this.#forget(name);
  }

  #forget(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    this.slots.delete(name);
    // A run that is under way reads it, and lets it go when it is done.
    if (this.running === undefined) this.addon.deleteTensor(slot.id);
    else this.forgotten.push(slot);
  }
}

/** Gives a slot memory of which lines can be written from here; the values stay as they are. */
export function sharedData(addon: Addon, slot: Slot): Float32Array | Int32Array {
  if (slot.shared !== undefined) return slot.shared;
  const made = sharedTensor(addon, slot.shape, addon.tensorDataSync(slot.id));
  if (made === undefined) throw new Error('TensorFlow keeps its tensors where they cannot be written');
  addon.deleteTensor(slot.id);
  slot.id = made.id;
  slot.shared = made.data;
  return made.data;
}
