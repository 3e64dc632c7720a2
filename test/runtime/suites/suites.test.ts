import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {
  evaluationText,
  filesOfSuite,
  isLowerBetter,
  judgeUse,
  openSuite,
  questionsOf,
  scoresPairs,
  suites,
} from '../../../runtime/suites/suites.js';
import {temporaryFile} from '../../helpers/temporary.js';

test('the demonstration is graded by rule, whatever the style of the answer', async (t) => {
  const questions = await questionsOf({suite: 'arithmetic', count: 300, maxCompletionTokens: 32});
  const [first, ...rest] = questions?.items ?? [];
  if (questions === undefined || first === undefined) return t.fail('there is nothing to ask');
  t.is(rest.length, 299);
  const values = [...first.prompt.matchAll(/(\d+)([*+-])(\d+)/g)].map(([, a, sign, b]) =>
    sign === '*' ? Number(a) * Number(b) : sign === '+' ? Number(a) + Number(b) : Number(a) - Number(b),
  );
  t.is(values.length, 4);
  const scoreOf = async (answer: string) => (await questions.grade(first, answer)).score;
  t.is(await scoreOf(`${values.join(',')}.`), 1);
  t.is(await scoreOf(`${values.map((value) => `=${value}`).join(' ')} ok.`), 1);
  t.is(await scoreOf(`${values.with(2, (values[2] ?? 0) + 10).join(',')}.`), 0);
});

test('A suite that scores pairs asks nothing', async (t) => {
  t.is(await questionsOf({suite: 'heldout', holdOut: 8}), undefined);
  t.deepEqual(Object.keys(suites).filter(scoresPairs), ['heldout']);
  t.false(scoresPairs('of another version'));
});

test('Each suite says what it asks in one line', (t) => {
  t.is(evaluationText({suite: 'arithmetic', count: 3, maxCompletionTokens: 8}), 'arithmetic, 3 items');
  t.is(evaluationText({suite: 'heldout', holdOut: 8}), 'heldout: the pairs of 8 prompts, never trained on');
  t.is(
    evaluationText({suite: 'exact_match', file: 'a.jsonl', maxCompletionTokens: 8}),
    'exact_match of a.jsonl',
  );
});

test('Annotations are no suite of a fleet, whose checkpoints they say nothing of', async (t) => {
  const row = {
    instruction: 'a',
    output_1: 'b',
    output_2: 'c',
    generator_1: 'base',
    generator_2: 'mine',
    preference: 2,
  };
  const annotations = temporaryFile(t, 'annotations.json', JSON.stringify([row]));
  await t.throwsAsync(openSuite({suite: 'alpaca_eval', annotations, maxCompletionTokens: 8}), {
    instanceOf: TerminalError,
    message: /^evaluation: suite alpaca_eval scores what was annotated, .* give reference in the place/,
  });
});

test('A suite that measures texts opens with its items, and grades what was measured of them', async (t) => {
  const file = temporaryFile(t, 'texts.jsonl', '{"text": "one two"}\n');
  const texts = await openSuite({suite: 'perplexity', file, windowTokens: 8});
  if (texts.kind !== 'likelihoods') return t.fail(texts.kind);
  const [item] = texts.items;
  if (item === undefined) return t.fail('there is nothing to measure');
  t.is(texts.windowTokens, 8);
  const grade = texts.grade(item, [{logps: -4, tokens: 2}], undefined);
  const {score, metrics} = await texts.summary([{item, grade}]);
  // exp(−4 / 2), and its inverse, the perplexity.
  t.true(Math.abs((score?.value ?? 0) - 0.1353352832) < 1e-9);
  t.true(Math.abs((metrics.perplexity?.value ?? 0) - 7.389056099) < 1e-8);
});

test('What a suite names is known, with what a judge is to it and which of its metrics are better where they are lower', (t) => {
  const gold = {suite: 'gold_answers', file: 'a.jsonl', maxCompletionTokens: 8} as const;
  t.deepEqual(filesOfSuite({...gold, match: 'exact'}), [{key: 'file', file: 'a.jsonl'}]);
  t.is(judgeUse({...gold, match: 'judged'}), 'needed');
  t.is(judgeUse({...gold, match: 'exact'}), 'used');
  t.is(judgeUse({suite: 'heldout', holdOut: 2}), 'unused');
  t.true(isLowerBetter('perplexity', 'byte_perplexity'));
  t.false(isLowerBetter('ifeval', 'perplexity'));
});

test('No suite has an option by a name that every suite of a fleet has', (t) => {
  const common = ['name', 'when', 'seed', 'judge', 'best'];
  for (const [name, {options}] of Object.entries(suites))
    t.deepEqual(
      Object.keys(options.shape).filter((key) => common.includes(key)),
      [],
      name,
    );
});
