/** The suites, by the word of fleet.yaml. A new suite is its file and its line here. */
import type {z} from 'zod';
import {arithmetic} from './arithmetic.js';
import {exactMatch} from './exact-match.js';
import {heldout} from './heldout.js';
import type {AnySuite, Item, Suite} from './suite.js';

export const suites = {arithmetic, exact_match: exactMatch, heldout} as const satisfies Record<string, Suite>;
// The word of a suite is the one that its options ask for.
suites satisfies {readonly [N in SuiteName]: {readonly options: z.ZodType<{suite: N}>}};

type Suites = typeof suites;
export type SuiteName = keyof Suites;
type Options = Suites[SuiteName]['options'];

/** What a fleet may say under `evaluation`. */
export type Evaluation = z.infer<Options>;
/** Of a suite whose items the policy answers. */
export type AnswerEvaluation = {
  [N in SuiteName]: Suites[N] extends {readonly kind: 'answers'} ? z.infer<Suites[N]['options']> : never;
}[SuiteName];

/** A schema for each, for fleet.yaml. */
export const suiteOptions = Object.values(suites).map(({options}) => options) as [Options, ...Options[]];

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
  /** From 0 to 1. */
  readonly grade: (item: Item, answer: string) => Promise<number>;
}

/** What a suite asks; undefined of one that scores pairs. Throws as `AnswerSuite.items` says. */
export const questionsOf = async (evaluation: Evaluation): Promise<Questions | undefined> => {
  const suite = suiteOf(evaluation);
  if (suite.kind !== 'answers' || !isAnswered(evaluation)) return undefined;
  const {suite: name, maxCompletionTokens} = evaluation;
  const items = await suite.items(evaluation);
  return {suite: name, items, maxCompletionTokens, grade: (item, answer) => suite.grade(item, answer)};
};
