import test from 'ava';
import {scoreTexts} from '../../../../runtime/suites/scoring/score-texts.js';
import {meanSummary} from '../../../../runtime/suites/summary.js';

const texts = {
  suite: 'multiple_choice' as const,
  items: [
    {prompt: 'a', continuations: ['b', 'c']},
    {prompt: 'd', continuations: ['e', 'f']},
  ],
  /** Right is the first. */
  grade: (_: unknown, [one, other]: readonly {readonly logps: number}[]) => ({
    score: (one?.logps ?? 0) > (other?.logps ?? 0) ? 1 : 0,
  }),
  summary: async (graded: Parameters<typeof meanSummary>[0]) => meanSummary(graded),
};
const measured = (...logps: number[]) => logps.map((each) => ({logps: each, tokens: 1}));

test('Each item is graded by what was measured of it', async (t) => {
  const found = await scoreTexts(texts, [measured(-1, -2), measured(-2, -1)]);
  t.like(found, {score: 0.5, items: 2, grades: [1, 0], broken: undefined});
});

test('A policy that gives no number scores 0, and the first item that shows it is named', async (t) => {
  const found = await scoreTexts(texts, [measured(-1, -2), measured(Number.NaN, -1)]);
  t.like(found, {score: 0, items: 2, grades: [0, 0], broken: 2});
});
