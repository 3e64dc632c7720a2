/** What a policy's answers come to by a suite that needs no judge. */
import {TerminalError} from '../errors.js';
import type {Questions} from './suites.js';

export interface AnswersScore {
  /** From 0 to 1. */
  readonly score: number;
  /** Items that have a grade. */
  readonly items: number;
  /** Of each item, in order; undefined where nobody could tell. */
  readonly grades: readonly (number | undefined)[];
}

/**
 * What the answers to the items come to; an answer that is missing is an empty one.
 *
 * @throws TerminalError where a suite gives what is no grade, a number from 0 to 1 whatever was answered; and where no item has one.
 */
export const scoreAnswers = async (
  {suite, items, grade, summary}: Pick<Questions, 'suite' | 'items' | 'grade' | 'summary'>,
  completions: readonly string[],
): Promise<AnswersScore> => {
  const graded = await Promise.all(
    items.map(async (item, index) => {
      const found = await grade(item, completions[index] ?? '');
      const {score: value} = found;
      if (value === undefined || (value >= 0 && value <= 1)) return {item, grade: found};
      throw new TerminalError(
        `suite ${suite}: item ${index + 1} was graded ${value}; a grade is from 0 to 1`,
      );
    }),
  );
  const {score} = await summary(graded);
  if (score === undefined) throw new TerminalError(`suite ${suite}: none of its items has a grade`);
  return {
    score: score.value,
    items: graded.filter((each) => each.grade.score !== undefined).length,
    grades: graded.map((each) => each.grade.score),
  };
};
