/** The scores of a run as a table: a row for each, with its suite where there are several. Pure. */
import type {SuiteScores} from './read/suite-scores.js';

export const scoreTable = (
  suites: readonly SuiteScores[],
): [header: readonly string[], rows: readonly (readonly string[])[]] => {
  const isOne = suites.length === 1;
  const rows = suites.flatMap(({name, scores}) =>
    scores.map(({step, policy_version: version, score, low, high, seconds}) => [
      String(step),
      String(version),
      ...(isOne ? [] : [name]),
      score.toFixed(3),
      low === undefined || high === undefined ? '' : `${low.toFixed(3)} to ${high.toFixed(3)}`,
      seconds.toFixed(1),
    ]),
  );
  const hasIntervals = rows.some((row) => row.at(-2) !== '');
  const header = ['step', 'policy', ...(isOne ? [] : ['suite']), 'score', '95 %', 'seconds'];
  const without = (row: readonly string[]): readonly string[] =>
    hasIntervals ? row : [...row.slice(0, -2), ...row.slice(-1)];
  return [without(header), rows.map(without)];
};
