import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {questionsOf} from '../../../runtime/suites/suites.js';
import {temporaryFile} from '../../helpers/temporary.js';

const questionsIn = async (t: ExecutionContext, text: string) => {
  const file = temporaryFile(t, 'held-out.jsonl', text);
  const questions = await questionsOf({suite: 'exact_match', file, maxCompletionTokens: 8});
  if (questions === undefined) throw new Error('exact_match asks nothing');
  return {
    ...questions,
    gradesOf: (answer: string) =>
      Promise.all(questions.items.map(async (item) => (await questions.grade(item, answer)).score)),
  };
};

test('an exact match forgives outer space only', async (t) => {
  const {items, gradesOf} = await questionsIn(t, '{"prompt": "2+2=", "answer": "4 "}\n');
  t.is(items[0]?.prompt, '2+2=');
  t.deepEqual(await gradesOf(' 4\n'), [1]);
  t.deepEqual(await gradesOf('4.'), [0]);
  t.deepEqual(await gradesOf(''), [0]);
});

test('blank lines are no items, and a broken line is named by its number', async (t) => {
  t.is((await questionsIn(t, '{"prompt": "a", "answer": "b"}\n\n')).items.length, 1);
  for (const line of ['{"prompt": ', '{"prompt": "a"}', '7', '{"prompt": 1, "answer": "b"}']) {
    const error = await t.throwsAsync(questionsIn(t, `{"prompt": "a", "answer": "b"}\n\n${line}\n`), {
      instanceOf: TerminalError,
    });
    t.regex(error.message, /held-out\.jsonl:3: /);
  }
});

test('an evaluation file may begin with a byte order mark, and hold the line ends of other systems in its texts', async (t) => {
  const {items, gradesOf} = await questionsIn(
    t,
    '\ufeff{"prompt":"2+2","answer":"4"}\r\n{"prompt":"3","answer":"x\u2028y"}\r\n',
  );
  t.deepEqual(
    items.map(({prompt}) => prompt),
    ['2+2', '3'],
  );
  t.deepEqual(await gradesOf('4'), [1, 0]);
  t.deepEqual(await gradesOf('x\u2028y'), [0, 1]);
});

test('a file without items is refused', async (t) => {
  for (const text of ['', '\n'])
    await t.throwsAsync(questionsIn(t, text), {instanceOf: TerminalError, message: /holds nothing to ask/});
});
