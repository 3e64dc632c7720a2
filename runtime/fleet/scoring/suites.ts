/** The suites of a fleet, each ready to score the policy that is taken up. */
import type {PreferencePair} from '../../../proto/messages.js';
import {longestOf} from '../../learning/pairs/encoded-pairs.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import type {Judge} from '../../suites/judge.js';
import {prepareTexts} from '../../suites/scoring/measuring.js';
import {type OpenedSuite, openSuite} from '../../suites/suites.js';
import {requireAskable} from '../evaluation/askable.js';
import {evaluatorCache} from '../file/cache-memory.js';
import {type Evaluation, evaluationsOf, nameOfEvaluation, seedOfEvaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import {conversationTokens, openAnswers} from './answers.js';
import {openHeldOut} from './held-out.js';
import type {Scorer} from './score.js';
import type {Needs, ScoredPolicy, Scoring} from './scored-policy.js';
import {openTexts} from './texts.js';

/** A suite of the fleet. */
export interface OpenedEvaluation {
  readonly evaluation: Evaluation;
  readonly name: string;
  readonly seed: number;
  readonly score: Scorer;
}

/**
 * Reads what the suites ask, in the order of the fleet.
 *
 * @throws TerminalError as `openSuite` and `requireAskable`.
 */
export const readSuites = async (fleet: Fleet): Promise<OpenedSuite[]> => {
  const suites = await Promise.all(evaluationsOf(fleet).map(openSuite));
  for (const suite of suites) requireAskable(suite, fleet);
  return suites;
};

export interface OpeningSuites<P> {
  /** As `readSuites` has them. */
  readonly suites: readonly OpenedSuite[];
  /** A judge for each of them that has one. */
  readonly judges: readonly (Judge | undefined)[];
  /** Those that are held back. */
  readonly pairs: readonly PreferencePair[];
  /** Loads the policy for what the suites need of it. */
  readonly load: (needs: Needs) => Promise<P>;
}

/** @param model the policy before training, whose weights nothing here holds. */
export const openSuites = async <P extends ScoredPolicy>(
  scoring: Scoring,
  model: ModelCheckpoint,
  {suites, judges, pairs, load}: OpeningSuites<P>,
): Promise<{readonly policy: P; readonly suites: readonly OpenedEvaluation[]}> => {
  const {fleet} = scoring;
  const {config, tokenizer} = model;
  const {format, chatTemplate} = fleet.policy;
  const prepared = suites.map((suite) => {
    if (suite.kind !== 'likelihoods') return undefined;
    const {windowTokens} = suite;
    const texts = prepareTexts({model, format, chatTemplate}, suite.items, suite.form, {
      isChat: false,
      windowTokens,
    });
    if (texts.cut > 0)
      scoring.warn(
        `suite ${suite.suite}: ${texts.cut} prompts are longer than the policy's positions and keep their end`,
      );
    return texts;
  });
  const isAsked = suites.some(({kind}) => kind !== 'likelihoods');
  const conversation = Math.max(
    0,
    ...suites.map((suite) => (suite.kind === 'answers' ? conversationTokens(model, fleet, suite) : 0)),
  );
  const policy = await load({
    cache: isAsked ? evaluatorCache(fleet, config, conversation) : undefined,
    measuredTokens: Math.max(0, ...prepared.map((each) => each?.maxTokens ?? 0), ...pairs.map(longestOf)),
  });
  const words = {tokenizer, config};
  const opened = evaluationsOf(fleet).map((evaluation, place): OpenedEvaluation => {
    const [suite, texts] = [suites[place], prepared[place]];
    const seed = seedOfEvaluation(evaluation, fleet);
    const scorerOf = (): Scorer => {
      if (suite?.kind === 'answers')
        return openAnswers(scoring, words, policy, suite, {judge: judges[place], seed});
      if (suite?.kind === 'likelihoods' && texts !== undefined)
        return openTexts(scoring, policy, suite, texts);
      return openHeldOut(scoring, policy, pairs);
    };
    return {evaluation, name: nameOfEvaluation(evaluation), seed, score: scorerOf()};
  });
  return {policy, suites: opened};
};
