import test from 'ava';
import type {Estimate} from '../../../runtime/statistics/paired-bootstrap.js';
import type {GridRow, GridTable, Measure} from '../../../runtime/tables/grid-table.js';
import {claims, orderingsOf, paperTable1, verdictOf} from '../../../runtime/tables/paper.js';

const certain = (value: number): Estimate => ({value, low: value, high: value});

/** A grid that came out as the paper's on the split of 2024-06-01, or the other way round, without any doubt. */
const tableOf = (sign: 1 | -1): GridTable => {
  const rows = paperTable1.map(({dataset, objective, june}): GridRow => {
    const same = paperTable1.filter((each) => each.dataset === dataset);
    const isBest = (by: Measure): boolean => same.every((each) => sign * each.june[by] <= sign * june[by]);
    return {
      dataset,
      objective,
      seeds: 1,
      max: certain(sign * june.max),
      mean: certain(sign * june.mean),
      sd: june.sd,
      bestMax: isBest('max'),
      bestMean: isBest('mean'),
      bestMaxOfAll: false,
      bestMeanOfAll: false,
    };
  });
  const of = (dataset: string, objective: string) =>
    rows.find((row) => row.dataset === dataset && row.objective === objective);
  return {
    items: 1,
    seeds: [0],
    base: certain(0),
    rows,
    missing: [],
    difference: (one, other, by) =>
      certain(
        (of(one.dataset, one.objective)?.[by].value ?? Number.NaN) -
          (of(other.dataset, other.objective)?.[by].value ?? Number.NaN),
      ),
  };
};

test('what the paper says of its table holds of its own numbers', (t) => {
  const table = tableOf(1);
  for (const {text, by, differences} of claims)
    t.is(verdictOf(differences(table)), 'holds', `${by}: ${text}`);
});

test('nothing of it holds of numbers that are the other way round', (t) => {
  const table = tableOf(-1);
  for (const {text, by, differences} of claims)
    t.is(verdictOf(differences(table)), 'does not hold', `${by}: ${text}`);
});

test('orderings are of two objectives on a dataset and of two datasets under an objective; ties are none', (t) => {
  const orderings = orderingsOf(tableOf(1));
  // 4 × 10 and 5 × 6, but for SFT on CLAIR and on the on-policy judge, which are -0.91 both.
  t.is(orderings.length, 69);
  t.true(orderings.every(({verdict}) => verdict === 'holds'));
  t.true(orderingsOf(tableOf(-1)).every(({verdict}) => verdict === 'does not hold'));
});

test('a verdict says whether an interval leaves room for the other one', (t) => {
  const between = (low: number, value: number, high: number): Estimate => ({low, value, high});
  t.is(verdictOf([between(1, 2, 3), between(0.1, 1, 2)]), 'holds');
  t.is(verdictOf([between(1, 2, 3), between(-1, 1, 2)]), 'holds within its interval');
  t.is(verdictOf([between(1, 2, 3), between(-3, -1, 1)]), 'does not hold, within its interval');
  t.is(verdictOf([between(1, 2, 3), between(-3, -2, -1)]), 'does not hold');
});
