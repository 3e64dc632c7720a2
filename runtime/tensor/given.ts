/** Tensors as they are given to a state: in memory, or to be loaded when they are needed. */
import type {GivenTensor, HostTensor, LazyTensor, State} from './executor.js';

/** Sets tensors, whose arrays are taken over. Lazy ones are loaded one after another where the state does not take them as they are. */
export async function writeGiven(
  state: State,
  tensors: Iterable<readonly [string, GivenTensor]>,
): Promise<void> {
  for (const [name, tensor] of tensors) {
    if ('data' in tensor) state.write(name, tensor, true);
    else if (state.writeLazy !== undefined) state.writeLazy(name, tensor);
    else state.write(name, await loaded(tensor), true);
  }
}

/** All of them in memory; they are released. */
export async function allLoaded(
  tensors: ReadonlyMap<string, LazyTensor>,
): Promise<ReadonlyMap<string, HostTensor>> {
  const inMemory = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) inMemory.set(name, await loaded(tensor));
  return inMemory;
}

export function releaseGiven(tensors: ReadonlyMap<string, GivenTensor>): void {
  for (const tensor of tensors.values()) if ('load' in tensor) tensor.release();
}

async function loaded(tensor: LazyTensor): Promise<HostTensor> {
  const host = await tensor.load();
  tensor.release();
  return host;
}
