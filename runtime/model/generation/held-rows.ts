/** What rows hold of their tokens, in this process's memory: what decoding asks of it, however it is laid out. */
import type {HostTensor} from '../../tensor/executor.js';
import type {ModelConfig} from '../files/config.js';

/** What a run reads of rows: sizes and inputs of `extendFunction`. */
export interface Read {
  readonly sizes: Readonly<Record<'blocks' | 'span' | 'reach', number>>;
  /** Keys and values are the memory itself, not a copy; good until something is written, copied or moved. */
  readonly inputs: Readonly<Record<string, Int32Array | Float32Array>>;
}

export interface HeldRows {
  /** Lines that a row holds: those of its positions before that. */
  lengthOf(row: number): number;
  /** Makes room for so many positions in any row, where there is less. */
  reserve(positions: number): void;
  /** Lets go of room beyond so many positions, where that is much; what rows hold fits in them. */
  trim(positions: number): void;
  /** The first rows, for one new token each. */
  first(count: number): Read;
  /** One row as one block. */
  only(row: number): Read;
  /** As many rows that hold nothing. */
  nothing(count: number): Read;
  /** A row's lines from `position` on become those of `count` tokens from `first` on; lines after them are gone. */
  write(row: number, position: number, lines: HostTensor, first: number, count: number): void;
  /** `to` becomes the first `length` lines of `from`. */
  copy(from: number, to: number, length: number): void;
  /** `to` becomes what `from` is, of which nobody needs to know any more. */
  move(from: number, to: number): void;
  /** Rows hold nothing, and nothing is left of what they held. */
  clear(): void;
}

/**
 * Writes the lines of `count` tokens from `first` on into each array, one of keys or values of a layer.
 *
 * @param lines as `extendFunction` gives them: of each array in turn, [tokens, heads · headDim]
 * @param begins where a head's line begins in an array, of the first of these tokens and those after it, counted from 0
 */
export function writeLines(
  arrays: readonly Float32Array[],
  {keyValueHeadCount: heads, headDim}: Pick<ModelConfig, 'keyValueHeadCount' | 'headDim'>,
  {shape, data}: HostTensor,
  first: number,
  count: number,
  begins: (token: number, head: number) => number,
): void {
  const [, tokens = 0, width = 0] = shape;
  for (const [index, array] of arrays.entries()) {
    for (let token = 0; token < count; token++) {
      let source = (index * tokens + first + token) * width;
      for (let head = 0; head < heads; head++) {
        const line = begins(token, head);
        // Lines are too short for a copy by the engine to pay.
        for (let entry = 0; entry < headDim; entry++) array[line + entry] = data[source++] ?? 0;
      }
    }
  }
}

/** What is read of rows of one block each, of so many positions; `held` is how many of them a row has. */
export const oneBlockEach = (
  held: Int32Array,
  span: number,
  keysAndValues: Readonly<Record<string, Float32Array>>,
): Read => {
  const each = Int32Array.from(held, (_, row) => row);
  const counted = new Float32Array(held.length).fill(1);
  return {
    sizes: {blocks: held.length, span, reach: 1},
    inputs: {held, owners: each, order: each, counted, ...keysAndValues},
  };
};
