import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  type Arguments,
  checks,
  follows,
  followsLoosely,
  givenIn,
  type Instruction,
} from '../../../../runtime/suites/ifeval/checks.js';

/** What follows, and what does not. */
type Case = readonly [given: Arguments, followed: readonly string[], broken: readonly string[]];

const cases: Readonly<Record<Instruction, Case>> = {
  'keywords:existence': [{keywords: ['Cat', 'dog']}, ['A cat, a DOGHOUSE'], ['a cat']],
  'keywords:frequency': [
    {keyword: 'yes', frequency: 2, relation: 'at least'},
    ['Yes, yes', 'yesyes no'],
    ['yes'],
  ],
  'keywords:forbidden_words': [{forbidden_words: ['can']}, ['scan it, canned'], ['I can.', 'CAN']],
  'keywords:letter_frequency': [
    {letter: 'O', let_frequency: 2, let_relation: 'less than'},
    ['Go', 'none here'],
    ['foo'],
  ],
  'length_constraints:number_sentences': [
    {num_sentences: 2, relation: 'at least'},
    ['One. Two.', 'One? Two! Three.'],
    ['One'],
  ],
  'length_constraints:number_words': [
    {num_words: 3, relation: 'less than'},
    ['two words', 'well-known'],
    ['one two three'],
  ],
  'length_constraints:number_paragraphs': [
    {num_paragraphs: 2},
    ['one\n***\ntwo', '***\none *** two ***'],
    ['one', 'one *** *** two'],
  ],
  'length_constraints:nth_paragraph_first_word': [
    {num_paragraphs: 2, nth_paragraph: 2, first_word: 'Then'},
    ['One.\n\n"Then, two.'],
    ['One.\n\nTwo.', 'One.\n\nThen.\n\nThree.', 'Then'],
  ],
  'detectable_content:number_placeholders': [{num_placeholders: 2}, ['[name] of [place]'], ['[name]']],
  'detectable_content:postscript': [
    {postscript_marker: 'P.S.'},
    ['Text\nP.S. more', 'p. s. more'],
    ['postscript', 'PS more'],
  ],
  'detectable_format:number_bullet_lists': [
    {num_bullets: 2},
    ['* one\n- two', '  * one\n  * two'],
    ['* one', '** one\n* two'],
  ],
  'detectable_format:constrained_response': [{}, ['Well. My answer is maybe.'], ['My answer is perhaps.']],
  'detectable_format:number_highlighted_sections': [
    {num_highlights: 2},
    ['*one* and *two*', '**one** *two*'],
    ['*one*', '** ** *x*'],
  ],
  'detectable_format:multiple_sections': [
    {section_spliter: 'SECTION', num_sections: 2},
    ['SECTION 1\na\nSECTION 2\nb'],
    ['SECTION 1\na', 'Section 1 Section 2'],
  ],
  'detectable_format:json_format': [{}, ['{"a": 1}', '```json\n[1]\n```'], ['{a: 1}', 'Here: {"a": 1}']],
  'detectable_format:title': [{}, ['<<A title>>\ntext'], ['<< >>', '<A title>', '<<a\nb>>']],
  'combination:two_responses': [
    {},
    ['one ****** two', '******one******two'],
    ['one', 'one ****** one', 'a******b******c'],
  ],
  'combination:repeat_prompt': [{prompt_to_repeat: 'Say it.'}, ['say it. Said.'], ['Said. Say it.']],
  'startend:end_checker': [{end_phrase: 'The end.'}, ['So. the end.', '"The end."'], ['The end. Not.']],
  'startend:quotation': [{}, ['"all of it"', ' "a\nb" '], ['"a" b', '"']],
  'change_case:capital_word_frequency': [
    {capital_frequency: 2, capital_relation: 'at least'},
    ['VERY GOOD', 'I AM'],
    ['Very GOOD'],
  ],
  'change_case:english_capital': [{}, ['ALL OF IT, 1.'], ['Not all', '123']],
  'change_case:english_lowercase': [{}, ['all of it, 1.'], ['Not all', '123']],
  'punctuation:no_comma': [{}, ['a; b'], ['a, b']],
};

for (const name of Object.keys(checks) as Instruction[]) {
  test(`${name} decides as the published check does`, (t) => {
    const [values, followed, broken] = cases[name];
    const given = givenIn('row 1', values);
    for (const answer of followed) t.true(follows(name, answer, given), answer);
    for (const answer of broken) t.false(follows(name, answer, given), answer);
    t.false(follows(name, ' \n', given));
  });
}

test('Signs in a keyword stand for themselves', (t) => {
  const given = givenIn('row 1', {keywords: ['self-care', 'a+b', 'and/or']});
  t.true(follows('keywords:existence', 'Self-care, a+b and/or', given));
  t.false(follows('keywords:existence', 'selfcare, aab and or', given));
});

test('Read leniently, an answer may have a line before or after, and bold marks', (t) => {
  const given = givenIn('row 1', {});
  t.false(follows('detectable_format:json_format', 'Sure:\n{"a": 1}\nThere.', given));
  t.true(followsLoosely('detectable_format:json_format', 'Sure:\n{"a": 1}\nThere.', given));
  t.true(followsLoosely('startend:end_checker', 'x **the end**', givenIn('', {end_phrase: 'the end'})));
  t.false(followsLoosely('punctuation:no_comma', 'a, b', given));
});

test('An argument that is missing or odd is named', (t) => {
  for (const [name, values, message] of [
    ['length_constraints:number_words', {relation: 'at least'}, /row 1: kwargs: num_words: not a number/],
    [
      'length_constraints:number_words',
      {num_words: 3, relation: 'about'},
      /relation: is `at least` or `less than`/,
    ],
    ['keywords:existence', {keywords: 'a'}, /keywords: not a list of texts/],
  ] as const)
    t.throws(() => follows(name, 'an answer', givenIn('row 1', values)), {
      instanceOf: TerminalError,
      message,
    });
});
