import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {gradeOf} from '../../../../runtime/suites/grade.js';
import {ifeval} from '../../../../runtime/suites/ifeval/ifeval.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const rows = [
  {
    key: 1,
    prompt: 'Write.',
    instruction_id_list: ['punctuation:no_comma', 'length_constraints:number_words'],
    kwargs: [{}, {num_words: 2, relation: 'at least', num_sentences: null}],
  },
  {
    key: 2,
    prompt: 'Answer in Thai.',
    instruction_id_list: ['language:response_language'],
    kwargs: [{language: 'th'}],
  },
  {key: 3, prompt: 'Whisper.', instruction_id_list: ['change_case:english_lowercase'], kwargs: [{}]},
];
const itemsOf = (file: string) => ifeval.items(ifeval.options.parse({suite: 'ifeval', file}));

test('An answer follows its prompt where it follows each instruction, and what has no rule has no score', async (t) => {
  const items = await itemsOf(
    temporaryFile(t, 'ifeval.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')),
  );
  const answers = ['One, two', 'x', 'quiet'];
  const graded = await Promise.all(
    items.map(async (item, at) => ({item, grade: gradeOf(await ifeval.grade(item, answers[at] ?? ''))})),
  );
  t.deepEqual(
    graded.map(({grade}) => [grade.score, grade.unscored]),
    [
      [0, undefined],
      [undefined, 'there is no rule for language:response_language'],
      [1, undefined],
    ],
  );
  const {metrics, rows: table = []} = ifeval.summary(graded);
  t.is(metrics.prompt_level_strict_acc?.value, 0.5);
  t.is(metrics.inst_level_strict_acc?.value, 2 / 3);
  t.deepEqual(
    table.map(({name, estimate}) => [name, estimate?.value]),
    [
      ['length_constraints:number_words', 1],
      ['change_case:english_lowercase', 1],
      ['punctuation:no_comma', 0],
    ],
  );
});

test('A row that is none is named before anybody is asked', async (t) => {
  for (const [row, message] of [
    [{...rows[0], kwargs: [{}]}, /ifeval\.jsonl:1: kwargs: not as many/],
    [
      {...rows[0], kwargs: [{}, {}]},
      /ifeval\.jsonl:1: length_constraints:number_words: kwargs: num_words: not a number/,
    ],
    [{...rows[0], prompt: 1}, /ifeval\.jsonl:1: prompt: not a text/],
  ] as const)
    await t.throwsAsync(itemsOf(temporaryFile(t, 'ifeval.jsonl', JSON.stringify(row))), {
      instanceOf: TerminalError,
      message,
    });
});
