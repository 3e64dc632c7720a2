import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {gradeOf} from '../../../../runtime/suites/grade.js';
import type {Judge} from '../../../../runtime/suites/judge.js';
import {mtBench} from '../../../../runtime/suites/mt-bench/mt-bench.js';
import {RATING, ratingQuestion} from '../../../../runtime/suites/mt-bench/rating.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const questions = [
  {question_id: 81, category: 'writing', turns: ['Write.', 'Again.']},
  {question_id: 111, category: 'math', turns: ['1 + 1?', 'And + 1?'], reference: ['two', 'three']},
  {question_id: 121, category: 'coding', turns: ['Code.', 'More.']},
  {question_id: 131, category: 'extraction', turns: ['Find.', 'More.'], reference: ['kept', 'out']},
];
const itemsOf = (file: string) => mtBench.items(mtBench.options.parse({suite: 'mt_bench', file}));
const fileOf = (t: Parameters<typeof temporaryFile>[0], rows: readonly object[]) =>
  temporaryFile(t, 'question.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));

test('Questions have two turns, a temperature by their category, and a reference where they are judged by one', async (t) => {
  const items = await itemsOf(fileOf(t, questions));
  t.deepEqual(
    items.map(({id, prompt, followUps, temperature, reference}) => [
      id,
      prompt,
      followUps,
      temperature,
      reference,
    ]),
    [
      ['81', 'Write.', ['Again.'], 0.7, undefined],
      ['111', '1 + 1?', ['And + 1?'], 0, ['two', 'three']],
      ['121', 'Code.', ['More.'], 0, undefined],
      ['131', 'Find.', ['More.'], 0, undefined],
    ],
  );
});

test('Each turn is rated in the light of those before, and by the reference where there is one', async (t) => {
  const items = await itemsOf(fileOf(t, questions));
  const asked: string[] = [];
  const judge: Judge = {
    model: 'judge',
    async ask({prompt}, read) {
      asked.push(prompt);
      const reply = prompt.includes('turn="2"') ? 'Rating: [[4]]' : 'Rating: [[9]]';
      return {kind: 'read', value: read(reply) as NonNullable<ReturnType<typeof read>>, reply};
    },
  };
  const graded = await Promise.all(
    items.map(async (item) => {
      const answers = ['first answer', 'second answer'];
      return {
        item,
        grade: gradeOf(await mtBench.grade(item, 'second answer', {answers, judge, policy: 'p'})),
      };
    }),
  );
  t.is(asked.length, 8);
  t.is(asked.filter((prompt) => prompt.includes('<reference>')).length, 2);
  t.false(
    asked.filter((prompt) => !prompt.includes('turn="2"')).some((prompt) => prompt.includes('second answer')),
  );
  const {metrics, score, rows = [], notes = []} = mtBench.summary(graded);
  t.is(score?.value, 0.65);
  t.is(metrics.mt_bench?.value, 6.5);
  t.is(metrics.turn_1?.value, 9);
  t.is(metrics.turn_2?.value, 4);
  t.deepEqual(
    rows.map(({name}) => name),
    ['writing', 'math', 'coding', 'extraction'],
  );
  t.regex(notes.join(), /^1 questions of mathematics, code or reasoning have no reference/);
});

test('A question one of whose turns cannot be read has no score', async (t) => {
  const [item] = await itemsOf(fileOf(t, questions));
  if (item === undefined) return t.fail('there is a question');
  let calls = 0;
  const judge: Judge = {
    model: 'judge',
    async ask(_, read) {
      calls += 1;
      const reply = '[[9]]';
      return calls === 1
        ? {kind: 'read', value: read(reply) as NonNullable<ReturnType<typeof read>>, reply}
        : {kind: 'unreadable', tries: 3, reply: 'Good.'};
    },
  };
  const grade = gradeOf(await mtBench.grade(item, 'b', {answers: ['a', 'b'], judge, policy: 'p'}));
  t.is(grade.score, undefined);
  t.is(grade.unscored, 'the judge cannot be read');
  t.is(grade.details?.turn_1, 9);
});

test('A rating is read from 1 to 10', (t) => {
  for (const [reply, rating] of [
    ['Good. Rating: [[8]]', 8],
    ['[[7.5]]', 7.5],
    ['Rating: [10]', 10],
    ['[[0]]', undefined],
    ['[[11]]', undefined],
    ['8/10', undefined],
  ] as const)
    t.is(RATING.marked(reply), rating, reply);
});

test('What the judge is asked names the marker, and no reference where there is none', (t) => {
  const {prompt} = ratingQuestion(['q'], ['a'], undefined);
  t.true(prompt.includes('[[5]]'));
  t.false(prompt.includes('reference'));
});

test('A row that is no question is named', async (t) => {
  for (const [row, message] of [
    [{...questions[0], turns: 'x'}, /question\.jsonl:1: turns: not a list of texts/],
    [{...questions[1], reference: ['two']}, /question\.jsonl:1: reference: not a text for each turn/],
    [{turns: ['a']}, /question\.jsonl:1: needs question_id and category/],
  ] as const)
    await t.throwsAsync(itemsOf(fileOf(t, [row])), {instanceOf: TerminalError, message});
});
