/** The suites of a fleet, each ready to score the policy that is taken up. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {openJudges} from '../../../runtime/fleet/asking/open-judges.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {requireAskable} from '../../../runtime/fleet/evaluation/askable.js';
import {evaluatorCache} from '../../../runtime/fleet/file/cache-memory.js';
import {
  type Evaluation,
  evaluationsOf,
  nameOfEvaluation,
  seedOfEvaluation,
} from '../../../runtime/fleet/file/evaluations.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {longestOf} from '../../../runtime/learning/pairs/encoded-pairs.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {prepareTexts} from '../../../runtime/suites/scoring/measuring.js';
import {openSuite} from '../../../runtime/suites/suites.js';
import type {Scorer} from '../score.js';
import {conversationTokens, openAnswers} from './answers.js';
import {openHeldOut, usableHeldOut} from './held-out.js';
import {openTestedPolicy, type TestedPolicy} from './tested-policy.js';
import {openTexts} from './texts.js';

/** A suite of the fleet. */
export interface OpenedEvaluation {
  readonly evaluation: Evaluation;
  readonly name: string;
  readonly seed: number;
  readonly score: Scorer;
}

export interface Scorers {
  readonly policy: TestedPolicy;
  readonly suites: readonly OpenedEvaluation[];
}

/**
 * Reads what the suites ask, waits for the pairs that are held back, and opens the policy and the judges.
 *
 * @param fleetNow as it is steered to be.
 */
export const openScorers = async (context: ActorContext<Fleet>, fleetNow: () => Fleet): Promise<Scorers> => {
  const {fleet, warn} = context;
  const judges = await openJudges(context, fleetNow);
  const evaluations = evaluationsOf(fleet);
  const opened = await Promise.all(evaluations.map(openSuite));
  for (const suite of opened) requireAskable(suite, fleet);
  const model = await withFirstPolicy(context, fleet, loadCheckpoint);
  const {config, tokenizer} = model;
  const pairs = opened.some(({kind}) => kind === 'pairs')
    ? await usableHeldOut(context, config.vocabSize)
    : [];
  const {format, chatTemplate} = fleet.policy;
  const prepared = opened.map((suite) => {
    if (suite.kind !== 'likelihoods') return undefined;
    const {windowTokens} = suite;
    const texts = prepareTexts({model, format, chatTemplate}, suite.items, suite.form, {
      isChat: false,
      windowTokens,
    });
    if (texts.cut > 0)
      warn(
        `suite ${suite.suite}: ${texts.cut} prompts are longer than the policy's positions and keep their end`,
      );
    return texts;
  });
  const isAsked = opened.some(({kind}) => kind !== 'likelihoods');
  const conversation = Math.max(
    0,
    ...opened.map((suite) => (suite.kind === 'answers' ? conversationTokens(model, fleet, suite) : 0)),
  );
  const policy = await openTestedPolicy(context, model, {
    cache: isAsked ? evaluatorCache(fleet, config, conversation) : undefined,
    measuredTokens: Math.max(0, ...prepared.map((each) => each?.maxTokens ?? 0), ...pairs.map(longestOf)),
  });
  // Nothing below holds the model's weights.
  const words = {tokenizer, config};
  const suites = evaluations.map((evaluation, place): OpenedEvaluation => {
    const [suite, texts] = [opened[place], prepared[place]];
    const seed = seedOfEvaluation(evaluation, fleet);
    const scorerOf = (): Scorer => {
      if (suite?.kind === 'answers')
        return openAnswers(context, words, policy, suite, {judge: judges[place], seed});
      if (suite?.kind === 'likelihoods' && texts !== undefined)
        return openTexts(context, policy, suite, texts);
      return openHeldOut(context, policy, pairs);
    };
    return {evaluation, name: nameOfEvaluation(evaluation), seed, score: scorerOf()};
  });
  return {policy, suites};
};
