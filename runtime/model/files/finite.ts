/** Weights that are no numbers: everything that such a model says or learns is none either. */
import {TerminalError} from '../../errors.js';
import type {HostTensor} from '../../tensor/executor.js';

/** All of its bits are set in NaN and in both infinities, and in no other float32. */
const EXPONENT = 0x7f80_0000;

/**
 * Throws a TerminalError that names file and tensor where one of its values is NaN or infinite. One pass over the bits.
 *
 * @param first the place of the first value, where they are a part of the tensor.
 */
export function requireFinite(path: string, name: string, {dtype, shape, data}: HostTensor, first = 0): void {
  if (dtype !== 'float32') return;
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < words.length; i++) {
    if (((words[i] ?? 0) & EXPONENT) !== EXPONENT) continue;
    throw new TerminalError(
      `${path}: tensor "${name}" [${shape}] holds ${data[i]}, at ${first + i}; copy the file again, or take one from before training diverged`,
    );
  }
}
