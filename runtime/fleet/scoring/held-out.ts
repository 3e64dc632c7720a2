/** Checkpoints by the implicit rewards that they give to the pairs of the run which are held back, and what they answer to some. */
import type {EvaluationAnswer, PreferencePair} from '../../../proto/messages.js';
import {TerminalError} from '../../errors.js';
import type {PairLogps} from '../../learning/metrics.js';
import {conversationOf, transcriptOf} from '../../model/text/conversations.js';
import {itemIds} from '../../suites/item-ids.js';
import {pairGrade, preference} from '../../suites/preference.js';
import {scoreTexts} from '../../suites/scoring/score-texts.js';
import {type Likelihood, SHOWN_ITEMS} from '../../suites/suite.js';
import {holdOutOf} from '../file/held-out.js';
import {type Score, type Scorer, scoreOf, shownAnswers} from './score.js';
import type {ScoredPolicy, Scoring} from './scored-policy.js';

/** What the reward of a pair is made of. */
export type HeldOutPair = Pick<
  PreferencePair,
  'chosenIds' | 'rejectedIds' | 'referenceChosenLogps' | 'referenceRejectedLogps'
>;

/**
 * A scorer by the pairs that are held back.
 *
 * @throws TerminalError, at each checkpoint, where there are none: nothing is known of it, and 0 would say that it failed at all of them.
 */
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
  const ids = itemIds(pairs);
  return async (checkpoint) => {
    if (pairs.length === 0)
      throw new TerminalError(`none of the ${holdOutOf(fleet)} prompts held back became a pair`);
    const policy: PairLogps[] = [];
    for (const pair of pairs) {
      // The policy before training is the reference itself: no reward, but for what another number of threads rounds otherwise.
      policy.push(checkpoint.step === 0 ? referenceOf(pair) : await scorer.logps(pair));
      advance();
    }
    const beta = checkpoint.beta ?? fleet.objective.beta;
    return rewardScore(pairs, policy, {beta, ids, answers: await answersNow()});
  };
};

const referenceOf = ({referenceChosenLogps, referenceRejectedLogps}: HeldOutPair): PairLogps => ({
  chosen: referenceChosenLogps,
  rejected: referenceRejectedLogps,
});

/**
 * The implicit reward of an answer is β (log π − log π_ref), Eq. 5. The score is the share of pairs whose chosen answer has
 * the higher one, as TRL's `rewards/accuracies` counts it: a tie, as before training, is not higher. 0 of a policy
 * whose log-probabilities are no numbers any more, which has no margin either.
 *
 * @param policy log π of both answers of each pair; nats.
 */
export const rewardScore = async (
  pairs: readonly HeldOutPair[],
  policy: readonly PairLogps[],
  {
    beta,
    ids,
    answers,
  }: {readonly beta: number; readonly ids: readonly string[]; readonly answers: EvaluationAnswer[]},
): Promise<Score> => {
  const measured = (all: readonly PairLogps[]): Likelihood[][] =>
    pairs.map(({chosenIds, rejectedIds}, place) => [
      {logps: all[place]?.chosen ?? Number.NaN, tokens: chosenIds.length},
      {logps: all[place]?.rejected ?? Number.NaN, tokens: rejectedIds.length},
    ]);
  const scored = await scoreTexts(
    {
      suite: 'heldout',
      items: pairs.map(() => ({prompt: '', continuations: []})),
      grade: (_, chosenAndRejected, reference) => pairGrade(chosenAndRejected, reference, beta),
      summary: async (graded) => preference.summary(graded),
    },
    measured(policy),
    measured(pairs.map(referenceOf)),
  );
  const margin = scored.summary.metrics['rewards/margins']?.value;
  return {...scoreOf(scored, ids, answers), ...(margin === undefined ? {} : {margin})};
};
