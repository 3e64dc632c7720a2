/** Sampling of ours, to be measured: all requests at once, each of a length of its own. */
import {createGenerator} from '../../model/generation/generation.js';
import type {Executor} from '../../tensor/executor.js';
import type {SamplerJob} from '../contenders/job.js';
import type {Work} from '../contenders/work.js';
import {randomModel} from '../workload/model.js';

/** Those before are special. */
const FIRST_TOKEN = 3;

export async function openSampling({config, requests, rows}: SamplerJob, executor: Executor): Promise<Work> {
  const maxTokens = Math.max(...requests.map(({promptIds, newTokens}) => promptIds.length + newTokens));
  const generator = await createGenerator(randomModel(config), executor, {rows, maxTokens});
  let passes = 0;
  let seed = 0;
  let tokens = 0;
  // Other prompts each time: one that a row still holds would not be prefilled again.
  const fresh = (ids: readonly number[]): number[] =>
    ids.map((id) => FIRST_TOKEN + ((id - FIRST_TOKEN + passes) % (config.vocabSize - FIRST_TOKEN)));
  return {
    async once() {
      passes += 1;
      const generations = await generator.generate(
        requests.map(({promptIds, newTokens}) => ({
          promptIds: fresh(promptIds),
          maxNewTokens: newTokens,
          temperature: 1,
          topP: 1,
          topK: 0,
          seed: seed++,
        })),
      );
      tokens = generations.reduce((sum, {completionIds}) => sum + completionIds.length, 0);
    },
    about: async () => ({rows, newTokens: tokens}),
  };
}
