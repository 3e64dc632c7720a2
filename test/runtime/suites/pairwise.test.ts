import test from 'ava';
import {gradeOf} from '../../../runtime/suites/grade.js';
import type {Judge} from '../../../runtime/suites/judge.js';
import {BETTER, pairwise} from '../../../runtime/suites/pairwise.js';
import {temporaryFile} from '../../helpers/temporary.js';

/** Prefers by a rule of the two answers as they are shown. */
const judgeBy = (rule: (first: string, second: string) => 0 | 1 | 2): Judge => ({
  model: 'judge',
  async ask({prompt}, read) {
    const [first = '', second = ''] = [...prompt.matchAll(/<answer number="\d">\n(.*)\n/g)].map(
      ([, text]) => text ?? '',
    );
    const reply = `[[${rule(first, second)}]]`;
    return {kind: 'read', value: read(reply) as NonNullable<ReturnType<typeof read>>, reply};
  },
});
const item = {prompt: 'p', reference: 'short'};
const graded = async (answer: string, judge: Judge | undefined) =>
  gradeOf(await pairwise.grade(item, answer, {answers: [answer], judge, policy: 'p'}));

test('An answer wins where it is preferred in both orders, and a judge of places decides nothing', async (t) => {
  const longer = judgeBy((first, second) => (first.length > second.length ? 1 : 2));
  t.is((await graded('much longer', longer)).score, 1);
  t.is((await graded('s', longer)).score, 0);
  t.like(
    await graded(
      'other',
      judgeBy(() => 1),
    ),
    {score: 0.5, details: {outcome: 'disagreement'}},
  );
  t.like(
    await graded(
      'other',
      judgeBy(() => 0),
    ),
    {score: 0.5, details: {outcome: 'tie'}},
  );
  t.like(await graded('short ', undefined), {score: 0.5, details: {outcome: 'tie'}});
  t.is((await graded('other', undefined)).unscored, 'there is no judge');
});

test('Rates are per cent, with shares of wins, losses and ties', async (t) => {
  const {metrics} = pairwise.summary(
    [
      {score: 1, details: {win: 1, loss: 0, tie: 0, disagreement: 0}},
      {score: 0.5, details: {win: 0, loss: 0, tie: 1, disagreement: 0}},
      {score: 0, details: {win: 0, loss: 1, tie: 0, disagreement: 0}},
      {score: 1, details: {win: 1, loss: 0, tie: 0, disagreement: 0}},
    ].map((grade) => ({item, grade})),
  );
  t.is(metrics.win_rate?.value, 62.5);
  t.is(metrics.wins?.value, 50);
  t.is(metrics.ties?.value, 25);
});

test('The last marker of a reply counts', (t) => {
  t.is(BETTER.marked('[[1]] seems good, but [[2]]'), 2);
  t.is(BETTER.marked('[[3]]'), undefined);
});

test('Recorded answers are read by their prompts', async (t) => {
  const file = temporaryFile(
    t,
    'a.jsonl',
    '{"prompt": "a", "completion": "b"}\n{"instruction": "c", "output": "d"}\n',
  );
  const items = await pairwise.items(pairwise.options.parse({suite: 'pairwise', reference: file}));
  t.deepEqual(items, [
    {prompt: 'a', reference: 'b'},
    {prompt: 'c', reference: 'd'},
  ]);
});
