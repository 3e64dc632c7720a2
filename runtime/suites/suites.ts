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
import type {AnySuite, Grading, Item, Suite} from './suite.js';
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

/** Those that a fleet can score its checkpoints by. */
export type FleetSuiteName = {
  [N in SuiteName]: Suites[N] extends {readonly standalone: true} ? never : N;
}[SuiteName];
type Options = Suites[FleetSuiteName]['options'];

/** What a fleet may say under `evaluation`. */
export type Evaluation = z.infer<Options>;
/** Of a suite whose items the policy answers. */
export type AnswerEvaluation = {
  [N in FleetSuiteName]: Suites[N] extends {readonly kind: 'answers'} ? z.infer<Suites[N]['options']> : never;
}[FleetSuiteName];

/** A schema for each that a fleet may have, for fleet.yaml. */
export const suiteOptions = Object.values<Suite>(suites).flatMap((suite) =>
  suite.standalone ? [] : [suite.options],
) as unknown as [Options, ...Options[]];

const suiteOf = ({suite}: Evaluation): Suite => suites[suite];

const isAnswered = (evaluation: Evaluation): evaluation is AnswerEvaluation =>
  suiteOf(evaluation).kind === 'answers';

/** Whether a suite of this name scores pairs; false of one that is not there any more. */
export const scoresPairs = (name: string): boolean =>
  Object.entries<Suite>(suites).some(([suite, {kind}]) => suite === name && kind === 'pairs');

/** Such as `exact_match of held-out.jsonl`. */
export const evaluationText = (evaluation: Evaluation): string => {
  const suite: Pick<AnySuite<Evaluation>, 'describe'> = suites[evaluation.suite];
  return suite.describe(evaluation);
};

/** What a policy is asked and how long its answers may be. */
export interface Questions {
  readonly suite: SuiteName;
  readonly items: readonly Item[];
  readonly maxCompletionTokens: number;
  readonly grade: (item: Item, answer: string, grading?: Grading) => Promise<Grade>;
  readonly summary: (graded: readonly Graded<Item>[]) => Promise<Summary>;
}

/** What a suite asks; undefined of one that scores pairs. Throws as `AnswerSuite.items` says. */
export const questionsOf = async (evaluation: Evaluation): Promise<Questions | undefined> => {
  const suite = suiteOf(evaluation);
  if (suite.kind !== 'answers' || !isAnswered(evaluation)) return undefined;
  const {suite: name, maxCompletionTokens} = evaluation;
  if (suite.needsJudge?.(evaluation))
    throw new TerminalError(
      `evaluation: suite ${name} as it is set needs a judge, which a fleet's evaluator has not; score checkpoints by it with \`anchorage eval\``,
    );
  const items = await suite.items(evaluation);
  const several = items.findIndex(({followUps = []}) => followUps.length > 0);
  if (several >= 0)
    throw new TerminalError(
      `evaluation: suite ${name}: item ${several + 1} has followUps, which a fleet's evaluator does not ask; score checkpoints by it with \`anchorage eval\``,
    );
  const without = (answer: string): Grading => ({answers: [answer], judge: undefined, policy: 'policy'});
  return {
    suite: name,
    items,
    maxCompletionTokens,
    grade: async (item, answer, grading = without(answer)) =>
      gradeOf(await suite.grade(item, answer, grading, evaluation)),
    summary: async (graded) => suite.summary?.(graded, evaluation) ?? meanSummary(graded),
  };
};
