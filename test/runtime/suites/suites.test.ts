import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {evaluationText, questionsOf, scoresPairs, suites} from '../../../runtime/suites/suites.js';
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

test('A fleet refuses items of several turns, which its evaluator does not ask', async (t) => {
  const file = temporaryFile(
    t,
    'own.mjs',
    `export const items = [{prompt: 'a'}, {prompt: 'b', followUps: ['c']}]; export const grade = () => 1;`,
  );
  await t.throwsAsync(questionsOf({suite: 'module', file, maxCompletionTokens: 8}), {
    instanceOf: TerminalError,
    message: /^evaluation: suite module: item 2 has followUps, which a fleet's evaluator does not ask; /,
  });
});
