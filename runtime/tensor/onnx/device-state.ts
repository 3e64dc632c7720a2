/**
 * The tensors that stay on a GPU between runs. Each moves there when a program first reads it; what a run makes of it is
 * a new buffer, and the old one is freed.
 */
import type * as ort from 'onnxruntime-node';
import type {DType, HostTensor, State, TensorSpec} from '../executor.js';
import {assertValues} from '../inputs.js';
import {encodeModel} from './format.js';
import {hostTensor, ortTensor} from './state.js';

export interface DeviceSlot extends TensorSpec {
  /** In host memory until the first run that reads it. */
  tensor: ort.Tensor;
}

export class DeviceState implements State {
  readonly slots = new Map<string, DeviceSlot>();
  /** The program that is reading and replacing these tensors. */
  running: string | undefined;
  readonly #transfer: Transfer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(transfer: Transfer, tensors: Iterable<readonly [string, HostTensor]>) {
    this.#transfer = transfer;
    for (const [name, tensor] of tensors) this.write(name, tensor);
  }

  slot(name: string): DeviceSlot {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`the state has no tensor ${name}`);
    return slot;
  }

  names(): readonly string[] {
    return [...this.slots.keys()];
  }

  /** Runs `work` when all before it is done: a buffer must not be freed while something still reads it. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  read(name: string): Promise<HostTensor> {
    return this.inTurn(async () => {
      const {dtype, shape, tensor} = this.slot(name);
      if (tensor.location === 'cpu') return {dtype, shape: [...shape], data: hostTensor(tensor).data.slice()};
      return {dtype, shape: [...shape], data: hostTensor(await this.#transfer.toHost(dtype, tensor)).data};
    });
  }

  write(name: string, {dtype, shape, data}: HostTensor): void {
    assertValues(`state tensor ${name}`, {dtype, shape}, data);
    const old = this.slots.get(name);
    this.slots.set(name, {dtype, shape: [...shape], tensor: ortTensor({dtype, shape}, data.slice())});
    if (old !== undefined) this.#free([old]);
  }

  /** The slot's tensor on the device. */
  async onDevice(slot: DeviceSlot): Promise<ort.Tensor> {
    if (slot.tensor.location === 'cpu') slot.tensor = await this.#transfer.toDevice(slot.dtype, slot.tensor);
    return slot.tensor;
  }

  /** Puts what a run made in a slot's place. A slot that was written meanwhile is no longer the state's. */
  replace(name: string, slot: DeviceSlot, next: ort.Tensor): void {
    slot.tensor.dispose();
    slot.tensor = next;
    if (this.slots.get(name) !== slot) next.dispose();
  }

  dispose(): void {
    this.#free([...this.slots.values()]);
    this.slots.clear();
  }

  #free(slots: readonly DeviceSlot[]): void {
    void this.inTurn(async () => {
      for (const {tensor} of slots) if (tensor.location !== 'cpu') tensor.dispose();
    });
  }
}

/** Copies between the host's memory and the device's. */
export interface Transfer {
  toDevice(dtype: DType, tensor: ort.Tensor): Promise<ort.Tensor>;
  toHost(dtype: DType, tensor: ort.Tensor): Promise<ort.Tensor>;
}

/**
 * Copies as programs of one node: onnxruntime-node's own `getData` of a tensor on the device ends the process. `create`
 * opens a session on the device whose outputs are where it says.
 */
export function createTransfer(create: CreateSession): Transfer {
  const sessions = new Map<string, Promise<ort.InferenceSession>>();
  const copy = async (dtype: DType, tensor: ort.Tensor, location: Location): Promise<ort.Tensor> => {
    const key = `${dtype} ${location}`;
    const opening = sessions.get(key) ?? create(copyModel(dtype), {output: location});
    sessions.set(key, opening);
    const session = await opening;
    const {output} = await session.run({input: tensor});
    if (output === undefined) throw new Error('a copy from or to the device did not come back');
    return output;
  };
  return {
    toDevice: (dtype, tensor) => copy(dtype, tensor, 'gpu-buffer'),
    toHost: (dtype, tensor) => copy(dtype, tensor, 'cpu'),
  };
}

export type Location = 'cpu' | 'gpu-buffer';
export type CreateSession = (
  model: Uint8Array,
  locations: Readonly<Record<string, Location>>,
) => Promise<ort.InferenceSession>;

const copyModel = (dtype: DType): Uint8Array =>
  encodeModel({
    name: 'copy',
    nodes: [{op: 'Identity', domain: '', inputs: ['input'], outputs: ['output'], attributes: {}}],
    initializers: [],
    inputs: [{name: 'input', dtype}],
    outputs: [{name: 'output', dtype}],
  });
