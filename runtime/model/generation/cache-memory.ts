/** The memory that a cache of keys and values takes, and how many rows a bound allows. */
import {TerminalError} from '../../errors.js';
import {machineMemoryBytes, sizeText} from '../../machine/memory-size.js';
import type {ModelConfig} from '../files/config.js';
import {readsInPlace} from '../layers/attention.js';
import type {CacheShape} from './cache.js';
import {BLOCK_POSITIONS, blocksFor} from './cache-blocks.js';

/** What a cache may take. */
export interface CacheLimit {
  readonly bytes: number;
  /** Whose it is, such as `a quarter of this machine's memory`; undefined where the bytes are as somebody gave them. */
  readonly source?: string;
  /** What to do where it does not hold one request. */
  readonly remedy: string;
}

/** What holds unless a limit is given. */
export const machineShare = (remedy: string): CacheLimit => ({
  bytes: Math.floor(machineMemoryBytes() / 4),
  source: "a quarter of this machine's memory",
  remedy,
});

/** What a cache takes once all of its rows are full. Of rows in blocks one is put together besides, to be read whole. */
export const cacheBytes = (config: ModelConfig, {rows, maxTokens}: CacheShape): number =>
  (rows === 0 ? 0 : rows + besides(config)) * rowBytes(config, maxTokens);

const besides = (config: ModelConfig): number => (readsInPlace(config) ? 1 : 0);

const rowBytes = (config: ModelConfig, maxTokens: number): number => {
  const {layerCount, keyValueHeadCount, headDim} = config;
  const positions = readsInPlace(config) ? blocksFor(maxTokens) * BLOCK_POSITIONS : maxTokens;
  return 2 * layerCount * keyValueHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT * positions;
};

/**
 * The same, with as many of the rows as the limit allows.
 * @throws TerminalError where it does not hold one
 */
export function fitCache(
  config: ModelConfig,
  {rows, maxTokens}: CacheShape,
  {bytes, source, remedy}: CacheLimit,
): CacheShape {
  const least = cacheBytes(config, {rows: 1, maxTokens});
  if (least > bytes) {
    const limit = source === undefined ? sizeText(bytes) : `${sizeText(bytes)}, ${source},`;
    throw new TerminalError(
      `${limit} do not hold the keys and values of one request of ${maxTokens} tokens, ${sizeText(least)}; ${remedy}`,
    );
  }
  return {rows: Math.min(rows, Math.floor(bytes / rowBytes(config, maxTokens)) - besides(config)), maxTokens};
}

export const cacheLine = (config: ModelConfig, cache: CacheShape): string =>
  `at most ${sizeText(cacheBytes(config, cache))} of keys and values: ${cache.rows} requests of ${cache.maxTokens} tokens at once`;
