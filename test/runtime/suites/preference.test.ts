import test from 'ava';
import {gradeOf} from '../../../runtime/suites/grade.js';
import {preference} from '../../../runtime/suites/preference.js';
import {temporaryFile} from '../../helpers/temporary.js';

const options = preference.options.parse({suite: 'preference', pairs: 'pairs.jsonl'});
const item = {prompt: 'p', continuations: ['good', 'bad']};
const likelihoods = (...logps: number[]) => logps.map((each) => ({logps: each, tokens: 3}));

test('With a reference the higher reward counts, β (log π − log π_ref); without, the likelier answer', (t) => {
  // Rewards .1 · (−10 + 12) = .2 and .1 · (−8 + 9) = .1, though the rejected answer is the likelier.
  const rewarded = gradeOf(preference.grade(item, likelihoods(-10, -8), likelihoods(-12, -9), options));
  t.is(rewarded.score, 1);
  t.true(Math.abs(Number(rewarded.details?.margin) - 0.1) < 1e-12);
  t.is(gradeOf(preference.grade(item, likelihoods(-10, -8), undefined, options)).score, 0);
  t.is(gradeOf(preference.grade(item, likelihoods(-8, -8), likelihoods(-8, -8), options)).score, 0);
});

test('Rewards have their means and RewardBench’s subsets their rows', (t) => {
  const graded = [
    {
      item: {...item, subset: 'chat'},
      grade: gradeOf(preference.grade(item, likelihoods(-1, -3), likelihoods(-2, -3), options)),
    },
    {
      item: {...item, subset: 'code'},
      grade: gradeOf(preference.grade(item, likelihoods(-3, -1), likelihoods(-3, -2), options)),
    },
  ];
  const {metrics, rows = [], notes} = preference.summary(graded);
  t.is(metrics['rewards/accuracies']?.value, 0.5);
  t.is(metrics['rewards/chosen']?.value, 0.05);
  t.deepEqual(
    rows.map(({name, estimate}) => [name, estimate?.value]),
    [
      ['chat', 1],
      ['code', 0],
    ],
  );
  t.deepEqual(notes, []);
});

test('Pairs are read in any form that training reads', async (t) => {
  const pairs = temporaryFile(
    t,
    'pairs.jsonl',
    '{"prompt": "a", "chosen": "b", "rejected": "c", "subset": "chat"}\n',
  );
  t.deepEqual(await preference.items({...options, pairs}), [
    {prompt: 'a', continuations: ['b', 'c'], subset: 'chat'},
  ]);
});
