/** What a checkpoint's policy answers: greedy completions of the same prompts each time. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import {evaluatorCache} from '../../../runtime/fleet/file/cache-memory.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {cacheLine} from '../../../runtime/model/generation/cache-memory.js';
import {createGenerator} from '../../../runtime/model/generation/generation.js';
import {openExecutor} from '../../../runtime/tensor/open.js';

export interface Asked {
  readonly prompts: readonly (readonly number[])[];
  readonly maxNewTokens: number;
}

/** Answers in the order of the prompts. */
export type Greedy = (weights: ModelCheckpoint['weights'], policyVersion: number) => Promise<string[]>;

export const openGreedy = async (
  {fleet, log, advance}: ActorContext<Fleet>,
  model: ModelCheckpoint,
  {prompts, maxNewTokens}: Asked,
): Promise<Greedy> => {
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'evaluator'),
  });
  log.info({reason}, 'executor');
  const cache = evaluatorCache(fleet, model.config);
  log.info({holds: cacheLine(model.config, cache)}, 'cache');
  const {rows} = cache;
  const generator = await createGenerator(model, executor, cache);
  const greedy = {maxNewTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
  return async (weights, policyVersion) => {
    generator.reload(weights, policyVersion);
    // A cache's rows at a time, and all at once: each part that ends says that a long evaluation goes on.
    const parts = Array.from({length: Math.ceil(prompts.length / rows)}, async (_, part) => {
      const asked = prompts.slice(part * rows, (part + 1) * rows);
      const answers = await generator.generate(asked.map((promptIds) => ({promptIds, ...greedy})));
      advance();
      return answers.map(({text}) => text);
    });
    return (await Promise.all(parts)).flat();
  };
};
