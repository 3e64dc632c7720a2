/** What `policy.cacheMemory` means for the fleet's sampler and evaluator. */
import {memoryBytes} from '../../machine/memory-size.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {CacheShape} from '../../model/generation/cache.js';
import {fitCache, machineShare} from '../../model/generation/cache-memory.js';
import {SHOWN_ITEMS} from '../../suites/suite.js';
import {evaluatorRows, samplerRows} from '../fleet-actors.js';
import {evaluationsOf} from './evaluations.js';
import {holdOutOf} from './held-out.js';
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
): CacheShape => cacheFor(policy, config, samplerRows(actors));

/**
 * For the answers that suites ask for, or else for those that are shown of held-out pairs.
 *
 * @param conversation tokens of the longest prompt of several turns, answers to the earlier ones among them; 0 unless known.
 */
export const evaluatorCache = (
  fleet: Pick<Fleet, 'policy' | 'evaluation' | 'actors'>,
  config: ModelConfig,
  conversation = 0,
): CacheShape => {
  const {policy, actors} = fleet;
  const asked = evaluationsOf(fleet).flatMap((each) =>
    'maxCompletionTokens' in each ? [each.maxCompletionTokens] : [],
  );
  if (asked.length === 0) return cacheFor(policy, config, SHOWN_ITEMS);
  const maxPromptTokens = Math.max(policy.maxPromptTokens, conversation);
  // Held-out pairs are answered at the policy's own length, beside the rest.
  const own = holdOutOf(fleet) > 0 ? policy.maxCompletionTokens : 0;
  const maxCompletionTokens = Math.min(Math.max(own, ...asked), config.maxPositions - maxPromptTokens);
  return cacheFor({...policy, maxPromptTokens, maxCompletionTokens}, config, evaluatorRows(actors));
};
