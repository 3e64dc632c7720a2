/** What `policy.cacheMemory` means for the fleet's sampler and evaluator. */
import {memoryBytes} from '../../machine/memory-size.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {CacheShape} from '../../model/generation/cache.js';
import {fitCache, machineShare} from '../../model/generation/cache-memory.js';
import {SHOWN_ITEMS} from '../../suites/suite.js';
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

export const samplerCache = (
  {policy, actors}: Pick<Fleet, 'policy' | 'actors'>,
  config: ModelConfig,
): CacheShape => cacheFor(policy, config, actors.sampler.batchSize);

/** For the answers that a suite asks for, or else for those that are shown of held-out pairs. */
export const evaluatorCache = (
  {policy, evaluation, actors}: Pick<Fleet, 'policy' | 'evaluation' | 'actors'>,
  config: ModelConfig,
): CacheShape =>
  evaluation !== undefined && 'maxCompletionTokens' in evaluation
    ? cacheFor(
        {...policy, maxCompletionTokens: evaluation.maxCompletionTokens},
        config,
        actors.evaluator.batchSize,
      )
    : cacheFor(policy, config, SHOWN_ITEMS);
