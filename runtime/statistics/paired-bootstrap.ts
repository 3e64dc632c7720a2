/**
 * Paired bootstrap of scores that several runs have on the same items, over items and seeds: what is drawn once holds for all of
 * them, so that a difference of two has an interval of its own. Pure.
 *
 * Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals); items and seeds are drawn
 * apart, each with replacement, since both are a sample of those that might have been.
 */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {randomFor} from '../seed.js';

/** An estimate with its 95 % interval, which holds it but where the statistic is biased. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One draw: how often each item is in it, over their number; and the places of the seeds, as many as there are. */
export interface Resample {
  /** Sums to 1. */
  readonly items: Float64Array;
  readonly seeds: readonly number[];
}

export const RESAMPLES = 2000;

/** The same for the same numbers. @param items above 0. @param seeds above 0. */
export function* resamplesOf(items: number, seeds: number, count = RESAMPLES): Generator<Resample> {
  const random = randomFor('bootstrap', items, seeds);
  for (let draw = 0; draw < count; draw++) {
    const weights = new Float64Array(items);
    for (let each = 0; each < items; each++) {
      const at = uniformInt(random, 0, items - 1);
      weights[at] = (weights[at] ?? 0) + 1 / items;
    }
    const chosen = Array.from({length: seeds}, () => uniformInt(random, 0, seeds - 1));
    yield {items: weights, seeds: chosen};
  }
}

/** A draw of items that count more or less than once: their shares of the whole, which sum to 1 again. */
export const weighted = ({items, seeds}: Resample, weights: readonly number[]): Resample => {
  const shares = items.map((share, index) => share * (weights[index] ?? 1));
  const sum = shares.reduce((all, share) => all + share, 0);
  return {items: shares.map((share) => share / sum), seeds};
};

/** The quantile of sorted values, between two of them by proportion. @param share from 0 to 1. */
export const quantile = (sorted: ArrayLike<number>, share: number): number => {
  const at = share * (sorted.length - 1);
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  const [below = Number.NaN, above = Number.NaN] = [sorted[low], sorted[high]];
  return below + (above - below) * (at - low);
};

/** @param draws the statistic in each resample. */
export const estimateOf = (value: number, draws: ArrayLike<number>): Estimate => {
  const sorted = Float64Array.from(draws).sort();
  return {value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975)};
};

/** Of two statistics of the same resamples. */
export const differenceOf = (
  one: {readonly value: number; readonly draws: Float64Array},
  other: {readonly value: number; readonly draws: Float64Array},
): Estimate =>
  estimateOf(
    one.value - other.value,
    one.draws.map((each, index) => each - (other.draws[index] ?? Number.NaN)),
  );

/** Σ weight × value. */
export const dot = (weights: Float64Array, values: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += (weights[index] ?? 0) * (values[index] ?? 0);
  return sum;
};

/** Σ weight × value / Σ weight. */
export const weightedMean = (values: ArrayLike<number>, weights: readonly number[]): number => {
  let [sum, all] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    sum += (values[index] ?? 0) * (weights[index] ?? 1);
    all += weights[index] ?? 1;
  }
  return sum / all;
};

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] ?? 0;
  return sum / values.length;
};

/** Of a sample: over n − 1; 0 of one value. */
export const standardDeviation = (values: readonly number[]): number => {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};
