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
  /** In the order of its grades. */
  readonly items: readonly ScoredItem[];
}

/** What is to be known of an item besides its id, wherever its text is. */
export interface ScoredItem {
  /** How often it counts. */
  readonly weight: number;
  /** Of a mixture, what it is a part of. */
  readonly part: string | undefined;
}

const itemsOf = (suite: OpenedSuite | undefined, pairs: readonly PreferencePair[]): ScoredItem[] =>
  suite === undefined || suite.kind === 'pairs'
    ? pairs.map(() => ({weight: 1, part: undefined}))
    : suite.items.map(({weight = 1}, place) => ({weight, part: suite.parts?.[place]}));

/**
 * Reads what the suites ask, in the order of the fleet.
 *
 * @throws TerminalError as `openSuite` and `requireAskable`.
 */
export const readSuites = async (fleet: Fleet): Promise<OpenedSuite[]> => {
  return Promise.all(
    evaluationsOf(fleet).map(async (evaluation) => {
      const suite = await openSuite(evaluation);
      requireAskable(suite, evaluation, fleet);
      return suite;
    }),
  );
};

export interface OpeningSuites<P> {
  /** As `readSuites` has them. */
  readonly suites: readonly OpenedSuite[];
  /** A judge for each of them that has one. */
  readonly judges: readonly (Judge | undefined)[];
  /** Those that are held back. */
  readonly pairs: readonly PreferencePair[];
  /** False where a server answers what suites ask; true unless given. */
  readonly answersHere?: boolean;
  /** Loads the policy for what the suites need of it. */
  readonly load: (needs: Needs) => Promise<P>;
}

/** @param model the policy before training, whose weights nothing here holds. */
export const openSuites = async <P extends ScoredPolicy>(
  scoring: Scoring,
  model: Pick<ModelCheckpoint, 'tokenizer' | 'config'>,
  {suites, judges, pairs, answersHere = true, load}: OpeningSuites<P>,
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
  const isAsked = answersHere && suites.some(({kind}) => kind !== 'likelihoods');
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
    const name = nameOfEvaluation(evaluation);
    return {evaluation, name, seed, score: scorerOf(), items: itemsOf(suite, pairs)};
  });
  return {policy, suites: opened};
};
