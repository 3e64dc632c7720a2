/** Sampling of ours, to be measured: all requests at once, each of a length of its own. */
import {createGenerator} from '../model/generation.js';
import type {Executor} from '../tensor/executor.js';
import type {SamplerJob} from './job.js';
import {randomModel} from './model.js';
import type {Work} from './work.js';

export async function openSampling({config, requests, rows}: SamplerJob, executor: Executor): Promise<Work> {
  const maxTokens = Math.max(...requests.map(({promptIds, newTokens}) => promptIds.length + newTokens));
  const generator = await createGenerator(randomModel(config), executor, {rows, maxTokens});
  let seed = 0;
  let tokens = 0;
  return {
    async once() {
      const generations = await generator.generate(
        requests.map(({promptIds, newTokens}) => ({
          promptIds,
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
