import test from 'ava';
import {scoreSchema} from '../../../../runtime/dashboard/read/log-rows.js';
import {bestScore, suiteScores} from '../../../../runtime/dashboard/read/suite-scores.js';
import {scoreTable} from '../../../../runtime/dashboard/score-table.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';

const line = (policy_version: number, score: number, fields: object = {}) =>
  scoreSchema.parse({
    ...{step: 10 * policy_version, policy_version, suite: 'arithmetic', score, items: 4, seconds: 1},
    ...fields,
  });
const perplexity = (version: number, value: number) =>
  line(version, 1 / value, {suite: 'perplexity', name: 'news', metrics: {perplexity: value}});

/** The second says which is the best, by a metric of which less is better. */
const fleet = {
  evaluation: [
    {suite: 'arithmetic', count: 4, maxCompletionTokens: 8},
    {suite: 'perplexity', name: 'news', file: 'a', windowTokens: 8, best: {metric: 'perplexity'}},
  ],
} as unknown as Fleet;

test('Scores are parted by what the fleet calls their suites, that which says the best first, each checkpoint once', (t) => {
  const lines = [line(0, 0.1), perplexity(0, 9), line(2, 0.3), line(1, 0.2), line(1, 0.9), perplexity(2, 5)];
  const found = suiteScores(lines, fleet);
  t.deepEqual(
    found.map(({name, scores}) => [name, scores.map(({policy_version: version}) => version)]),
    [
      ['news', [0, 2]],
      ['arithmetic', [0, 1, 2]],
    ],
  );
  t.is(found[1]?.scores[1]?.score, 0.2);
  // Without a fleet, in the order in which they come.
  t.deepEqual(
    suiteScores(lines, undefined).map(({name}) => name),
    ['arithmetic', 'news'],
  );
});

test('The best is by what the fleet says, and of any other suite by its score', (t) => {
  const [news, arithmetic] = suiteScores(
    [perplexity(0, 9), perplexity(1, 4), perplexity(2, 5), line(0, 0.1), line(1, 0.3), line(2, 0.3)],
    fleet,
  );
  if (news === undefined || arithmetic === undefined) return t.fail('there are two suites');
  t.is(bestScore(news, fleet)?.policy_version, 1);
  t.is(bestScore(arithmetic, fleet)?.policy_version, 1);
});

test('A table of scores names suites where there are several, and has intervals where there are some', (t) => {
  const one = suiteScores([line(0, 0.25)], undefined);
  t.deepEqual(scoreTable(one), [['step', 'policy', 'score', 'seconds'], [['0', '0', '0.250', '1.0']]]);
  const [header, rows] = scoreTable(
    suiteScores([line(1, 0.5, {low: 0.25, high: 0.75}), perplexity(1, 4)], fleet),
  );
  t.deepEqual(header, ['step', 'policy', 'suite', 'score', '95 %', 'seconds']);
  t.deepEqual(rows, [
    ['10', '1', 'news', '0.250', '', '1.0'],
    ['10', '1', 'arithmetic', '0.500', '0.250 to 0.750', '1.0'],
  ]);
});
