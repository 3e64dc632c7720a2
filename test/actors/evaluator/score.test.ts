import test from 'ava';
import {gradesOf, scoreOf, shownAnswers} from '../../../actors/evaluator/score.js';
import {TerminalError} from '../../../runtime/errors.js';

const items = [{prompt: 'a'}, {prompt: 'b'}];
/** Right is a completion that is the prompt; graded later, and in the other order. */
const echoes = {
  suite: 'exact_match' as const,
  items,
  async grade({prompt}: {readonly prompt: string}, completion: string) {
    if (prompt === 'a') await new Promise(setImmediate);
    return completion === prompt ? 1 : 0;
  },
};

test('Each completion is graded by its own item, and one that is missing counts as empty', async (t) => {
  t.deepEqual(await gradesOf(echoes, ['a', 'b']), [1, 1]);
  t.deepEqual(await gradesOf(echoes, ['b', 'b']), [0, 1]);
  t.deepEqual(await gradesOf(echoes, ['a']), [1, 0]);
});

test('What is no grade is refused by suite and item, before it becomes a score', async (t) => {
  for (const value of [Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY])
    await t.throwsAsync(gradesOf({...echoes, grade: async () => value}, ['a', 'b']), {
      instanceOf: TerminalError,
      message: `suite exact_match: item 1 was graded ${value}; a grade is from 0 to 1`,
    });
});

test('A score is the mean grade, and there is none of no grades', (t) => {
  t.is(scoreOf([1, 0, 0.5]), 0.5);
  t.throws(() => scoreOf([]), {message: 'a score needs at least one grade'});
});

test('The first items are shown with their answers and grades, each text as far as there is room', (t) => {
  const many = Array.from({length: 6}, (_, index) => ({prompt: String(index)}));
  const answers = shownAnswers(many, ['nonsense', 'x'.repeat(5000)], [0, 1, 0, 0, 0, 0]);
  t.is(answers.length, 5);
  t.deepEqual(answers[0], {prompt: '0', completion: 'nonsense', grade: 0});
  t.is(answers[1]?.completion, `${'x'.repeat(4096)} … (5000 characters in all)`);
  t.is(answers[1]?.grade, 1);
});

test('Answers that nobody grades have no grade', (t) => {
  t.deepEqual(shownAnswers([{prompt: 'why?'}], ['because']), [{prompt: 'why?', completion: 'because'}]);
});
