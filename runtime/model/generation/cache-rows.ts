/**
 * The keys and values of the rows being decoded, in this process's memory.
 *
 * Every layer has two arrays for all rows and positions, allocated once. At a time they are laid out [rows,
 * keyValueHeads, span, headDim] with a span that covers the longest row: a run reads the first rows as they lie, and none
 * of what no row has reached.
 */
import type {HostTensor} from '../../tensor/executor.js';
import type {ModelConfig} from '../files/config.js';
import {type CacheShape, keysName, valuesName} from './cache.js';

export interface CacheRows {
  readonly span: number;
  /** Lines that a row holds: those of its positions before that. */
  lengthOf(row: number): number;
  /** Lays the rows out for another span; a row that holds more is cut. */
  setSpan(span: number): void;
  /** `count` rows from `first` on by input name: the memory itself, not a copy. */
  views(first: number, count: number): Record<string, Float32Array>;
  /** As many rows of a span of 1 that hold nothing. */
  empty(count: number): Record<string, Float32Array>;
  /** A row's lines from `position` on become those of `count` tokens from `first` on; lines after them are gone. */
  write(row: number, position: number, lines: HostTensor, first: number, count: number): void;
  /** Rows hold nothing, and nothing is left of what they held. */
  clear(): void;
  /** `to` becomes the first `length` lines of `from`. */
  copy(from: number, to: number, length: number): void;
}

export function createCacheRows(config: ModelConfig, {rows, maxTokens}: CacheShape, span: number): CacheRows {
  const {layerCount, keyValueHeadCount: heads, headDim} = config;
  const width = heads * headDim;
  const lengths = new Int32Array(rows);
  const arrays = Array.from({length: 2 * layerCount}, () => new Float32Array(rows * width * maxTokens));
  const nameOf = (index: number): string =>
    index < layerCount ? keysName(index) : valuesName(index - layerCount);
  let currentSpan = span;
  let longestSpan = span;

  function setSpan(next: number): void {
    if (next === currentSpan) return;
    const grows = next > currentSpan;
    for (let row = 0; row < rows; row++) lengths[row] = Math.min(lengths[row] ?? 0, next);
    for (let step = 0; step < rows * heads; step++) {
      // In an order in which nothing is written over before it has moved.
      const block = grows ? rows * heads - 1 - step : step;
      const size = (lengths[Math.floor(block / heads)] ?? 0) * headDim;
      const begin = block * currentSpan * headDim;
      if (size > 0) for (const array of arrays) array.copyWithin(block * next * headDim, begin, begin + size);
    }
    currentSpan = next;
    longestSpan = Math.max(longestSpan, next);
  }

  const parts = (begin: number, end: number): Record<string, Float32Array> =>
    Object.fromEntries(arrays.map((array, index) => [nameOf(index), array.subarray(begin, end)]));

  return {
    get span() {
      return currentSpan;
    },
    lengthOf: (row) => lengths[row] ?? 0,
    setSpan,
    views: (first, count) => parts(first * width * currentSpan, (first + count) * width * currentSpan),
    empty: (count) => parts(0, count * width),
    write(row, position, {shape, data}, first, count) {
      const tokens = shape[1] ?? 0;
      for (const [index, array] of arrays.entries()) {
        for (let token = 0; token < count; token++) {
          let source = (index * tokens + first + token) * width;
          for (let head = 0; head < heads; head++) {
            const line = ((row * heads + head) * currentSpan + position + token) * headDim;
            // Lines are too short for a copy by the engine to pay.
            for (let entry = 0; entry < headDim; entry++) array[line + entry] = data[source++] ?? 0;
          }
        }
      }
      lengths[row] = position + count;
    },
    clear() {
      lengths.fill(0);
      // Memory that was never written is none yet.
      for (const array of arrays) array.fill(0, 0, rows * width * longestSpan);
    },
    copy(from, to, length) {
      lengths[to] = length;
      if (from === to) return;
      for (const array of arrays) {
        for (let head = 0; head < heads; head++) {
          const begin = (from * heads + head) * currentSpan * headDim;
          array.copyWithin((to * heads + head) * currentSpan * headDim, begin, begin + length * headDim);
        }
      }
    },
  };
}
