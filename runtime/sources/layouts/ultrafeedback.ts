/**
 * UltraFeedback: `instruction`, and the `completions` of several models to it, each with a judge's `overall_score` from 1 to 10
 * and its ratings from 1 to 5 by four aspects.
 *
 * About two thousand scores of 1 were stored as 10 (OpenBMB/UltraFeedback, issue 8). A 10 beside a mean rating of 3 or less
 * is a 1; one beside no ratings may be either, and is none.
 */

import {numberIn, objectsIn, stringIn} from '../fields.js';
import type {Columns} from '../rows.js';
import type {Answer, Layout} from './layout.js';

export const ultrafeedback: Layout = {
  fits: (columns) => 'instruction' in columns && 'completions' in columns,
  read: (columns, where) => ({
    prompt: stringIn(columns, 'instruction', where),
    answers: objectsIn(columns, 'completions', where).map((completion, index) =>
      answerOf(completion, `${where}: completions.${index}`),
    ),
  }),
};

const answerOf = (completion: Columns, where: string): Answer => ({
  text: stringIn(completion, 'response', where),
  model: stringIn(completion, 'model', where) || undefined,
  score: scoreOf(completion),
});

const STORED_FOR_1 = 10;
/** The middle of the ratings. */
const MIDDLE = 3;

function scoreOf(completion: Columns): number | undefined {
  const score = numberIn(completion.overall_score);
  if (score !== STORED_FOR_1) return score;
  const mean = meanRating(completion);
  if (mean === undefined) return undefined;
  return mean <= MIDDLE ? 1 : score;
}

/** Of the ratings of every aspect; what is not rated, `"N/A"`, does not count. */
function meanRating({annotations}: Columns): number | undefined {
  if (typeof annotations !== 'object' || annotations === null) return undefined;
  const ratings = Object.values(annotations)
    .map((aspect: unknown) => numberIn((aspect as Columns | null)?.Rating))
    .filter((rating) => rating !== undefined);
  return ratings.length === 0 ? undefined : ratings.reduce((sum, each) => sum + each) / ratings.length;
}
