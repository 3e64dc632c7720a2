import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {gradeOf} from '../../../runtime/suites/grade.js';
import {multipleChoice} from '../../../runtime/suites/multiple-choice.js';
import {temporaryFile} from '../../helpers/temporary.js';

const optionsOf = (file: string, choose?: 'letter') =>
  multipleChoice.options.parse({suite: 'multiple_choice', file, ...(choose === undefined ? {} : {choose})});

test('The likeliest choice counts for acc, and the likeliest by the character for acc_norm', (t) => {
  const item = {prompt: 'p', continuations: ['yes', 'certainly not'], gold: 1};
  // −6 / 3 = −2 a character against −13 / 13 = −1.
  const likelihoods = [
    {logps: -6, tokens: 2},
    {logps: -13, tokens: 4},
  ];
  t.like(gradeOf(multipleChoice.grade(item, likelihoods)), {score: 0, details: {acc: 0, acc_norm: 1}});
  const even = [
    {logps: -2, tokens: 1},
    {logps: -2, tokens: 1},
  ];
  t.like(gradeOf(multipleChoice.grade({...item, gold: 0}, even)), {score: 1});
});

test('What is right is a place from 0, a letter, or the text', async (t) => {
  const lines = [
    {question: 'q', choices: ['x', 'y'], answer: 1},
    {question: 'q', choices: ['x', 'y'], answer: 'B'},
    {question: 'q', options: ['x', 'y'], target: [1]},
    {prompt: 'As it stands:', choices: ['x', 'y'], answer: 'y', group: 'whole'},
  ];
  const file = temporaryFile(t, 'q.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
  const items = await multipleChoice.items(optionsOf(file));
  t.deepEqual(
    items.map(({gold}) => gold),
    [1, 1, 1, 1],
  );
  t.is(items[0]?.prompt, 'Question: q\nAnswer:');
  t.like(items[3], {prompt: 'As it stands:', group: 'whole'});
  const [lettered] = await multipleChoice.items(optionsOf(file, 'letter'));
  t.deepEqual(lettered, {prompt: 'q\nA. x\nB. y\nAnswer:', continuations: ['A', 'B'], gold: 1});
});

test('A row that is no question is named', async (t) => {
  for (const [line, message] of [
    [{question: 'q', choices: ['x', 'y'], answer: 2}, /q\.jsonl:1: answer: is no place in choices/],
    [{question: 'q', choices: ['x'], answer: 0}, /q\.jsonl:1: choices: not a list/],
    [{choices: ['x', 'y'], answer: 0}, /q\.jsonl:1: question: not a text/],
  ] as const)
    await t.throwsAsync(multipleChoice.items(optionsOf(temporaryFile(t, 'q.jsonl', JSON.stringify(line)))), {
      instanceOf: TerminalError,
      message,
    });
  await t.throwsAsync(multipleChoice.items(multipleChoice.options.parse({suite: 'multiple_choice'})), {
    message: /needs one of file, which has questions, and data, /,
  });
});
