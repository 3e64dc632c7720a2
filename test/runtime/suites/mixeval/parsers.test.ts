import test from 'ava';
import {choiceIn} from '../../../../runtime/suites/mixeval/parsers.js';

const options = ['a red apple', 'a green pear', 'neither', 'both of them'];

test('A choice is read in each form that models write', (t) => {
  for (const answer of [
    'B',
    'B.',
    ' B\n',
    'B. a green pear',
    'B) a green pear',
    'B: a green pear',
    '(B)',
    '[B]',
    'The answer is B.',
    'The answer is (B) a green pear.',
    'The answer is **B**.',
    '**B. a green pear**',
    '**Answer: B**',
    'Answer:\nB\nbecause it is green',
    'Answer:\nB.\nbecause it is green',
    'B.\n\nThe pear is green.',
    'B, since D is wrong',
    "'B'",
    'It must be a green pear, I would say.',
  ])
    t.is(choiceIn(answer, options), 'B', JSON.stringify(answer));
});

test('The first choice counts, and only a letter that is one', (t) => {
  t.is(choiceIn('C or D', options), 'C');
  t.is(choiceIn('E', options), undefined);
  t.is(choiceIn('Vitamin E is in D.', options), 'D');
  t.is(choiceIn('Both of them, or a red apple at least.', options), 'D');
});

test('An article and a person are no choices', (t) => {
  t.is(choiceIn('A pear is green, so B.', options), 'B');
  t.is(choiceIn('A. pear', options), 'A');
  t.is(choiceIn('A', options), 'A');
  t.is(choiceIn('I think that it is C', [...options, 'e', 'f', 'g', 'h', 'i']), 'C');
});

test('Where nothing is chosen nothing is guessed', (t) => {
  for (const answer of ['', '...', 'I cannot say.', 'pears', 'The question has no sensible answer at all'])
    t.is(choiceIn(answer, options), undefined, answer);
});
