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
