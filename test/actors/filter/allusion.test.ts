import test from 'ava';
import {allusionIn} from '../../../actors/filter/allusion.js';

for (const [revision, words] of [
  ['Here is the corrected solution: 4', 'corrected solution'],
  ['I have improved the clarity. It is 4.', 'I have improved'],
  ["I've made some changes. It is 4.", "I've made some changes"],
  ['Unlike the original answer, it is 4.', 'original answer'],
  ["The student's answer was 5; it is 4.", "student's answer"],
  ['The student wrote 5, but it is 4.', 'The student wrote'],
  ['This revision says 4.', 'This revision'],
] as const) {
  test(`"${revision}" speaks of a revision`, (t) => {
    t.is(allusionIn(revision, 'What is 2+2?', 'It is 5.'), words);
  });
}

test('an answer about revisions, students or originals speaks of its topic', (t) => {
  for (const [revision, prompt] of [
    ['The revised version of the law is of 1998.', 'When is the revised version of the law of?'],
    ['The student has three apples.', 'The student has five apples and eats two. How many are left?'],
    ['It is an original idea, and students like it.', 'Is it a good idea?'],
    ['The corrected sample variance divides by n - 1.', 'What is the sample variance?'],
  ] as const)
    t.is(allusionIn(revision, prompt, 'I do not know.'), undefined, revision);
  t.is(allusionIn('The updated version is 4.', 'Which?', 'The updated version is 5.'), undefined);
});
