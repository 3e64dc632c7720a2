import test from 'ava';
import {
  optionQuestion,
  optionScale,
  SCORE,
  scoreQuestion,
} from '../../../../runtime/suites/mixeval/judging.js';
import {verdictReader} from '../../../../runtime/suites/verdict.js';

const option = optionScale(['x', 'y', 'z']);

test('A score is read from double brackets, else from single ones, and only from 0 to 1', (t) => {
  const replies: readonly (readonly [string, number | undefined])[] = [
    ['It agrees. The correctness score: [[0.5]]', 0.5],
    ['[[1]]', 1],
    ['[[1.0]] and not [[0.0]]', 1],
    ['[[0.]]', 0],
    ['Score: [0.3].', 0.3],
    ['See [7]. [[0.9]]', 0.9],
    ['[[1.5]]', undefined],
    ['[[-1]]', undefined],
    ['[[ 0.5 ]]', undefined],
    ['[[score]]', undefined],
    ['0.5', undefined],
    ['', undefined],
  ];
  for (const [reply, score] of replies) t.is(SCORE.marked(reply), score, reply);
});

test('An option is read from double brackets, else from single ones', (t) => {
  const replies: readonly (readonly [string, string | undefined])[] = [
    ['The option chosen by the model: [[A]].', 'A'],
    ['[B]', 'B'],
    ['[[C]] or [[D]]', 'C'],
    ['[E] and [[F]]', 'F'],
    ['[[none]]', 'none'],
    ['[[a]]', undefined],
    ['[[AB]]', undefined],
    ['A', undefined],
  ];
  for (const [reply, wanted] of replies) t.is(option.marked(reply), wanted, reply);
});

test('Asked for the value alone, neither the question nor its examples show a marker', (t) => {
  const plain = {form: 'plain'} as const;
  for (const {prompt, form} of [
    scoreQuestion('q', ['t'], 'a', plain),
    optionQuestion('q', ['x', 'y'], 'a', plain),
  ]) {
    t.notRegex(prompt, /\[\[/);
    t.regex(prompt, /Answer with the .* and nothing else/);
    t.is(form, undefined);
  }
  t.regex(scoreQuestion('q', ['t'], 'a').prompt, /names? .* in double|\[\[1\.0\]\]/);
});

test('JSON is held to the values there are, and to the options of the question', (t) => {
  const {form, prompt} = optionQuestion('q', ['x', 'y'], 'a', {form: 'plain', structured: true});
  t.deepEqual(form, {
    name: 'option',
    schema: {
      type: 'object',
      properties: {option: {type: 'string', enum: ['A', 'B', 'none']}},
      required: ['option'],
      additionalProperties: false,
    },
  });
  t.regex(prompt, /Where your answer is a JSON object, its key is option/);
  const marked = scoreQuestion('q', ['t'], 'a', {structured: true});
  t.deepEqual(marked.form?.schema.required, ['explanation', 'score']);
  t.like(marked.form?.schema.properties, {
    score: {type: 'number', enum: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]},
  });
});

test('An option is read from JSON and from a line of its own', (t) => {
  const read = verdictReader(option, {form: 'plain', structured: true});
  for (const [reply, wanted] of [
    ['{"option": "B"}', 'B'],
    ['{"option": "none"}', 'none'],
    ['The answer is **C**.', 'C'],
    ['(A)', 'A'],
    ['{"option": "bat"}', undefined],
    ['B or C', undefined],
  ] as const)
    t.is(read(reply), wanted, reply);
});
