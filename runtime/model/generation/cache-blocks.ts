/**
 * The keys and values of the rows being decoded, in blocks of a few positions: a row has as many as it needs, so that a run reads of
 * each row what that holds, however long the others are.
 *
 * B1 Every layer has two arrays of blocks [keyValueHeads, positions, headDim], allocated once. A block is of one row, or free.
 * B2 For a run the blocks of the rows that go on lie first, in any order: others that lie among them change places with them.
 * B3 One row alone is read as one block: it is copied together, into memory for one row.
 */
import type {ModelConfig} from '../files/config.js';
import {type CacheShape, cacheNames} from './cache.js';
import {type HeldRows, oneBlockEach, writeLines} from './held-rows.js';

/** Positions of a block: fewer are more products of a smaller one, more are read without need. */
export const BLOCK_POSITIONS = 64;

/** Blocks of a row are added up so many at a time: an end within them would be added in another order. */
const REACH_STEP = 8;

const FREE = -1;

export const blocksFor = (positions: number): number => Math.ceil(positions / BLOCK_POSITIONS);

export function createCacheBlocks(config: ModelConfig, {rows, maxTokens}: CacheShape): HeldRows {
  const {keyValueHeadCount: heads, headDim} = config;
  const names = cacheNames(config);
  const headSize = BLOCK_POSITIONS * headDim;
  const blockSize = heads * headSize;
  const capacity = rows * Math.max(1, blocksFor(maxTokens));
  const arrays = names.map(() => new Float32Array(capacity * blockSize));
  const named = (of: (array: Float32Array, index: number) => Float32Array): Record<string, Float32Array> =>
    Object.fromEntries(arrays.map((array, index) => [names[index], of(array, index)]));
  const lengths = new Int32Array(rows);
  /** The blocks of each row, in the order of its positions. */
  const tables = Array.from({length: rows}, (): number[] => []);
  /** The row of each block. */
  const owners = new Int32Array(capacity).fill(FREE);
  /** Blocks that were written to: memory behind them is none yet. */
  let written = 0;
  /** Memory for one row, made when it is first asked for: arrays of each read's size would be there until they are collected. */
  let alone: Float32Array[] = [];

  const tableOf = (row: number): number[] => tables[row] ?? [];
  const freeBlock = (): number => owners.indexOf(FREE);

  /** A row has blocks for so many positions, and no more. */
  function resize(row: number, positions: number): void {
    const table = tableOf(row);
    const count = blocksFor(positions);
    for (const block of table.splice(count)) owners[block] = FREE;
    while (table.length < count) {
      const block = freeBlock();
      owners[block] = row;
      table.push(block);
      written = Math.max(written, block + 1);
    }
    lengths[row] = positions;
  }

  const swapped = new Float32Array(blockSize);
  /** Two blocks change places; the second one is a row's. */
  function swap(one: number, other: number): void {
    for (const array of arrays) {
      const at = array.subarray(one * blockSize, (one + 1) * blockSize);
      swapped.set(at);
      array.copyWithin(one * blockSize, other * blockSize, (other + 1) * blockSize);
      array.set(swapped, other * blockSize);
    }
    const [row = FREE, otherRow = FREE] = [owners[one], owners[other]];
    const place = row === FREE ? -1 : tableOf(row).indexOf(one);
    tableOf(otherRow)[tableOf(otherRow).indexOf(other)] = one;
    if (row !== FREE) tableOf(row)[place] = other;
    owners[one] = otherRow;
    owners[other] = row;
  }

  /** By B2. Returns how many blocks they have. */
  function gather(count: number): number {
    const total = tables.slice(0, count).reduce((sum, table) => sum + table.length, 0);
    const isOfThese = (block: number): boolean => {
      const row = owners[block] ?? FREE;
      return row !== FREE && row < count;
    };
    let from = total;
    for (let block = 0; block < total; block++) {
      if (isOfThese(block)) continue;
      while (!isOfThese(from)) from += 1;
      swap(block, from);
    }
    return total;
  }

  return {
    lengthOf: (row) => lengths[row] ?? 0,
    // Rows take blocks as they need them.
    reserve: () => undefined,
    trim: () => undefined,
    first(count) {
      // Also a row that holds nothing has a block to look at.
      for (let row = 0; row < count; row++) {
        if (tableOf(row).length > 0) continue;
        resize(row, 1);
        lengths[row] = 0;
      }
      const blocks = gather(count);
      const longest = Math.max(...tables.slice(0, count).map(({length}) => length));
      const reach = Math.ceil(longest / REACH_STEP) * REACH_STEP;
      const held = new Int32Array(blocks);
      const order = new Int32Array(count * reach);
      const counted = new Float32Array(count * reach);
      for (let row = 0; row < count; row++) {
        const table = tableOf(row);
        for (let place = 0; place < reach; place++) {
          order[row * reach + place] = table[place] ?? table[0] ?? 0;
          counted[row * reach + place] = place < table.length ? 1 : 0;
        }
        for (const [place, block] of table.entries())
          held[block] = Math.min(BLOCK_POSITIONS, (lengths[row] ?? 0) - place * BLOCK_POSITIONS);
      }
      return {
        sizes: {blocks, span: BLOCK_POSITIONS, reach},
        inputs: {
          ...{held, order, counted},
          owners: owners.slice(0, blocks),
          ...named((array) => array.subarray(0, blocks * blockSize)),
        },
      };
    },
    only(row) {
      const table = tableOf(row);
      const span = table.length * BLOCK_POSITIONS;
      const size = heads * span * headDim;
      if (alone.length === 0) alone = arrays.map(({length}) => new Float32Array(length / rows));
      for (const [index, array] of arrays.entries()) {
        for (const [place, block] of table.entries()) {
          for (let head = 0; head < heads; head++) {
            const begin = block * blockSize + head * headSize;
            const to = (head * table.length + place) * headSize;
            alone[index]?.set(array.subarray(begin, begin + headSize), to);
          }
        }
      }
      return oneBlockEach(
        lengths.slice(row, row + 1),
        span,
        named((_, index) => (alone[index] ?? new Float32Array()).subarray(0, size)),
      );
    },
    nothing: (count) =>
      oneBlockEach(
        new Int32Array(count),
        1,
        named((array) => array.subarray(0, count * heads * headDim)),
      ),
    write(row, position, lines, first, count) {
      resize(row, position + count);
      const table = tableOf(row);
      writeLines(arrays, config, lines, first, count, (token, head) => {
        const at = position + token;
        const block = table[Math.floor(at / BLOCK_POSITIONS)] ?? 0;
        return block * blockSize + head * headSize + (at % BLOCK_POSITIONS) * headDim;
      });
    },
    copy(from, to, length) {
      resize(to, length);
      if (from === to) return;
      for (const [place, block] of tableOf(to).entries()) {
        const source = tableOf(from)[place] ?? 0;
        for (const array of arrays)
          array.copyWithin(block * blockSize, source * blockSize, (source + 1) * blockSize);
      }
    },
    move(from, to) {
      if (from === to) return;
      resize(to, 0);
      const table = tableOf(from).splice(0);
      for (const block of table) owners[block] = to;
      tables[to] = table;
      lengths[to] = lengths[from] ?? 0;
      lengths[from] = 0;
    },
    clear() {
      for (const table of tables) table.length = 0;
      owners.fill(FREE);
      lengths.fill(0);
      // Memory that was never written is none yet.
      for (const array of arrays) array.fill(0, 0, written * blockSize);
      written = 0;
    },
  };
}
