/** Grades: what the items of a suite come to. */

/** What an item came to. */
export interface Grade {
  /** From 0 to 1; undefined where nobody could tell: such an item is counted and said, and is in no mean. */
  readonly score: number | undefined;
  /** Why there is no score. */
  readonly unscored?: string;
  /** What else is to be known of it: numbers that the suite sums up, and what a judge said. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An item with what it came to; of a grade that is a number alone, `grade.score` is that. */
export interface Graded<I> {
  readonly item: I;
  readonly grade: Grade;
}

/** A grade that is a number alone, as a grade. */
export const gradeOf = (grade: number | Grade): Grade => (typeof grade === 'number' ? {score: grade} : grade);

interface Counted {
  readonly weight?: number;
}

/** Items without a score by why they have none, copies counted, the most first. */
export const unscoredIn = (graded: readonly Graded<Counted>[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const {
    item: {weight = 1},
    grade: {score, unscored = 'no score'},
  } of graded)
    if (score === undefined) counts.set(unscored, (counts.get(unscored) ?? 0) + weight);
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
};
