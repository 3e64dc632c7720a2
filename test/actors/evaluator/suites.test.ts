import test, {type ExecutionContext} from 'ava';
import {ITEM_EXAMPLE, itemsOf, scoreOf, shownAnswers} from '../../../actors/evaluator/suites.js';
import {TerminalError} from '../../../runtime/errors.js';
import {readJsonLines} from '../../../runtime/json/json-lines.js';
import {temporaryFile} from '../../helpers/temporary.js';

const lines = (file: string) => readJsonLines(file, ITEM_EXAMPLE);
const exactMatch = (t: ExecutionContext, text: string) => {
  const file = temporaryFile(t, 'held-out.jsonl', text);
  return itemsOf({suite: 'exact_match', file, maxCompletionTokens: 8}, lines);
};

test('an exact match forgives outer space only', async (t) => {
  const [item] = await exactMatch(t, '{"prompt": "2+2=", "answer": "4 "}\n');
  t.is(item?.prompt, '2+2=');
  t.is(item?.grade(' 4\n'), 1);
  t.is(item?.grade('4.'), 0);
  t.is(item?.grade(''), 0);
});

test('blank lines are no items, and a broken line is named by its number', async (t) => {
  t.is((await exactMatch(t, '{"prompt": "a", "answer": "b"}\n\n')).length, 1);
  for (const line of ['{"prompt": ', '{"prompt": "a"}', '7', '{"prompt": 1, "answer": "b"}']) {
    const error = await t.throwsAsync(exactMatch(t, `{"prompt": "a", "answer": "b"}\n\n${line}\n`), {
      instanceOf: TerminalError,
    });
    t.regex(error?.message ?? '', /held-out\.jsonl:3: /);
  }
});

test('an evaluation file may begin with a byte order mark, and hold the line ends of other systems in its texts', async (t) => {
  const items = await exactMatch(
    t,
    '\ufeff{"prompt":"2+2","answer":"4"}\r\n{"prompt":"3","answer":"x\u2028y"}\r\n',
  );
  t.deepEqual(
    items.map(({prompt, grade}) => [prompt, grade('4'), grade('x\u2028y')]),
    [
      ['2+2', 1, 0],
      ['3', 0, 1],
    ],
  );
  await t.throwsAsync(exactMatch(t, '\n'), {instanceOf: TerminalError, message: /holds nothing to ask/});
});

test('a score is the mean grade, and a completion that is missing counts as wrong', async (t) => {
  const items = await exactMatch(t, '{"prompt": "a", "answer": "1"}\n{"prompt": "b", "answer": "2"}\n');
  t.is(scoreOf(items, ['1', '2']), 1);
  t.is(scoreOf(items, ['1', '1']), 0.5);
  t.is(scoreOf(items, ['1']), 0.5);
});

test('the demonstration is graded by rule, whatever the style of the answer', async (t) => {
  const [first, ...rest] = await itemsOf({suite: 'arithmetic', count: 300, maxCompletionTokens: 32}, lines);
  t.is(rest.length, 299);
  const items = [...(first?.prompt ?? '').matchAll(/(\d+)([*+-])(\d+)/g)].map(([, a, sign, b]) =>
    sign === '*' ? Number(a) * Number(b) : sign === '+' ? Number(a) + Number(b) : Number(a) - Number(b),
  );
  t.is(items.length, 4);
  t.is(first?.grade(`${items.join(',')}.`), 1);
  t.is(first?.grade(`${items.map((item) => `=${item}`).join(' ')} ok.`), 1);
  t.is(first?.grade(`${items.with(2, (items[2] ?? 0) + 10).join(',')}.`), 0);
});

test('The first items are shown with their answers and grades, each text as far as there is room', async (t) => {
  const items = await itemsOf({suite: 'arithmetic', count: 6, maxCompletionTokens: 8}, lines);
  const answers = shownAnswers(items, ['nonsense', 'x'.repeat(5000)]);
  t.is(answers.length, 5);
  t.deepEqual(answers[0], {prompt: items[0]?.prompt, completion: 'nonsense', grade: 0});
  t.is(answers[1]?.completion, `${'x'.repeat(4096)} … (5000 characters in all)`);
});
