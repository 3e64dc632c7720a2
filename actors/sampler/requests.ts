/** What the sampler asks of the policy and what it makes of the answers. */
import {type Completion, type CompletionPair, FinishReason, type Prompt} from '../../proto/messages.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import type {Generation, GenerationRequest} from '../../runtime/model/generation.js';
import {seedOf} from '../../runtime/seed.js';

/** How many answers the fleet's dataset needs of each prompt: Eq. 1 revises one, Eq. 2 chooses between two. */
export const samplesPerPrompt = (dataset: Fleet['dataset']): 1 | 2 => (dataset === 'clair' ? 1 : 2);

/** One request a sample. A sample's seed is its name, so that a redelivered prompt gets the same answer. */
export const requestsFor = (fleet: Fleet, prompt: Prompt, promptIds: number[]): GenerationRequest[] =>
  Array.from({length: samplesPerPrompt(fleet.dataset)}, (_, sample) => ({
    promptIds,
    maxNewTokens: fleet.policy.maxCompletionTokens,
    temperature: fleet.policy.temperature,
    topP: fleet.policy.topP,
    topK: fleet.policy.topK,
    seed: seedOf(fleet.seed, prompt.promptId, sample),
  }));

const finishReasonOf = ({finishReason}: Generation) =>
  finishReason === 'stop' ? FinishReason.FINISH_REASON_STOP : FinishReason.FINISH_REASON_LENGTH;

export const completionOf = (
  {promptId, prompt}: Prompt,
  generation: Generation,
  policyVersion: number,
): Completion => ({
  promptId,
  prompt,
  completion: generation.text,
  tokenCount: generation.completionIds.length,
  finishReason: finishReasonOf(generation),
  policyVersion,
});

export const completionPairOf = (
  {promptId, prompt}: Prompt,
  first: Generation,
  second: Generation,
  policyVersion: number,
): CompletionPair => ({
  promptId,
  prompt,
  first: first.text,
  second: second.text,
  firstFinishReason: finishReasonOf(first),
  secondFinishReason: finishReasonOf(second),
  policyVersion,
});
