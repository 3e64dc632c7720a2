/** The suites, by the word of fleet.yaml and of `anchorage eval`. A new suite is its file and its line here. */
import type * as z from 'zod';
import {TerminalError} from '../errors.js';
import {alpacaEval} from './alpaca-eval/alpaca-eval.js';
import {arithmetic} from './arithmetic.js';
import {exactMatch} from './exact-match.js';
import {goldAnswers} from './gold-answers.js';
import {type Grade, type Graded, gradeOf} from './grade.js';
import {heldout} from './heldout.js';
import {ifeval} from './ifeval/ifeval.js';
import {mixeval} from './mixeval/mixeval.js';
import {module} from './module.js';
import {mtBench} from './mt-bench/mt-bench.js';
import {multipleChoice} from './multiple-choice.js';
import {pairwise} from './pairwise.js';
import {perplexity} from './perplexity.js';
import {preference} from './preference.js';
import type {AnySuite, Grading, Item, Likelihood, LikelihoodForm, LikelihoodItem, Suite} from './suite.js';
import {meanSummary, type Summary} from './summary.js';

export const suites = {
  alpaca_eval: alpacaEval,
  arithmetic,
  exact_match: exactMatch,
  gold_answers: goldAnswers,
  heldout,
  ifeval,
  mixeval,
  module,
  mt_bench: mtBench,
  multiple_choice: multipleChoice,
  pairwise,
  perplexity,
  preference,
} as const satisfies Record<string, Suite>;
// The word of a suite is the one that its options ask for.
suites satisfies {readonly [N in SuiteName]: {readonly options: z.ZodType<{suite: N}>}};

type Suites = typeof suites;
export type SuiteName = keyof Suites;
export const suiteNames = Object.keys(suites) as SuiteName[];

type Options = Suites[SuiteName]['options'];

/** What a fleet may say of a suite under `evaluation`. */
export type SuiteChoice = z.infer<Options>;
/** The same as people write it. */
export type SuiteInput = z.input<Options>;
/** Of a suite whose items the policy answers. */
type AnswerChoice = {
  [N in SuiteName]: Suites[N] extends {readonly kind: 'answers'} ? z.infer<Suites[N]['options']> : never;
}[SuiteName];
/** Of a suite that measures texts. */
type LikelihoodChoice = {
  [N in SuiteName]: Suites[N] extends {readonly kind: 'likelihoods'} ? z.infer<Suites[N]['options']> : never;
}[SuiteName];

/** What the score itself is called among the metrics. */
export const SCORE = 'score';

/** A schema for each, for fleet.yaml. */
export const suiteOptions = Object.values<Suite>(suites).map(({options}) => options);

const suiteOf = ({suite}: SuiteChoice): Suite => suites[suite];

const isAnswered = (choice: SuiteChoice): choice is AnswerChoice => suiteOf(choice).kind === 'answers';
const isMeasured = (choice: SuiteChoice): choice is LikelihoodChoice =>
  suiteOf(choice).kind === 'likelihoods';

/** Whether a suite of this name scores pairs; false of one that is not there any more. */
export const scoresPairs = (name: string): boolean =>
  Object.entries<Suite>(suites).some(([suite, {kind}]) => suite === name && kind === 'pairs');

/** Whether it measures log-probabilities: of texts, or of a run's own pairs. */
export const measuresTexts = (choice: SuiteChoice): boolean => suiteOf(choice).kind !== 'answers';

/** As `AnySuite.beforeTraining`. */
export const beforeTraining = (choice: SuiteChoice): string | undefined => suiteOf(choice).beforeTraining;

/** Such as `exact_match of held-out.jsonl`. */
export const evaluationText = (choice: SuiteChoice): string => {
  const suite: Pick<AnySuite<SuiteChoice>, 'describe'> = suites[choice.suite];
  return suite.describe(choice);
};

/** What a judge is to it: `needed` where nothing has a score without one. */
export const judgeUse = (choice: SuiteChoice): 'needed' | 'used' | 'unused' => {
  const suite = suiteOf(choice);
  if (suite.kind !== 'answers' || !isAnswered(choice) || suite.usesJudge !== true) return 'unused';
  return suite.needsJudge?.(choice) ? 'needed' : 'used';
};

/** The files and folders that it names, each under its key. */
export const filesOfSuite = (choice: SuiteChoice): {readonly key: string; readonly file: string}[] =>
  (suiteOf(choice).files ?? []).flatMap((key) => {
    const file: unknown = choice[key as keyof SuiteChoice];
    return typeof file === 'string' ? [{key, file}] : [];
  });

/** What checkpoints may be compared by: the score itself, and its metrics. */
export const metricNamesOf = (choice: SuiteChoice): readonly string[] => [
  SCORE,
  ...(suiteOf(choice).metrics ?? []),
];

/** Whether less of a metric is better; of a suite that is not there any more, more is. */
export const isLowerBetter = (name: string, metric: string): boolean =>
  Object.entries<Suite>(suites).some(
    ([suite, {lowerIsBetter = []}]) => suite === name && lowerIsBetter.includes(metric),
  );

/** What a policy is asked and how long its answers may be. */
export interface Questions {
  readonly kind: 'answers';
  readonly suite: SuiteName;
  readonly items: readonly Item[];
  readonly maxCompletionTokens: number;
  readonly grade: (item: Item, answer: string, grading?: Grading) => Promise<Grade>;
  readonly summary: (graded: readonly Graded<Item>[]) => Promise<Summary>;
  /** Of a mixture, what each item is a part of; undefined of any other suite. */
  readonly parts: readonly string[] | undefined;
  /** Whether there is no score without a judge. */
  readonly needsJudge: boolean;
}

/** Texts whose log-probabilities are measured. */
export interface Texts {
  readonly kind: 'likelihoods';
  readonly suite: SuiteName;
  readonly items: readonly LikelihoodItem[];
  readonly form: LikelihoodForm;
  /** Tokens of a long text that are looked at together; all that there are places for where it is undefined. */
  readonly windowTokens: number | undefined;
  readonly grade: (
    item: LikelihoodItem,
    policy: readonly Likelihood[],
    reference: readonly Likelihood[] | undefined,
  ) => Grade;
  readonly summary: (graded: readonly Graded<LikelihoodItem>[]) => Promise<Summary>;
  /** As `Questions.parts`. */
  readonly parts: readonly string[] | undefined;
}

/** A suite with its items; the run's own pairs come from the run. */
export type OpenedSuite = Questions | Texts | {readonly kind: 'pairs'; readonly suite: SuiteName};

/**
 * Reads what a suite asks. Throws as `AnswerSuite.items` says, and where what the policy says would count for nothing.
 */
export const openSuite = async (choice: SuiteChoice): Promise<OpenedSuite> =>
  (await questionsOf(choice)) ?? (await textsOf(choice)) ?? {kind: 'pairs', suite: choice.suite};

/** What a suite asks; undefined of one whose items are not answered. Throws as `openSuite`. */
export const questionsOf = async (choice: SuiteChoice): Promise<Questions | undefined> => {
  const suite = suiteOf(choice);
  if (suite.kind !== 'answers' || !isAnswered(choice)) return undefined;
  const {suite: name, maxCompletionTokens} = choice;
  if ((await suite.annotated?.(choice)) !== undefined)
    throw new TerminalError(
      `evaluation: suite ${name} scores what was annotated, whatever a checkpoint answers; give reference in the place of annotations`,
    );
  const without = (answer: string): Grading => ({answers: [answer], judge: undefined, policy: 'policy'});
  const items = await suite.items(choice);
  return {
    kind: 'answers',
    suite: name,
    items,
    maxCompletionTokens,
    grade: async (item, answer, grading = without(answer)) =>
      gradeOf(await suite.grade(item, answer, grading, choice)),
    summary: async (graded) => suite.summary?.(graded, choice) ?? meanSummary(graded),
    parts: mixtureOf(suite.parts?.(items)),
    needsJudge: suite.needsJudge?.(choice, items) ?? false,
  };
};

/** Where all items are parts of something, and not all of the same. */
const mixtureOf = (parts: readonly (string | undefined)[] = []): readonly string[] | undefined => {
  const named = parts.flatMap((part) => part ?? []);
  return named.length === parts.length && new Set(named).size > 1 ? named : undefined;
};

const textsOf = async (choice: SuiteChoice): Promise<Texts | undefined> => {
  const suite = suiteOf(choice);
  if (suite.kind !== 'likelihoods' || !isMeasured(choice)) return undefined;
  const items = await suite.items(choice);
  return {
    kind: 'likelihoods',
    suite: choice.suite,
    items,
    form: suite.form,
    windowTokens: suite.windowTokens?.(choice),
    grade: (item, policy, reference) => gradeOf(suite.grade(item, policy, reference, choice)),
    summary: async (graded) => suite.summary?.(graded, choice) ?? meanSummary(graded),
    parts: mixtureOf(suite.parts?.(items)),
  };
};
