import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {finalNumberIn, goldAnswers, normalised} from '../../../runtime/suites/gold-answers.js';
import {gradeOf} from '../../../runtime/suites/grade.js';
import type {Judge} from '../../../runtime/suites/judge.js';
import {temporaryFile} from '../../helpers/temporary.js';

type Match = 'exact' | 'normalised' | 'numeric' | 'letter' | 'regex' | 'judged';

const graded = async (t: ExecutionContext, match: Match, row: object, answer: string, judge?: Judge) => {
  const file = temporaryFile(t, 'gold.jsonl', JSON.stringify({prompt: 'p', ...row}));
  const options = goldAnswers.options.parse({suite: 'gold_answers', file, match});
  const [item] = await goldAnswers.items(options);
  if (item === undefined) throw new Error('there is an item');
  return gradeOf(await goldAnswers.grade(item, answer, {answers: [answer], judge, policy: 'p'}, options));
};

test('Each way to match decides as it says', async (t) => {
  const cases: readonly (readonly [Match, object, string, number])[] = [
    ['exact', {answer: 'Paris'}, ' Paris\n', 1],
    ['exact', {answer: 'Paris'}, 'paris', 0],
    ['normalised', {answer: ['Paris', 'Lutetia']}, 'The  lutetia!', 1],
    ['normalised', {answer: 'Paris'}, 'It is Paris', 0],
    ['numeric', {answer: 1234.5}, 'So it is $1,234.50.', 1],
    ['numeric', {answer: '12'}, '3 of 4 are 12', 1],
    ['numeric', {answer: '12'}, '12 of 20', 0],
    ['numeric', {answer: 12}, 'none', 0],
    ['letter', {choices: ['x', 'y'], answer: 'y'}, 'It is (B).', 1],
    ['letter', {choices: ['x', 'y'], answer: 0}, 'B', 0],
    ['regex', {answer: '^(19|20)\\d\\d\\.?$'}, '1984.', 1],
    ['regex', {answer: '^(19|20)\\d\\d$'}, 'in 1984', 0],
  ];
  for (const [match, row, answer, score] of cases)
    t.is((await graded(t, match, row, answer)).score, score, `${match} ${JSON.stringify(row)} ${answer}`);
});

test('Numbers are taken from where answers put them', (t) => {
  t.is(finalNumberIn('2 + 3 = 5, so 7\n#### 5'), 5);
  t.is(finalNumberIn('\\boxed{-1,000} because of 3'), -1000);
  t.is(finalNumberIn('about 1e3.'), 1000);
  t.is(finalNumberIn('.5'), 0.5);
  t.is(finalNumberIn('nothing'), undefined);
});

test('Normal form is SQuAD’s', (t) => {
  t.is(normalised('The "Cat\'s"  a-b'), 'cats ab');
});

test('An answer that chooses no option is wrong, as lm-evaluation-harness has it', async (t) => {
  t.deepEqual(await graded(t, 'letter', {choices: ['x', 'y'], answer: 0}, 'Hm.'), {
    score: 0,
    details: {option: null},
  });
});

test('An answer that nobody judges has no score', async (t) => {
  t.is((await graded(t, 'judged', {answer: 'x'}, 'x')).unscored, 'there is no judge');
});

test('A row that cannot be matched so is refused before anybody is asked', async (t) => {
  for (const [match, row, message] of [
    ['numeric', {answer: 'many'}, /gold\.jsonl:1: answer: "many": is not one number/],
    ['regex', {answer: '('}, /gold\.jsonl:1: answer: "\(": Invalid regular expression/],
    ['letter', {answer: 'A'}, /gold\.jsonl:1: choices: not a list/],
    ['letter', {choices: ['x', 'y'], answer: 'C'}, /gold\.jsonl:1: answer: is no choice/],
    ['normalised', {}, /gold\.jsonl:1: answer: is no text or number/],
  ] as const)
    await t.throwsAsync(graded(t, match, row, ''), {instanceOf: TerminalError, message});
});

test('A pattern that would look for ever is no match', async (t) => {
  t.is((await graded(t, 'regex', {answer: '^(a+)+$'}, `${'a'.repeat(40)}!`)).score, 0);
});
