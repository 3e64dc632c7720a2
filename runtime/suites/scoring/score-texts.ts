/** What the log-probabilities that a policy gives to texts come to by a suite. */
import type {Likelihood} from '../suite.js';
import type {Texts} from '../suites.js';
import {checkedSummary, type SuiteScore, suiteScore} from './score-answers.js';

/**
 * A policy that gives no number to a text, since its own are none any more, scores 0.
 *
 * @param policy of each item, what was measured of its continuations.
 * @param reference the same of a reference model; undefined where there is none.
 * @throws TerminalError as `scoreAnswers`.
 */
export const scoreTexts = async (
  {suite, items, grade, summary}: Pick<Texts, 'suite' | 'items' | 'grade' | 'summary'>,
  policy: readonly (readonly Likelihood[])[],
  reference?: readonly (readonly Likelihood[])[],
): Promise<SuiteScore> => {
  const odd = policy.findIndex((measured) => measured.some(({logps}) => !Number.isFinite(logps)));
  if (odd >= 0)
    return {
      score: 0,
      items: items.length,
      grades: items.map(() => 0),
      unscored: {},
      summary: {score: undefined, metrics: {}},
      broken: odd + 1,
    };
  const graded = items.map((item, place) => ({
    item,
    grade: grade(item, policy[place] ?? [], reference?.[place]),
  }));
  return suiteScore(suite, graded, await checkedSummary(suite, graded, summary));
};
