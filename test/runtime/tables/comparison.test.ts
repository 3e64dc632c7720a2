import test from 'ava';
import {mcNemar, pairedDifference, settingDifferences} from '../../../runtime/tables/comparison.js';

test('McNemar’s exact p values are those of the binomial sums in Python', (t) => {
  // 2 * sum(comb(n, i) for i in range(min + 1)) / 2 ** n
  for (const [above, below, p] of [
    [0, 0, 1],
    [5, 5, 1],
    [8, 2, 0.109375],
    [15, 3, 0.007537841796875],
    [30, 10, 0.0022214337732293643],
  ] as const)
    t.true(Math.abs(mcNemar(above, below) - p) < 1e-9, `${above} ${below}: ${mcNemar(above, below)}`);
});

test('a difference is taken over the items in common alone', (t) => {
  const grades = (from: number, to: number, right: number) =>
    new Map(Array.from({length: to - from}, (_, at) => [`i${from + at}`, from + at < right ? 1 : 0]));
  // Items 10 to 39; of them the first is right on 20, the other on 10.
  const found = pairedDifference(grades(0, 40, 30), grades(10, 60, 20));
  t.is(found?.items, 30);
  t.deepEqual([found?.above, found?.below], [10, 0]);
  t.true(Math.abs((found?.value ?? 0) - 100 / 3) < 1e-9);
  t.true((found?.low ?? 0) > 10);
  t.true(Math.abs((found?.p ?? 0) - 2 * 0.5 ** 10) < 1e-12);
  t.is(pairedDifference(grades(0, 5, 5), grades(5, 10, 5)), undefined);
});

test('items count as often as their weights say', (t) => {
  const found = pairedDifference(
    new Map([
      ['a', 1],
      ['b', 0],
      ['c', 0.5],
    ]),
    new Map([
      ['a', 0],
      ['b', 0.5],
      ['c', 0.5],
    ]),
    new Map([
      ['a', 1],
      ['b', 4],
      ['c', 5],
    ]),
  );
  // (1 × 1 − 4 × 0.5) / 10
  t.true(Math.abs((found?.value ?? 0) + 10) < 1e-9);
  t.deepEqual([found?.items, found?.above, found?.below], [3, 1, 1]);
  // Twelve even items that are better, and one worse that counts as much as all of them: no difference.
  const many = Array.from({length: 13}, (_, at) => String(at));
  const heavy = pairedDifference(
    new Map(many.map((id) => [id, id === '0' ? 0 : 1])),
    new Map(many.map((id) => [id, id === '0' ? 1 : 0])),
    new Map([['0', 12]]),
  );
  t.is(heavy?.value, 0);
  t.true((heavy?.p ?? 0) > 0.5);
});

test('grades between 0 and 1 are tested by changes of sign', (t) => {
  const map = (value: (at: number) => number) =>
    new Map(Array.from({length: 12}, (_, at) => [String(at), value(at)]));
  const far = pairedDifference(
    map(() => 0.75),
    map((at) => 0.25 + at / 100),
  );
  t.true((far?.p ?? 1) < 0.002);
  const near = pairedDifference(
    map((at) => 0.5 + (at % 2 ? 0.1 : -0.1)),
    map(() => 0.5),
  );
  t.true((near?.p ?? 0) > 0.5);
});

test('settings that differ are named by their keys, those that are the same are not', (t) => {
  t.deepEqual(
    settingDifferences([
      {seed: 1, objective: {name: 'dpo', beta: 0.1}, prompts: {count: 5}},
      {seed: 1, objective: {name: 'sft', beta: 0.1}, lora: {rank: 4}, prompts: {count: 5}},
    ]),
    [
      {key: 'objective.name', values: ['"dpo"', '"sft"']},
      {key: 'lora.rank', values: [undefined, '4']},
    ],
  );
});
