import type {HostTensor} from '../tensor/executor.js';
export interface Adapter {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targetModules: readonly string[];
  readonly tensors: ReadonlyMap<string, HostTensor>;
}
