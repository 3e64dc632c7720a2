import test from 'ava';
import {gradeOf} from '../../../runtime/suites/grade.js';
import {perplexity} from '../../../runtime/suites/perplexity.js';
import {temporaryFile} from '../../helpers/temporary.js';

test('Perplexity is over all tokens, words and bytes together', async (t) => {
  const file = temporaryFile(t, 'texts.jsonl', '{"text": "one two"}\n{"text": "naïve"}\n');
  const items = await perplexity.items(perplexity.options.parse({suite: 'perplexity', file}));
  const likelihoods = [
    {logps: -6, tokens: 2},
    {logps: -3, tokens: 4},
  ];
  const graded = items.map((item, at) => ({
    item,
    grade: gradeOf(perplexity.grade(item, likelihoods.slice(at))),
  }));
  const {metrics, score} = perplexity.summary(graded);
  // −9 nats over 6 tokens, 3 words and 7 + 6 bytes.
  const near = (found: number | undefined, wanted: number) =>
    t.true(Math.abs((found ?? Number.NaN) - wanted) < 1e-12);
  near(metrics.perplexity?.value, Math.exp(1.5));
  near(metrics.word_perplexity?.value, Math.exp(3));
  near(metrics.byte_perplexity?.value, Math.exp(9 / 13));
  near(metrics.bits_per_byte?.value, 9 / 13 / Math.LN2);
  near(score?.value, Math.exp(-1.5));
});

test('The pseudo-values of texts have the score as their mean, and lie as far apart as leaving a text out moves it', async (t) => {
  const logps = [-60, -20, -45, -30, -52, -41];
  const tokens = [20, 12, 15, 14, 16, 17];
  const file = temporaryFile(t, 'texts.jsonl', logps.map((_, at) => `{"text": "text ${at}"}\n`).join(''));
  const items = await perplexity.items(perplexity.options.parse({suite: 'perplexity', file}));
  const summaryOf = (places: readonly number[]) =>
    perplexity.summary(
      places.flatMap((at) => {
        const item = items[at];
        if (item === undefined) return [];
        const measured = [{logps: logps[at] ?? 0, tokens: tokens[at] ?? 0}];
        return [{item, grade: gradeOf(perplexity.grade(item, measured))}];
      }),
    );
  const all = summaryOf([0, 1, 2, 3, 4, 5]);
  const values = all.pseudoValues?.() ?? [];
  const score = all.score?.value ?? Number.NaN;
  t.true(Math.abs(values.reduce((sum, value) => sum + value, 0) / 6 - score) < 1e-12);
  for (const [left, value] of values.entries()) {
    const without = summaryOf([0, 1, 2, 3, 4, 5].filter((at) => at !== left)).score?.value ?? Number.NaN;
    // To first order: score + 5 (score − score without).
    t.true(Math.abs(value - score - 5 * (score - without)) < 0.02, `${value} ${score} ${without}`);
  }
});
