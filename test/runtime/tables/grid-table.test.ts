import test from 'ava';
import {breakdownOf} from '../../../runtime/tables/breakdown.js';
import {type GridRun, gridTable} from '../../../runtime/tables/grid-table.js';

/** Twenty items, of which so many are right. */
const graded = (step: number, right: number) => ({
  step,
  grades: Array.from({length: 20}, (_, item) => (item < right ? 1 : 0)),
});
const ids = Array.from({length: 20}, (_, item) => `item-${item}`);
const run = (dataset: string, objective: string, seed: number, rights: readonly number[]): GridRun => ({
  dataset,
  objective,
  seed,
  ids,
  base: graded(0, 10),
  checkpoints: rights.map((right, index) => graded(10 * (index + 1), right)),
});

const shape = {datasets: ['clair', 'judge'], objectives: ['dpo', 'sft'], seeds: [0, 1]};
const runs = [
  run('clair', 'dpo', 0, [12, 16, 14]),
  run('clair', 'dpo', 1, [10, 12, 11]),
  run('clair', 'sft', 0, [11, 11, 11]),
  run('clair', 'sft', 1, [9, 9, 9]),
  run('judge', 'dpo', 0, [8, 6, 7]),
];

test('max, mean and standard deviation over checkpoints are those worked by hand, meaned over seeds', (t) => {
  const {rows, base, items, missing} = gridTable(shape, runs);
  t.is(items, 20);
  t.is(base.value, 50);
  const [dpo, sft, judged] = rows;
  // Seed 0: Δ 10, 30, 20; seed 1: 0, 10, 5.
  t.is(dpo?.max.value, 20);
  t.is(dpo?.mean.value, 12.5);
  t.is(dpo?.sd, (10 + 5) / 2);
  t.deepEqual([sft?.max.value, sft?.mean.value, sft?.sd], [0, 0, 0]);
  // Of one seed alone: Δ -10, -20, -15.
  t.deepEqual([judged?.seeds, judged?.max.value, judged?.mean.value, judged?.sd], [1, -10, -15, 5]);
  t.deepEqual(missing, [{dataset: 'judge', objective: 'sft'}]);
});

test('the best of each dataset and of all are marked', (t) => {
  const {rows} = gridTable(shape, runs);
  t.deepEqual(
    rows.map(({dataset, objective, bestMax, bestMean, bestMaxOfAll}) => [
      `${dataset} ${objective}`,
      bestMax,
      bestMean,
      bestMaxOfAll,
    ]),
    [
      ['clair dpo', true, true, true],
      ['clair sft', false, false, false],
      ['judge dpo', true, true, false],
    ],
  );
});

test('a difference that every item and seed bears out is beyond its interval, and one of seeds that disagree is not', (t) => {
  const table = gridTable(shape, runs);
  const apart = table.difference(
    {dataset: 'clair', objective: 'dpo'},
    {dataset: 'judge', objective: 'dpo'},
    'mean',
  );
  t.is(apart.value, 27.5);
  t.true(apart.low > 0);
  const sft = table.rows.find(({objective}) => objective === 'sft');
  // One seed is half a point in twenty above, the other below.
  t.true((sft?.mean.low ?? 0) < 0 && (sft?.mean.high ?? 0) > 0);
  t.throws(
    () => table.difference({dataset: 'judge', objective: 'sft'}, {dataset: 'clair', objective: 'sft'}, 'max'),
    {
      instanceOf: RangeError,
    },
  );
});

test('runs with items of their own are each the mean of these, and drawn together by those in common', (t) => {
  const own = (dataset: string, seed: number, items: string, right: number): GridRun => ({
    ...{dataset, objective: 'dpo', seed, ids: [...items]},
    base: {step: 0, grades: [...items].map(() => 0)},
    checkpoints: [{step: 10, grades: [...items].map((_, item) => (item < right ? 1 : 0))}],
  });
  const held = [
    own('clair', 0, 'abcdefgh', 6),
    own('clair', 1, 'ijklmn', 3),
    own('judge', 0, 'abcdefg', 6),
    own('judge', 1, 'ijklm', 3),
  ];
  const table = gridTable({...shape, objectives: ['dpo']}, held);
  t.is(table.items, 14);
  t.deepEqual([table.base.value, table.base.low, table.base.high], [0, 0, 0]);
  const [clair, judge] = table.rows;
  t.is(clair?.mean.value, (75 + 50) / 2);
  t.is(judge?.mean.value, (600 / 7 + 60) / 2);
  const by = {objective: 'dpo'};
  const {low, high} = table.difference({dataset: 'judge', ...by}, {dataset: 'clair', ...by}, 'mean');
  // Apart their intervals are much wider than what the items that only one has make of the difference.
  t.true(high - low < (clair?.mean.high ?? 0) - (clair?.mean.low ?? 0), `${low} ${high}`);
});

test('an item that counts three times is three items', (t) => {
  const weights = ids.map((_, item) => (item === 10 ? 3 : 1));
  const {base, rows} = gridTable({datasets: ['clair'], objectives: ['dpo'], seeds: [0]}, [
    {...run('clair', 'dpo', 0, [11]), weights},
  ]);
  // 10 of 22 right before, and 13 of 22 then.
  t.is(base.value.toFixed(6), (100 * (10 / 22)).toFixed(6));
  t.is(rows[0]?.max.value.toFixed(6), (100 * (3 / 22)).toFixed(6));
});

test('the benchmarks of Table 2 stand in its order, and others below by the number of their items', (t) => {
  const names = ['Other', 'BBH', 'MATH', 'DROP'];
  const benchmarks = ids.map((_, item) => (item > 15 ? 'More' : (names[item % 4] ?? '')));
  const mixed = runs.map((each) => ({...each, benchmarks}));
  t.deepEqual(
    breakdownOf(gridTable(shape, mixed), mixed)?.rows.map(({name}) => name),
    ['Overall score', 'DROP', 'MATH', 'BBH', 'Other', 'More'],
  );
});

test('a score that is no mean of its grades is the mean of what the suite gives for each item', (t) => {
  const of = (each: {readonly step: number; readonly grades: readonly number[]}) => ({
    ...each,
    pseudoValues: each.grades.map((grade) => 0.1 + grade / 2),
  });
  const halved = runs.map(({base, checkpoints, ...rest}) => ({
    ...rest,
    base: of(base),
    checkpoints: checkpoints.map(of),
  }));
  const {base, rows} = gridTable(shape, halved);
  t.is(base.value.toFixed(6), '35.000000');
  // Of grades 20 and 12.5.
  t.is(rows[0]?.max.value.toFixed(6), '10.000000');
  t.is(rows[0]?.mean.value.toFixed(6), '6.250000');
  const benchmarks = ids.map((_, item) => (item < 5 ? 'MATH' : 'TriviaQA'));
  const mixed = halved.map((each) => ({...each, benchmarks}));
  const [overall, , math] = breakdownOf(gridTable(shape, mixed), mixed)?.rows ?? [];
  t.is(overall?.scores[0]?.toFixed(6), '35.000000');
  t.is(math?.scores[0], 100);
});

test('a mixture is broken down by benchmark, of the best checkpoint of each dataset’s best objective', (t) => {
  const benchmarks = ids.map((_, item) => (item < 5 ? 'MATH' : 'TriviaQA'));
  const mixed = runs.map((each) => ({...each, benchmarks}));
  const breakdown = breakdownOf(gridTable(shape, mixed), mixed);
  t.deepEqual(breakdown?.columns, [
    {dataset: 'clair', objective: 'dpo'},
    {dataset: 'judge', objective: 'dpo'},
  ]);
  // Best of clair by dpo: 16 and 12 right, of which the first 5 are MATH.
  t.deepEqual(breakdown?.rows, [
    {name: 'Overall score', items: 20, scores: [50, 70, 40]},
    {name: 'TriviaQA', items: 15, scores: [100 * (5 / 15), 100 * ((11 / 15 + 7 / 15) / 2), 20]},
    {name: 'MATH', items: 5, scores: [100, 100, 100]},
  ]);
  t.is(breakdownOf(gridTable(shape, runs), runs), undefined);
});
