/** Checkpoints by the implicit rewards that they give to the pairs of the run which are held back, and what they answer to some. */
import type {EvaluationAnswer, PreferencePair} from '../../../proto/messages.js';
import type {PairLogps} from '../../learning/metrics.js';
import {conversationOf, transcriptOf} from '../../model/text/conversations.js';
import {itemIds} from '../../suites/item-ids.js';
import {SHOWN_ITEMS} from '../../suites/suite.js';
import {rewardScore} from './rewards.js';
import {type Scorer, shownAnswers} from './score.js';
import type {ScoredPolicy, Scoring} from './scored-policy.js';

export const openHeldOut = (
  {fleet, advance}: Pick<Scoring, 'fleet' | 'advance'>,
  {generator, scorer}: Pick<ScoredPolicy, 'generator' | 'scorer'>,
  pairs: readonly PreferencePair[],
): Scorer => {
  const shown = pairs.slice(0, SHOWN_ITEMS);
  const prompts = shown.map((pair) => ({prompt: transcriptOf(conversationOf(pair))}));
  const greedy = {maxNewTokens: fleet.policy.maxCompletionTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
  const answersNow = async (): Promise<EvaluationAnswer[]> => {
    const answers = await generator.generate(shown.map(({promptIds}) => ({promptIds, ...greedy})));
    advance();
    return shownAnswers(
      prompts,
      answers.map(({text}) => text),
    );
  };
  const kept = {items: pairs.length, itemIds: itemIds(pairs)};
  return async (checkpoint) => {
    // The reference itself: its rewards are 0, but for what another number of threads rounds otherwise.
    if (checkpoint.step === 0)
      return {...kept, score: 0, margin: 0, grades: pairs.map(() => 0), answers: await answersNow()};
    const policy: PairLogps[] = [];
    for (const pair of pairs) {
      policy.push(await scorer.logps(pair));
      advance();
    }
    const beta = checkpoint.beta ?? fleet.objective.beta;
    return {...kept, ...rewardScore(pairs, policy, beta), answers: await answersNow()};
  };
};
