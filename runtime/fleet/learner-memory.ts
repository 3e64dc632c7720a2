/** What `training.memory` means for the fleet's learner. */

import {type MemoryPlan, memoryNeeds, memoryPlan} from '../learning/memory-plan.js';
import {memoryBytes} from '../memory-size.js';
import {ALL_LINEAR} from '../model/adapter-config.js';
import type {ModelConfig} from '../model/config.js';
import type {Executor} from '../tensor/executor.js';
import type {Fleet} from './schema.js';

/**
 * The plan for the longest pair that the fleet's limits allow; undefined where no budget is given.
 *
 * @throws TerminalError where the budget cannot hold the model and such a pair.
 */
export const learnerMemory = (
  {policy, training: {memory, lora}}: Pick<Fleet, 'policy' | 'training'>,
  config: ModelConfig,
  backend: Executor['name'],
): MemoryPlan | undefined => {
  const budgetBytes = memory === undefined ? undefined : memoryBytes(memory);
  if (budgetBytes === undefined) return undefined;
  const adapter = lora && {rank: lora.rank, targetModules: lora.targets ?? ALL_LINEAR};
  const longestPair = policy.maxPromptTokens + 2 * policy.maxCompletionTokens;
  return memoryPlan(budgetBytes, memoryNeeds(config, adapter, {backend, longestPair}));
};
