/** Answers of ours to prompts of real lengths, to be measured. */
import {createGenerator, type Generator} from '../../../model/generation/generation.js';
import type {Executor} from '../../../tensor/executor.js';
import type {Work} from '../../contenders/work.js';
import type {RealSamplingJob} from '../job.js';
import {openModel} from '../model.js';

export async function openRealSampling(job: RealSamplingJob, executor: Executor): Promise<Work> {
  const {prompts, maxNewTokens} = job;
  const maxTokens = Math.max(...prompts.map(({length}) => length)) + maxNewTokens;
  const open = async (): Promise<Generator> =>
    createGenerator(await openModel(job.model), executor, {rows: prompts.length, maxTokens});
  const ask = async (generator: Generator, asked: RealSamplingJob['prompts'], most: number) => {
    const generations = await generator.generate(
      asked.map((promptIds, seed) => ({
        promptIds,
        maxNewTokens: most,
        temperature: 0,
        topP: 1,
        topK: 0,
        seed,
      })),
    );
    return generations.map(({completionIds}) => completionIds);
  };
  let generator: Generator | undefined = await open();
  let answers: number[][] = [];
  let passes = 0;
  return {
    async warmUp() {
      if (generator !== undefined) await ask(generator, [[...(prompts[0] ?? [])].reverse()], 2);
    },
    async prepare() {
      if (passes === 0) return;
      // A row that still holds a prompt would not be prefilled again.
      await generator?.dispose();
      generator = undefined;
      generator = await open();
    },
    async once() {
      if (generator === undefined) throw new Error('no generator is open');
      answers = await ask(generator, prompts, maxNewTokens);
      passes += 1;
    },
    about: async () => ({answers, newTokens: answers.reduce((sum, ids) => sum + ids.length, 0)}),
  };
}
