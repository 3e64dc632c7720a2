/**
 * The keys and values of the rows being decoded, each row in one block.
 *
 * Every layer has two arrays for all rows and positions, allocated once. At a time they are laid out [rows,
 * keyValueHeads, span, headDim] with a span that covers the longest row: a run reads the first rows as they lie, and none
 * of what no row has reached.
 */
import type {ModelConfig} from '../files/config.js';
import {type CacheShape, cacheNames} from './cache.js';
import {type HeldRows, oneBlockEach, type Read, writeLines} from './held-rows.js';

export interface CacheRows extends HeldRows {
  readonly span: number;
  /** Lays the rows out for another span; a row that holds more is cut. */
  setSpan(span: number): void;
}

/** @param spanFor so many positions' span; what it is of one is the first */
export function createCacheRows(
  config: ModelConfig,
  {rows, maxTokens}: CacheShape,
  spanFor: (positions: number) => number,
): CacheRows {
  const {keyValueHeadCount: heads, headDim} = config;
  const names = cacheNames(config);
  const width = heads * headDim;
  const lengths = new Int32Array(rows);
  const arrays = names.map(() => new Float32Array(rows * width * maxTokens));
  let currentSpan = spanFor(1);
  let longestSpan = currentSpan;

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
    Object.fromEntries(arrays.map((array, index) => [names[index], array.subarray(begin, end)]));

  const read = (first: number, count: number): Read => {
    const [begin, end] = [first, first + count];
    return oneBlockEach(
      lengths.slice(begin, end),
      currentSpan,
      parts(begin * width * currentSpan, end * width * currentSpan),
    );
  };

  function copy(from: number, to: number, length: number): void {
    lengths[to] = length;
    if (from === to) return;
    for (const array of arrays) {
      for (let head = 0; head < heads; head++) {
        const begin = (from * heads + head) * currentSpan * headDim;
        array.copyWithin((to * heads + head) * currentSpan * headDim, begin, begin + length * headDim);
      }
    }
  }

  return {
    get span() {
      return currentSpan;
    },
    lengthOf: (row) => lengths[row] ?? 0,
    setSpan,
    reserve(positions) {
      if (positions > currentSpan) setSpan(spanFor(positions));
    },
    trim(positions) {
      const needed = spanFor(positions);
      if (needed <= currentSpan / 2) setSpan(needed);
    },
    first: (count) => read(0, count),
    only: (row) => read(row, 1),
    nothing: (count) => oneBlockEach(new Int32Array(count), 1, parts(0, count * width)),
    write(row, position, lines, first, count) {
      const begins = (token: number, head: number): number =>
        ((row * heads + head) * currentSpan + position + token) * headDim;
      writeLines(arrays, config, lines, first, count, begins);
      lengths[row] = position + count;
    },
    clear() {
      lengths.fill(0);
      // Memory that was never written is none yet.
      for (const array of arrays) array.fill(0, 0, rows * width * longestSpan);
    },
    copy,
    move: (from, to) => copy(from, to, lengths[from] ?? 0),
  };
}
