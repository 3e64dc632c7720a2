/** Checkpoints by what they answer: greedy completions, graded by a suite. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {loadPolicy, policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import {cacheFor} from '../../../runtime/fleet/file/cache-memory.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {cacheLine} from '../../../runtime/model/generation/cache-memory.js';
import {createGenerator} from '../../../runtime/model/generation/generation.js';
import {encodePrompt} from '../../../runtime/model/text/encode.js';
import type {Questions} from '../../../runtime/suites/suites.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {gradesOf, type Scorer, scoreOf, shownAnswers} from '../score.js';

export const openAnswers = async (context: ActorContext<Fleet>, questions: Questions): Promise<Scorer> => {
  const {fleet, log} = context;
  const {suite, items, maxCompletionTokens: maxNewTokens} = questions;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'evaluator'),
  });
  log.info({reason}, 'executor');
  const model = await loadPolicy(context, fleet, undefined);
  const policy = {...fleet.policy, maxCompletionTokens: maxNewTokens};
  const cache = cacheFor(policy, model.config, fleet.actors.evaluator.batchSize);
  log.info({holds: cacheLine(model.config, cache)}, 'cache');
  const {rows} = cache;
  const generator = await createGenerator(model, executor, cache);
  const prompts = items.map(({prompt}) => encodePrompt(model.tokenizer, prompt, fleet.policy));
  return {
    suite,
    async score(checkpoint) {
      const weights = await policyWeights(context, fleet, checkpoint, model.config);
      generator.reload(weights, checkpoint.policyVersion);
      const greedy = {maxNewTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
      // A cache's rows at a time, and all at once: each part that ends says that a long evaluation goes on.
      const parts = Array.from({length: Math.ceil(prompts.length / rows)}, async (_, part) => {
        const asked = prompts.slice(part * rows, (part + 1) * rows);
        const answers = await generator.generate(asked.map((promptIds) => ({promptIds, ...greedy})));
        context.advance();
        return answers.map(({text}) => text);
      });
      const completions = (await Promise.all(parts)).flat();
      const grades = await gradesOf(questions, completions);
      const answers = shownAnswers(items, completions, grades);
      return {score: scoreOf(grades), items: items.length, answers};
    },
  };
};
