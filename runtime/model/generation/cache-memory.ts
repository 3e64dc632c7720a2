/** The memory that a cache of keys and values takes, and how many rows a bound allows. */
import {TerminalError} from '../../errors.js';
import {machineMemoryBytes, sizeText} from '../../machine/memory-size.js';
import type {ModelConfig} from '../files/config.js';
import type {CacheShape} from './cache.js';

/** Unless a bound is given. */
const DEFAULT_SHARE = 1 / 4;

export const defaultCacheBytes = (): number => Math.floor(DEFAULT_SHARE * machineMemoryBytes());

/** What a cache takes once all of its rows are full. */
export const cacheBytes = (
  {layerCount, keyValueHeadCount, headDim}: ModelConfig,
  {rows, maxTokens}: CacheShape,
): number => 2 * layerCount * keyValueHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT * rows * maxTokens;

/**
 * The same, with as many of the rows as `bytes` hold.
 * @throws TerminalError where they do not hold one
 */
export function fitCache(config: ModelConfig, {rows, maxTokens}: CacheShape, bytes: number): CacheShape {
  const row = cacheBytes(config, {rows: 1, maxTokens});
  if (row > bytes) {
    throw new TerminalError(
      `${sizeText(bytes)} do not hold the keys and values of one request of ${maxTokens} tokens, ${sizeText(row)}; raise it, or lower the limits of prompts and completions`,
    );
  }
  return {rows: Math.min(rows, Math.floor(bytes / row)), maxTokens};
}

export const cacheLine = (config: ModelConfig, cache: CacheShape): string =>
  `at most ${sizeText(cacheBytes(config, cache))} of keys and values: ${cache.rows} requests of ${cache.maxTokens} tokens at once`;
