/** What a policy in this process comes to by a fleet's suite, item by item. */
import type {EvaluationAnswer, PreferencePair} from '../../../proto/messages.js';
import {TerminalError} from '../../errors.js';
import {evaluatorCache} from '../../fleet/file/cache-memory.js';
import {decidingOf, evaluationsOf, nameOfEvaluation} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {createPairScorer} from '../../learning/pair-scorer.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {createGenerator} from '../../model/generation/generation.js';
import {encodePrompt} from '../../model/text/encode.js';
import {itemIds} from '../../suites/item-ids.js';
import {scoreAnswers} from '../../suites/scoring/score-answers.js';
import {type Item, SHOWN_ITEMS} from '../../suites/suite.js';
import {judgeUse, openSuite, type Questions} from '../../suites/suites.js';
import {openExecutor} from '../../tensor/open.js';

/** One item of a suite: the same wherever its text is. */
export interface ScoredItem {
  /** As `itemIds` has it. */
  readonly id: string;
  /** Where the suite is a mixture, which part of it. */
  readonly benchmark?: string;
  /** How often it counts. */
  readonly weight: number;
}

export interface PolicyScore {
  /** From 0 to 1. */
  readonly score: number;
  /** Of each item, in the order of `items`. */
  readonly grades: readonly (number | null)[];
  /** Of held-out pairs; nats. */
  readonly margin?: number;
  readonly answers: readonly EvaluationAnswer[];
}

/** Scores weights of one model, one set after another. */
export interface PolicyScorer {
  readonly suite: string;
  /** What the fleet calls it; empty where that is the suite's word. */
  readonly name: string;
  readonly items: readonly ScoredItem[];
  score(weights: ModelCheckpoint['weights'], policyVersion: number): Promise<PolicyScore>;
  dispose(): Promise<void>;
}

export interface ScorerOptions {
  readonly fleet: Fleet;
  readonly threads: number;
  readonly heldOut: readonly PreferencePair[];
}

/**
 * By the suite that says which checkpoint is the best: a replay has one curve.
 *
 * @returns undefined where the fleet has no evaluation.
 * @throws TerminalError where the suite asks whom a replay has not: a judge, or one for several turns or log-probabilities.
 */
export const openPolicyScorer = async (
  model: ModelCheckpoint,
  options: ScorerOptions,
): Promise<PolicyScorer | undefined> => {
  const deciding = decidingOf(options.fleet)?.name;
  const evaluation = evaluationsOf(options.fleet).find((each) => nameOfEvaluation(each) === deciding);
  if (evaluation === undefined) return undefined;
  const suite = await openSuite(evaluation);
  const {name = ''} = evaluation;
  if (suite.kind === 'pairs') return {...(await openHeldOutScorer(model, options)), name};
  const isConversation =
    suite.kind === 'answers' && suite.items.some(({followUps = []}) => followUps.length > 0);
  if (suite.kind === 'likelihoods' || isConversation || judgeUse(evaluation) === 'needed')
    throw new TerminalError(
      `evaluation: a replay does not score by suite ${suite.suite} as it is set; give --fleet a file with another suite, and score its checkpoints by \`anchorage eval\``,
    );
  return {...(await openAnswerScorer(model, options, suite)), name};
};

type Unnamed = Omit<PolicyScorer, 'name'>;

const openAnswerScorer = async (
  model: ModelCheckpoint,
  {fleet, threads}: ScorerOptions,
  questions: Questions,
): Promise<Unnamed> => {
  const {suite, items, maxCompletionTokens: maxNewTokens} = questions;
  const prompts = items.map(({prompt}) => encodePrompt(model.tokenizer, prompt, fleet.policy));
  const {executor} = await openExecutor({backend: fleet.backend, device: fleet.device, threads});
  const generator = await createGenerator(model, executor, evaluatorCache(fleet, model.config));
  const greedy = {maxNewTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
  return {
    suite,
    items: identified(items),
    async score(weights, policyVersion) {
      generator.reload(weights, policyVersion);
      const answers = await generator.generate(prompts.map((promptIds) => ({promptIds, ...greedy})));
      const scored = await scoreAnswers(
        questions,
        answers.map(({text}) => [text]),
      );
      const grades = scored.grades.map((grade) => grade ?? null);
      const shown = items.slice(0, SHOWN_ITEMS).map(({prompt}, index) => ({
        prompt,
        completion: answers[index]?.text ?? '',
        grade: grades[index] ?? null,
      }));
      return {score: scored.score, grades, answers: shown};
    },
    dispose: () => generator.dispose(),
  };
};

/** By the implicit rewards of the pairs that were held back: 1 where the chosen answer's is the higher. */
const openHeldOutScorer = async (
  model: ModelCheckpoint,
  {fleet, threads, heldOut}: ScorerOptions,
): Promise<Unnamed> => {
  if (heldOut.length === 0)
    throw new TerminalError(
      'suite heldout: the run has no held-out pairs; give --fleet a file with another suite, or none',
    );
  const {backend, device, precision, policy} = fleet;
  const {executor} = await openExecutor({backend, device, threads, precision, work: 'training'});
  const scorer = createPairScorer(model, executor, policy.maxPromptTokens + policy.maxCompletionTokens);
  return {
    suite: 'heldout',
    items: identified(heldOut),
    async score(weights, policyVersion) {
      // The policy before training is the reference: all its rewards are 0.
      if (policyVersion === 0) return {score: 0, margin: 0, grades: heldOut.map(() => 0), answers: []};
      await scorer.reload(weights);
      const margins: number[] = [];
      for (const pair of heldOut) {
        const {chosen, rejected} = await scorer.logps(pair);
        margins.push(
          fleet.objective.beta *
            (chosen - pair.referenceChosenLogps - (rejected - pair.referenceRejectedLogps)),
        );
      }
      const grades = margins.map((margin) => (margin > 0 ? 1 : 0));
      return {score: mean(grades), margin: mean(margins), grades, answers: []};
    },
    dispose: () => scorer.dispose(),
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const identified = (
  items: readonly (Item & {readonly benchmark?: unknown; readonly weight?: number})[],
): ScoredItem[] => {
  const ids = itemIds(items);
  return items.map(({benchmark, weight = 1}, index) => ({
    id: ids[index] ?? '',
    weight,
    ...(typeof benchmark === 'string' ? {benchmark} : {}),
  }));
};
