/** What one checkpoint comes to. Pure. */
import type {Checkpoint, EvaluationAnswer} from '../../proto/messages.js';
import {TerminalError} from '../../runtime/errors.js';
import {type Item, SHOWN_ITEMS} from '../../runtime/suites/suite.js';
import type {Questions} from '../../runtime/suites/suites.js';
import {excerpt} from '../../runtime/text/excerpt.js';

export interface Score {
  /** From 0 to 1. */
  readonly score: number;
  readonly items: number;
  /** Of held-out pairs; nats. */
  readonly margin?: number;
  /** To some of the items. */
  readonly answers?: EvaluationAnswer[];
}

/** What checkpoints are scored with. */
export interface Scorer {
  readonly suite: string;
  score(checkpoint: Checkpoint): Promise<Score>;
}

/**
 * The grade of the answer to each item; an answer that is missing is an empty one.
 *
 * @throws TerminalError where a suite gives what is no grade: a score is a number from 0 to 1, whatever was answered.
 */
export const gradesOf = (
  {suite, items, grade}: Pick<Questions, 'suite' | 'items' | 'grade'>,
  completions: readonly string[],
): Promise<number[]> =>
  Promise.all(
    items.map(async (item, index) => {
      const value = await grade(item, completions[index] ?? '');
      if (value >= 0 && value <= 1) return value;
      throw new TerminalError(
        `suite ${suite}: item ${index + 1} was graded ${value}; a grade is from 0 to 1`,
      );
    }),
  );

/** The mean grade, from 0 to 1. Throws where there is none. */
export const scoreOf = (grades: readonly number[]): number => {
  if (grades.length === 0) throw new Error('a score needs at least one grade');
  return grades.reduce((sum, grade) => sum + grade, 0) / grades.length;
};

const MOST_CHARACTERS = 4096;

/** What the policy answered to the first items, which are the same with every score; without `grades`, of a suite that has none. */
export const shownAnswers = (
  items: readonly Item[],
  completions: readonly string[],
  grades?: readonly number[],
): EvaluationAnswer[] =>
  items.slice(0, SHOWN_ITEMS).map(({prompt}, index) => ({
    prompt: excerpt(prompt, MOST_CHARACTERS),
    completion: excerpt(completions[index] ?? '', MOST_CHARACTERS),
    ...(grades === undefined ? {} : {grade: grades[index] ?? 0}),
  }));
