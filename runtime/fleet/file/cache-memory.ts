/** What `policy.cacheMemory` means for the fleet's sampler and evaluator. */
import {memoryBytes} from '../../machine/memory-size.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {CacheShape} from '../../model/generation/cache.js';
import {fitCache, machineShare} from '../../model/generation/cache-memory.js';
import type {Fleet} from './schema.js';

const LOWER = 'lower the limits of prompts and completions';

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
  const limit =
    bytes === undefined
      ? machineShare(`allow more by it, or ${LOWER}`)
      : {bytes, remedy: `raise it, or ${LOWER}`};
  return fitCache(config, {rows, maxTokens: maxPromptTokens + maxCompletionTokens}, limit);
};
