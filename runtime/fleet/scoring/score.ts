/** What one checkpoint comes to by one suite. Pure. */
import type {Checkpoint, EvaluationAnswer, EvaluationScore} from '../../../proto/messages.js';
import type {SuiteScore} from '../../suites/scoring/score-answers.js';
import {SHOWN_ITEMS} from '../../suites/suite.js';
import type {Summary} from '../../suites/summary.js';
import {excerpt} from '../../text/excerpt.js';

export interface Score {
  /** From 0 to 1, and between what it lies in 95 of 100 such samples. */
  readonly score: number;
  readonly low?: number;
  readonly high?: number;
  readonly items: number;
  /** Of held-out pairs; nats. */
  readonly margin?: number;
  /** What else the suite says, in its own units. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** To some of the items. */
  readonly answers?: EvaluationAnswer[];
  /** Of each item, NaN where nobody could tell; and what tells it from others. */
  readonly grades?: number[];
  readonly itemIds?: string[];
  /** As `Summary.pseudoValues`; undefined where the score is the mean grade. */
  readonly pseudoValues?: () => readonly number[];
}

/** Scores a checkpoint whose weights are taken up by one suite. */
export type Scorer = (checkpoint: Pick<Checkpoint, 'step' | 'policyVersion' | 'beta'>) => Promise<Score>;

/** As the message has it. */
export const scoreOf = (
  {score, items, grades, summary}: SuiteScore,
  itemIds: readonly string[],
  answers: EvaluationAnswer[] = [],
): Score => ({
  score,
  ...intervalOf(summary),
  items,
  metrics: metricsOf(summary),
  answers,
  grades: grades.map((grade) => grade ?? Number.NaN),
  itemIds: [...itemIds],
  ...(summary.pseudoValues && {pseudoValues: summary.pseudoValues}),
});

/** What metrics say of a score: what the suite is called, and whether it says which checkpoint is the best. */
export const scoreValues = (
  {score, margin, metrics = {}}: Pick<EvaluationScore, 'score' | 'margin' | 'metrics'>,
  {name, decides, seconds}: {readonly name: string; readonly decides: boolean; readonly seconds: number},
): Record<string, number> => ({
  ...(decides ? {score} : {}),
  [`score/${name}`]: score,
  ...Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [`score/${name}/${metric}`, value])),
  'score/seconds': seconds,
  ...(typeof margin === 'number' ? {'score/margin': margin} : {}),
});

const within = (share: number): number => Math.min(1, Math.max(0, share));

const intervalOf = ({score}: Summary): Pick<Score, 'low' | 'high'> =>
  score === undefined ? {} : {low: within(score.low), high: within(score.high)};

const metricsOf = ({metrics}: Summary): Record<string, number> =>
  Object.fromEntries(
    // A mean grade is the score itself.
    Object.entries(metrics).flatMap(([name, {value}]) => (name === 'score' ? [] : [[name, value]])),
  );

/** What of a score a message has room for: as many of the answers as that, and the grades by item where these alone are not too many. */
export type Trimmed = Pick<EvaluationScore, 'answers' | 'grades' | 'itemIds'>;

/** From all of it to nothing, one answer less at a time. */
export function* trimmed({answers = [], grades = [], itemIds = []}: Score): Generator<Trimmed> {
  for (let shown = answers.length; shown >= 0; shown -= 1)
    yield {grades, itemIds, answers: answers.slice(0, shown)};
  yield {answers: []};
}

const MOST_CHARACTERS = 4096;

/** What the policy answered to the first items, which are the same with every score; without `grades`, of a suite that has none. */
export const shownAnswers = (
  items: readonly {readonly prompt: string}[],
  completions: readonly string[],
  grades?: readonly (number | undefined)[],
): EvaluationAnswer[] =>
  items.slice(0, SHOWN_ITEMS).map(({prompt}, index) => ({
    prompt: excerpt(prompt, MOST_CHARACTERS),
    completion: excerpt(completions[index] ?? '', MOST_CHARACTERS),
    ...(grades?.[index] === undefined ? {} : {grade: grades[index]}),
  }));
