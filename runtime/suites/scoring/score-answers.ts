/** What a policy's answers come to by a suite. */
import {TerminalError} from '../../errors.js';
import {watchFirstVerdicts} from '../first-verdicts.js';
import {type Grade, type Graded, unscoredIn} from '../grade.js';
import {gradedAtOnce, type Judge} from '../judge.js';
import type {Questions} from '../suites.js';
import type {Summary} from '../summary.js';
import {eachAtOnce} from './each-at-once.js';

export interface SuiteScore {
  /** From 0 to 1. */
  readonly score: number;
  /** Items that have a grade. */
  readonly items: number;
  /** Of each item, in order; undefined where nobody could tell. */
  readonly grades: readonly (number | undefined)[];
  /** Items without a grade by why they have none, copies counted, the most first. */
  readonly unscored: Readonly<Record<string, number>>;
  readonly summary: Summary;
  /** The first item to which the policy gives no number, from 1: its weights are none any more, and it scores 0. */
  readonly broken?: number;
}

/** Who grades besides the suite, and who is told. */
export interface GradedBy {
  readonly judge?: Judge | undefined;
  /** What to call whoever answered. */
  readonly policy?: string;
  readonly signal?: AbortSignal;
  /** Told of each item that is graded. */
  readonly onGraded?: () => void;
}

const NEVER = new AbortController().signal;

/**
 * What the answers to the items come to; one that is missing is an empty one.
 *
 * @param answers of each item, to each of its turns.
 * @throws TerminalError as `suiteScore`; and as `Judge.ask`, where its endpoint fails.
 */
export const scoreAnswers = async (
  {suite, items, grade, summary}: Pick<Questions, 'suite' | 'items' | 'grade' | 'summary'>,
  answers: readonly (readonly string[])[],
  {judge: asked, policy = 'policy', signal = NEVER, onGraded}: GradedBy = {},
): Promise<SuiteScore> => {
  const judge = asked === undefined ? undefined : watchFirstVerdicts(asked);
  const grades = new Map<number, Grade>();
  const places = items.map((item, place) => ({item, place}));
  await eachAtOnce(places, gradedAtOnce(judge), signal, async ({item, place}) => {
    const all = answers[place] ?? [''];
    const found = await grade(item, all.at(-1) ?? '', {answers: all, judge, policy});
    grades.set(place, found);
    onGraded?.();
  });
  signal.throwIfAborted();
  const graded = items.map((item, place) => ({item, grade: grades.get(place) ?? {score: undefined}}));
  return suiteScore(suite, graded, await checkedSummary(suite, graded, summary));
};

/**
 * @throws TerminalError where a suite gives what is no grade, a number from 0 to 1 whatever was answered.
 */
export const checkedSummary = async <I>(
  suite: string,
  graded: readonly Graded<I>[],
  summary: (graded: readonly Graded<I>[]) => Promise<Summary>,
): Promise<Summary> => {
  for (const [place, {grade}] of graded.entries())
    if (grade.score !== undefined && !(grade.score >= 0 && grade.score <= 1))
      throw new TerminalError(
        `suite ${suite}: item ${place + 1} was graded ${grade.score}; a grade is from 0 to 1`,
      );
  return summary(graded);
};

/** @throws TerminalError where no item has a grade. */
export const suiteScore = (
  suite: string,
  graded: readonly Graded<{readonly weight?: number}>[],
  summary: Summary,
): SuiteScore => {
  if (summary.score === undefined) throw new TerminalError(`suite ${suite}: ${whyNoScore(graded)}`);
  return {
    score: summary.score.value,
    items: graded.filter(({grade}) => grade.score !== undefined).length,
    grades: graded.map(({grade}) => grade.score),
    unscored: unscoredIn(graded),
    summary,
  };
};

const whyNoScore = (graded: readonly Graded<unknown>[]): string => {
  const unscored = graded.find(({grade}) => grade.score === undefined)?.grade.unscored;
  return `none of its items has a grade${unscored === undefined ? '' : `: ${unscored}`}`;
};
