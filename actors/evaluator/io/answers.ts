/** Checkpoints by what they answer: greedy completions, graded by a suite. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {loadPolicy, policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {encodePrompt} from '../../../runtime/model/text/encode.js';
import {itemIds} from '../../../runtime/suites/item-ids.js';
import {scoreAnswers} from '../../../runtime/suites/score-answers.js';
import type {Questions} from '../../../runtime/suites/suites.js';
import {type Scorer, shownAnswers} from '../score.js';
import {openGreedy} from './greedy.js';

export const openAnswers = async (context: ActorContext<Fleet>, questions: Questions): Promise<Scorer> => {
  const {fleet} = context;
  const {suite, items, maxCompletionTokens: maxNewTokens} = questions;
  const model = await loadPolicy(context, fleet, undefined);
  // The first weights are let go of once others are there: nothing below holds the model.
  const {config, tokenizer} = model;
  const prompts = items.map(({prompt}) => encodePrompt(tokenizer, prompt, fleet.policy));
  const ids = itemIds(items);
  const answer = await openGreedy(context, model, {prompts, maxNewTokens});
  return {
    suite,
    async score(checkpoint) {
      const weights = await policyWeights(context, fleet, checkpoint, config);
      const completions = await answer(weights, checkpoint.policyVersion);
      const {grades, ...scored} = await scoreAnswers(questions, completions);
      return {
        ...scored,
        answers: shownAnswers(items, completions, grades),
        grades: grades.map((grade) => grade ?? Number.NaN),
        itemIds: ids,
      };
    },
  };
};
