/** What `training.memory` means for the fleet's learner. */

import {type MemoryNeeds, type MemoryPlan, memoryNeeds, memoryPlan} from '../../learning/memory-plan.js';
import {memoryBytes} from '../../machine/memory-size.js';
import {ALL_LINEAR} from '../../model/files/adapter-config.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {Executor} from '../../tensor/executor.js';
import type {Fleet} from './schema.js';

/** What the learner's memory depends on, with the longest pair that the fleet's limits allow. */
export const learnerNeeds = (
  {policy, training: {lora}}: Pick<Fleet, 'policy' | 'training'>,
  config: ModelConfig,
  backend: Executor['name'],
): MemoryNeeds => {
  const adapter = lora && {rank: lora.rank, targetModules: lora.targets ?? ALL_LINEAR};
  const longestPair = policy.maxPromptTokens + 2 * policy.maxCompletionTokens;
  return memoryNeeds(config, adapter, {backend, longestPair});
};

/**
 * The plan for the longest pair that the fleet's limits allow; undefined where no budget is given.
 *
 * @throws TerminalError where the budget cannot hold the model and such a pair.
 */
export const learnerMemory = (
  fleet: Pick<Fleet, 'policy' | 'training'>,
  config: ModelConfig,
  backend: Executor['name'],
): MemoryPlan | undefined => {
  const {memory} = fleet.training;
  const budgetBytes = memory === undefined ? undefined : memoryBytes(memory);
  return budgetBytes === undefined
    ? undefined
    : memoryPlan(budgetBytes, learnerNeeds(fleet, config, backend));
};
