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
 * What the answers to the items come to; an answer that is missing is an empty one.
 *
 * @throws TerminalError where a suite gives what is no grade, a number from 0 to 1 whatever was answered; and where no item has one.
 */
export const scoreOf = async (
  {suite, items, grade, summary}: Pick<Questions, 'suite' | 'items' | 'grade' | 'summary'>,
  completions: readonly string[],
): Promise<Score & {readonly grades: readonly (number | undefined)[]}> => {
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

const MOST_CHARACTERS = 4096;

/** What the policy answered to the first items, which are the same with every score; without `grades`, of a suite that has none. */
export const shownAnswers = (
  items: readonly Item[],
  completions: readonly string[],
  grades?: readonly (number | undefined)[],
): EvaluationAnswer[] =>
  items.slice(0, SHOWN_ITEMS).map(({prompt}, index) => ({
    prompt: excerpt(prompt, MOST_CHARACTERS),
    completion: excerpt(completions[index] ?? '', MOST_CHARACTERS),
    ...(grades?.[index] === undefined ? {} : {grade: grades[index]}),
  }));
