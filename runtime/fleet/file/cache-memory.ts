/** What `policy.cacheMemory` means for the fleet's sampler and evaluator. */
import {memoryBytes} from '../../machine/memory-size.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {CacheShape} from '../../model/generation/cache.js';
import {defaultCacheBytes, fitCache} from '../../model/generation/cache-memory.js';
import type {Fleet} from './schema.js';

/**
 * A cache for the longest requests, with as many of `rows` as the memory allows.
 * @throws TerminalError where it holds none
 */
export const cacheFor = (
  {cacheMemory, maxPromptTokens, maxCompletionTokens}: Fleet['policy'],
  config: ModelConfig,
  rows: number,
): CacheShape => {
  const bytes = cacheMemory === undefined ? undefined : memoryBytes(cacheMemory);
  return fitCache(
    config,
    {rows, maxTokens: maxPromptTokens + maxCompletionTokens},
    bytes ?? defaultCacheBytes(),
  );
};
