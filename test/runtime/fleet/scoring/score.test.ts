import test from 'ava';
import {shownAnswers} from '../../../../runtime/fleet/scoring/score.js';

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
