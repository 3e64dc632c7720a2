/** How well a policy does the demonstration's task. */
import type {ModelCheckpoint} from '../model/files/model-checkpoint.js';
import {createGenerator} from '../model/generation/generation.js';
import {encodePrompt} from '../model/text/encode.js';
import type {Executor} from '../tensor/executor.js';
import {MAX_COMPLETION_TOKENS, MAX_PROMPT_TOKENS} from './policy-files.js';
import {gradeAnswer, heldOutPrompts, ITEMS_PER_PROMPT} from './task.js';

/** Shares of held-out prompts, from 0 to 1. */
export interface PolicyScore {
  /** All four items right, at temperature 0. */
  readonly greedy: number;
  /** Of the single items, at temperature 0. */
  readonly perItem: number;
  /** All four items right, at temperature 1. */
  readonly sampled: number;
}

/** Has the policy answer the first `count` held-out prompts, greedily and at temperature 1, and grades the answers. */
export const scorePolicy = async (
  model: ModelCheckpoint,
  executor: Executor,
  count: number,
): Promise<PolicyScore> => {
  const prompts = heldOutPrompts(count);
  const format = {format: 'plain', maxPromptTokens: MAX_PROMPT_TOKENS} as const;
  const maxTokens = MAX_PROMPT_TOKENS + MAX_COMPLETION_TOKENS;
  const generator = await createGenerator(model, executor, {rows: 64, maxTokens});
  const gradesAt = async (temperature: number) => {
    const completions = await generator.generate(
      prompts.map((prompt, seed) => ({
        promptIds: encodePrompt(model.tokenizer, prompt, format),
        maxNewTokens: MAX_COMPLETION_TOKENS,
        temperature,
        topP: 1,
        topK: 0,
        seed,
      })),
    );
    return prompts.map((prompt, index) => gradeAnswer(prompt, completions[index]?.text ?? ''));
  };
  const greedy = await gradesAt(0);
  const sampled = await gradesAt(1);
  await generator.dispose();
  const rightItems = greedy.reduce((sum, {items}) => sum + items.filter(Boolean).length, 0);
  return {
    greedy: greedy.filter(({correct}) => correct).length / count,
    perItem: rightItems / (count * ITEMS_PER_PROMPT),
    sampled: sampled.filter(({correct}) => correct).length / count,
  };
};
