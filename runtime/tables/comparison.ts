/** Two runs item by item: by how much one is above the other, and whether that may be chance. Pure. */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {randomFor} from '../seed.js';
import {
  dot,
  type Estimate,
  estimateOf,
  resamplesOf,
  weighted,
  weightedMean,
} from '../statistics/paired-bootstrap.js';

/** The grades of one policy, by the ids of the items. */
export type GradesById = ReadonlyMap<string, number>;

export interface Difference extends Estimate {
  /** Items that both have. */
  readonly items: number;
  /** Of them, on how many the first is above the second, and below. */
  readonly above: number;
  readonly below: number;
  /** Two-sided: the chance of a difference as large where the two are as good as each other. */
  readonly p: number;
}

/**
 * The mean difference of the grades over the items that both have, in points, with the percentile interval of a bootstrap over
 * items, and the p value of a sign test: of grades 0 and 1 McNemar's exact one, else by 10,000 random changes of sign.
 *
 * @param weights how often each item counts, by its id; once unless given. With weights, signs are changed at random.
 * @returns undefined where they have no item in common.
 */
export const pairedDifference = (
  one: GradesById,
  other: GradesById,
  weights: ReadonlyMap<string, number> = new Map(),
): Difference | undefined => {
  const common = [...one.keys()].filter((id) => other.has(id));
  const differences = common.map((id) => (one.get(id) ?? 0) - (other.get(id) ?? 0));
  const counts = common.map((id) => weights.get(id) ?? 1);
  const items = differences.length;
  if (items === 0) return undefined;
  const points = Float64Array.from(differences, (each) => 100 * each);
  const draws = [...resamplesOf(items, 1)].map((each) => dot(weighted(each, counts).items, points));
  const above = differences.filter((each) => each > 0).length;
  const below = differences.filter((each) => each < 0).length;
  const isBinary = differences.every((each) => each === 0 || Math.abs(each) === 1);
  const isEven = counts.every((each) => each === counts[0]);
  return {
    ...estimateOf(weightedMean(points, counts), draws),
    items,
    above,
    below,
    p:
      isBinary && isEven
        ? mcNemar(above, below)
        : signFlips(differences.map((each, index) => each * (counts[index] ?? 1))),
  };
};

/** McNemar's exact test: twice the binomial tail of the fewer of the discordant items. */
export const mcNemar = (above: number, below: number): number => {
  const all = above + below;
  const fewer = Math.min(above, below);
  let term = -all * Math.log(2);
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(term);
    term += Math.log(all - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * tail);
};

const FLIPS = 10_000;

const signFlips = (differences: readonly number[]): number => {
  const random = randomFor('sign flips', differences.length);
  const found = Math.abs(differences.reduce((sum, each) => sum + each, 0));
  let asLarge = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    let sum = 0;
    for (const each of differences) sum += uniformInt(random, 0, 1) === 0 ? each : -each;
    if (Math.abs(sum) >= found - 1e-12) asLarge += 1;
  }
  return (asLarge + 1) / (FLIPS + 1);
};

/** A key of which runs say different things, and what each says. */
export interface SettingDifference {
  readonly key: string;
  /** In the order of the runs; undefined where one does not have it. */
  readonly values: readonly (string | undefined)[];
}

/** @param settings of each run, as JSON has it. */
export const settingDifferences = (settings: readonly unknown[]): SettingDifference[] => {
  const flat = settings.map((each) => new Map(leavesOf(each)));
  const keys = [...new Set(flat.flatMap((each) => [...each.keys()]))];
  return keys
    .map((key) => ({key, values: flat.map((each) => each.get(key))}))
    .filter(({values: [first, ...others]}) => others.some((each) => each !== first));
};

const leavesOf = (value: unknown, keys: readonly string[] = []): [string, string][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...keys, key]))
    : [[keys.join('.'), JSON.stringify(value) ?? 'unset']];
