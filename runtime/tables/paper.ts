/** Table 1 of the paper (MixEval-Hard, Llama-3-8B-Instruct, one run of 18 epochs a row), and what it says of it. Pure. */
import type {Estimate} from '../statistics/paired-bootstrap.js';
import type {CellName, GridTable, Measure} from './grid-table.js';

/** Points; of the split of 2024-06-01 and of that of 2024-08-11. */
interface PaperRow extends CellName {
  readonly june: PaperDelta;
  readonly august: PaperDelta;
}
interface PaperDelta {
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
}

const of = (max: number, mean: number, sd: number): PaperDelta => ({max, mean, sd});
const row = (dataset: string, objective: string, june: PaperDelta, august: PaperDelta): PaperRow => ({
  dataset,
  objective,
  june,
  august,
});

export const paperTable1: readonly PaperRow[] = [
  row('judge_off_policy', 'dpo', of(1.1, -0.74, 1.15), of(4.3, 2.85, 0.75)),
  row('judge_off_policy', 'kto_pair', of(-1, -2.89, 0.96), of(4.05, 1.18, 1.67)),
  row('judge_off_policy', 'sft', of(-1.95, -1.63, 1.06), of(2.85, 0.42, 1.2)),
  row('judge_off_policy', 'apo_zero', of(0.8, -1.99, 1.23), of(4.65, 1.26, 1.62)),
  row('judge_off_policy', 'apo_down', of(2.7, 0.64, 0.98), of(4.8, 3.52, 0.85)),
  row('judge_on_policy', 'dpo', of(4, 0.56, 1.61), of(5.2, 2.71, 1.41)),
  row('judge_on_policy', 'kto_pair', of(2.45, -0.51, 1.26), of(5.05, 1.13, 1.7)),
  row('judge_on_policy', 'sft', of(0.65, -0.91, 1.01), of(4.2, 2.55, 0.7)),
  row('judge_on_policy', 'apo_zero', of(4.65, 0.02, 1.66), of(5.35, 2.19, 1.28)),
  row('judge_on_policy', 'apo_down', of(3.65, 1.6, 0.95), of(4.25, 3.06, 0.76)),
  row('clair', 'dpo', of(0.55, -1.68, 1.73), of(5.05, 2.77, 1.4)),
  row('clair', 'kto_pair', of(2.15, 0.79, 0.98), of(4.65, 2.92, 0.86)),
  row('clair', 'sft', of(0.65, -0.91, 1.01), of(2.7, 0.92, 1.21)),
  row('clair', 'apo_zero', of(7.65, 2.93, 1.98), of(5.95, 4.39, 0.89)),
  row('clair', 'apo_down', of(-1.05, -5.22, 1.55), of(-1.2, -3.61, 1.05)),
  row('stronger_preferred', 'dpo', of(-5, -6.94, 1.03), of(-3.1, -4.4, 0.98)),
  row('stronger_preferred', 'kto_pair', of(-1.2, -5.21, 1.27), of(2.25, 0.5, 1.13)),
  row('stronger_preferred', 'sft', of(2.45, 0.49, 1.31), of(5.05, 2.73, 1.21)),
  row('stronger_preferred', 'apo_zero', of(-1.7, -2.72, 1.4), of(-4.85, -12.02, 5.38)),
  row('stronger_preferred', 'apo_down', of(-6.5, -12.51, 4.97), of(1.65, 0.16, 1.22)),
];

/** Whether what the paper found is found here too. */
export type Verdict =
  | 'holds'
  | 'holds within its interval'
  | 'does not hold, within its interval'
  | 'does not hold';

/** All of the differences are above 0 where the claim holds, and all of their intervals where it does beyond them. */
export const verdictOf = (differences: readonly Estimate[]): Verdict => {
  if (differences.every(({low}) => low > 0)) return 'holds';
  if (differences.every(({value}) => value > 0)) return 'holds within its interval';
  return differences.some(({value, high}) => value <= 0 && high < 0)
    ? 'does not hold'
    : 'does not hold, within its interval';
};

export interface Claim {
  readonly text: string;
  readonly by: Measure;
  /** Where in the paper. */
  readonly source: string;
  /** What must be above 0. */
  readonly differences: (table: GridTable) => Estimate[];
}

const objectives = ['dpo', 'kto_pair', 'sft', 'apo_zero', 'apo_down'] as const;
const datasets = ['judge_off_policy', 'judge_on_policy', 'clair', 'stronger_preferred'] as const;
const contrastive = objectives.filter((name) => name !== 'sft');

const cell = (dataset: string, objective: string): CellName => ({dataset, objective});
const bestOf = ({rows}: GridTable, dataset: string, by: Measure): CellName => {
  const found = rows.find(
    (each) => each.dataset === dataset && (by === 'max' ? each.bestMax : each.bestMean),
  );
  return cell(dataset, found?.objective ?? '');
};
const estimate = ({rows}: GridTable, {dataset, objective}: CellName, by: Measure): Estimate => {
  const found = rows.find((each) => each.dataset === dataset && each.objective === objective);
  if (found === undefined) throw new RangeError(`the grid has no run of ${dataset} by ${objective}`);
  return found[by];
};
const negative = ({value, low, high}: Estimate): Estimate => ({value: -value, low: -high, high: -low});

/** One objective above all others on a dataset. */
const isBest = (dataset: string, objective: string, by: Measure) => (table: GridTable) =>
  objectives
    .filter((other) => other !== objective)
    .map((other) => table.difference(cell(dataset, objective), cell(dataset, other), by));

/** One dataset's best objective above another's. */
const isAbove = (dataset: string, other: string, by: Measure) => (table: GridTable) => [
  table.difference(bestOf(table, dataset, by), bestOf(table, other, by), by),
];

export const claims: readonly Claim[] = (['mean', 'max'] as const).flatMap((by): Claim[] => [
  {
    text: 'CLAIR with APO-zero is above every other cell',
    by,
    source: 'section 5.3.1',
    differences: (table) =>
      datasets.flatMap((dataset) =>
        objectives
          .filter((objective) => dataset !== 'clair' || objective !== 'apo_zero')
          .map((objective) => table.difference(cell('clair', 'apo_zero'), cell(dataset, objective), by)),
      ),
  },
  {
    text: 'of the datasets, each with its best objective, CLAIR is the best',
    by,
    source: 'section 5.3.1',
    differences: (table) =>
      datasets.filter((other) => other !== 'clair').flatMap((other) => isAbove('clair', other, by)(table)),
  },
  {
    text: 'on CLAIR, APO-zero is the best objective',
    by,
    source: 'section 5.3.2',
    differences: isBest('clair', 'apo_zero', by),
  },
  {
    text: 'the on-policy judge is above the off-policy judge, each with its best objective',
    by,
    source: 'section 5.3.1',
    differences: isAbove('judge_on_policy', 'judge_off_policy', by),
  },
  {
    text: 'on CLAIR, APO-down leaves the policy worse than before training',
    by,
    source: 'Table 1',
    differences: (table) => [negative(estimate(table, cell('clair', 'apo_down'), by))],
  },
  {
    text: 'where winners are worse than the policy (off-policy judge), APO-down is the best objective',
    by,
    source: 'section 5.3.2',
    differences: isBest('judge_off_policy', 'apo_down', by),
  },
  {
    text: 'on Stronger Preferred, SFT is the best objective',
    by,
    source: 'section 5.3.2',
    differences: isBest('stronger_preferred', 'sft', by),
  },
  {
    text: 'on Stronger Preferred, every contrastive objective leaves the policy worse than before training',
    by,
    source: 'Table 1, 2024-06-01',
    differences: (table) =>
      contrastive.map((objective) => negative(estimate(table, cell('stronger_preferred', objective), by))),
  },
]);

export interface Ordering {
  readonly above: CellName;
  readonly below: CellName;
  /** By how much in the paper, and here; points. */
  readonly paper: number;
  readonly ours: Estimate;
  readonly verdict: Verdict;
}

/**
 * Every two objectives on a dataset, and every two datasets under an objective, of which the paper's mean Δ are apart on the
 * split of 2024-06-01: whether they are in the same order here.
 */
export const orderingsOf = (table: GridTable): Ordering[] =>
  paperTable1.flatMap((one, index) =>
    paperTable1.slice(index + 1).flatMap((other) => {
      if (one.dataset !== other.dataset && one.objective !== other.objective) return [];
      const apart = one.june.mean - other.june.mean;
      if (apart === 0) return [];
      const [above, below] = apart > 0 ? [one, other] : [other, one];
      const ours = table.difference(above, below, 'mean');
      return [
        {
          above: cell(above.dataset, above.objective),
          below: cell(below.dataset, below.objective),
          paper: Math.abs(apart),
          ours,
          verdict: verdictOf([ours]),
        },
      ];
    }),
  );
