/** What one checkpoint comes to. Pure. */
import type {Checkpoint, EvaluationAnswer} from '../../proto/messages.js';
import {type Item, SHOWN_ITEMS} from '../../runtime/suites/suite.js';
import {excerpt} from '../../runtime/text/excerpt.js';

export interface Score {
  /** From 0 to 1. */
  readonly score: number;
  readonly items: number;
  /** Of held-out pairs; nats. */
  readonly margin?: number;
  /** To some of the items. */
  readonly answers?: EvaluationAnswer[];
  /** Of each item, NaN where nobody could tell; and what tells it from others. */
  readonly grades?: number[];
  readonly itemIds?: string[];
}

/** What checkpoints are scored with. */
export interface Scorer {
  readonly suite: string;
  score(checkpoint: Checkpoint): Promise<Score>;
}

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
