/** Numbers with their 95 % confidence intervals. Pure. */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {randomFor} from '../seed.js';
import {quantile} from '../statistics/paired-bootstrap.js';
import {wilson} from '../statistics/wilson.js';

/** A number, and between what it lies in 95 of 100 such samples. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Different items that it is the mean of. */
  readonly items: number;
  /** How often these count together; as many as `items` unless some count several times. */
  readonly weight: number;
  readonly interval: 'wilson' | 'bootstrap';
}

/** A value of an item, and how often it counts. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

const RESAMPLES = 1000;

/**
 * The percentile interval of a statistic over resamples of what it is made of, with replacement, by a seed.
 *
 * @param statistic of the places of a resample, from 0 to count - 1; a NaN is left out.
 */
export const bootstrap = (
  count: number,
  statistic: (places: Int32Array) => number,
  {seed, resamples = RESAMPLES}: {readonly seed: string; readonly resamples?: number},
): {readonly low: number; readonly high: number} => {
  const random = randomFor('bootstrap', seed);
  const places = new Int32Array(count);
  const values: number[] = [];
  for (let sample = 0; sample < resamples; sample++) {
    for (let at = 0; at < count; at++) places[at] = uniformInt(random, 0, count - 1);
    const value = statistic(places);
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((one, other) => one - other);
  return {low: quantile(values, 0.025), high: quantile(values, 0.975)};
};

/** The same in another unit, such as per cent. */
export const scaled = (estimate: Estimate, factor: number): Estimate => ({
  ...estimate,
  value: estimate.value * factor,
  low: estimate.low * factor,
  high: estimate.high * factor,
});

export const weightedMean = (values: readonly Weighted[]): number => {
  let sum = 0;
  let weights = 0;
  for (const {value, weight} of values) {
    sum += value * weight;
    weights += weight;
  }
  return sum / weights;
};

/**
 * The mean of different items' values, each as often as it counts. A share, of values that are 0 or 1 and count once, has Wilson's
 * interval; any other mean that of a bootstrap over the items, so that copies of one item are no further evidence.
 *
 * @param seed names what is estimated: the same name and values give the same interval.
 * @param kind whether values of 0 and 1 are shares of items; of amounts, such as rewards, they are not.
 * @returns undefined of no values.
 */
export const meanOf = (
  values: readonly Weighted[],
  seed: string,
  kind: 'share' | 'amount' = 'share',
): Estimate | undefined => {
  const items = values.length;
  if (items === 0) return undefined;
  const weight = values.reduce((sum, each) => sum + each.weight, 0);
  const value = weightedMean(values);
  const isShare = kind === 'share' && values.every((each) => each.value === 0 || each.value === 1);
  // Of items that all came out alike resamples would show no doubt at all.
  const isPlain = values.every((each) => each.weight === 1 || value === 0 || value === 1);
  if (isShare && isPlain) return {value, ...wilson(value, items), items, weight, interval: 'wilson'};
  const numbers = Float64Array.from(values, (each) => each.value * each.weight);
  const weights = Float64Array.from(values, (each) => each.weight);
  const bounds = bootstrap(
    items,
    (places) => {
      let [sum, count] = [0, 0];
      for (const place of places) {
        sum += numbers[place] ?? 0;
        count += weights[place] ?? 0;
      }
      return sum / count;
    },
    {seed},
  );
  return {value, ...bounds, items, weight, interval: 'bootstrap'};
};
