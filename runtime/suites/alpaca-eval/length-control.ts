/**
 * AlpacaEval 2's length-controlled win rate: Dubois et al., "Length-Controlled AlpacaEval", 2024, as `length_controlled_v1` of the
 * alpaca_eval package works it out. Pure.
 *
 *   logit P(the model's is preferred) = w_len · tanh((|baseline's| − |model's|) / s) + w_difficulty · difficulty + w_bias
 *
 * with lengths in characters and s the standard deviation of their difference. The gamed baselines have rows of their own, without
 * the bias, at a weight of 0.1, which hold w_len. The rate is the mean of P without the length term.
 */
import {bootstrap, type Estimate} from '../estimate.js';
import type {GamedRow} from './annotations.js';
import {type CrossValidated, fitCrossValidated, fitLogistic, type LogisticRows, sigmoid} from './logistic.js';

/** One comparison of the model with the baseline. */
export interface Comparison {
  /** Characters, as Python counts them. */
  readonly baselineLength: number;
  readonly modelLength: number;
  /** Undefined where the variant without difficulties is meant. */
  readonly difficulty: number | undefined;
  /** From 0 to 1; undefined of a comparison that is predicted, but not learnt from. */
  readonly label: number | undefined;
}

export interface LengthControlled {
  /** From 0 to 1. */
  readonly estimate: Estimate;
  /** Of the predicted preferences' mean, as alpaca_eval gives it. */
  readonly standardError: number;
  readonly weights: {
    readonly tanh_std_delta_len: number;
    readonly instruction_difficulty?: number;
    readonly bias: number;
  };
  /** The inverse strength of the L1 penalty that was chosen. */
  readonly c: number;
  /** P without the length term, in the order of the comparisons. */
  readonly predictions: readonly number[];
  /** Jackknife pseudo-values, each of a fit without that comparison; NaN of one that has no label. */
  readonly pseudoValues: () => readonly number[];
}

/** 0.2 for both gamed baselines. */
const GAMED_WEIGHT = 0.1;

/** Characters as Python's `len` counts them: code points. */
export const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

/** Sample standard deviation. */
export const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (values.length - 1));
};

/**
 * @param comparisons all with a difficulty, or none.
 * @param gamed none for a set of one's own, whose variant is alpaca_eval's `length_controlled_minimal`.
 */
export const lengthControlled = (
  comparisons: readonly Comparison[],
  gamed: readonly GamedRow[],
): LengthControlled => {
  const hasDifficulty = comparisons.every(({difficulty}) => difficulty !== undefined);
  const width = hasDifficulty ? 3 : 2;
  const differences = comparisons.map(({baselineLength, modelLength}) => baselineLength - modelLength);
  const spread = deviation(differences);
  const rowOf = (tanhLength: number, difficulty: number, bias: number): number[] =>
    hasDifficulty ? [tanhLength, difficulty, bias] : [tanhLength, bias];
  const learnt = comparisons.flatMap(({difficulty = 0, label}, at) =>
    label === undefined
      ? []
      : // Where all differences are the same there is nothing to tell by them.
        [
          {
            row: rowOf(spread > 0 ? Math.tanh((differences[at] ?? 0) / spread) : 0, difficulty, 1),
            label,
            weight: 1,
          },
        ],
  );
  const all = [
    ...gamed.map(({tanhLength, difficulty, label}) => ({
      row: rowOf(tanhLength, difficulty, 0),
      label,
      weight: GAMED_WEIGHT,
    })),
    ...learnt,
  ];
  const rows: LogisticRows = {
    features: Float64Array.from(all.flatMap(({row}) => row)),
    width,
    labels: Float64Array.from(all, ({label}) => label),
    weights: Float64Array.from(all, ({weight}) => weight),
  };
  const {theta, c}: CrossValidated = fitCrossValidated(rows);
  const predict = (weights: readonly number[], {difficulty = 0}: Comparison): number =>
    sigmoid((hasDifficulty ? (weights[1] ?? 0) * difficulty : 0) + (weights[width - 1] ?? 0));
  const predictions = comparisons.map((each) => predict(theta, each));
  const labelled = comparisons.filter(({label}) => label !== undefined);
  /** The rate of some of the labelled comparisons, and as often as they are there. */
  const rateOf = (drawn: Int32Array): number => {
    const places = new Int32Array(gamed.length + drawn.length);
    for (let at = 0; at < gamed.length; at++) places[at] = at;
    for (const [at, place] of drawn.entries()) places[gamed.length + at] = gamed.length + place;
    const weights = fitLogistic(rows, 1 / c, {places, from: theta});
    let sum = 0;
    for (const place of drawn) sum += predict(weights, labelled[place] as Comparison);
    return sum / drawn.length;
  };
  const bounds = bootstrap(labelled.length, rateOf, {
    seed: 'length_controlled_winrate',
    resamples: RESAMPLES,
  });
  const [length = 0, second = 0, third = 0] = theta;
  return {
    estimate: {
      value: mean(predictions),
      ...bounds,
      items: comparisons.length,
      weight: comparisons.length,
      interval: 'bootstrap',
    },
    standardError: deviation(predictions) / Math.sqrt(predictions.length),
    weights: hasDifficulty
      ? {tanh_std_delta_len: length, instruction_difficulty: second, bias: third}
      : {tanh_std_delta_len: length, bias: second},
    c,
    predictions,
    pseudoValues: () => {
      const values = jackknife(labelled.length, mean(predictions), rateOf);
      let next = 0;
      return comparisons.map(({label}) =>
        label === undefined ? Number.NaN : (values[next++] ?? Number.NaN),
      );
    },
  };
};

/** Of each of so many, by the statistic without it; their mean is the value. */
const jackknife = (count: number, value: number, statistic: (places: Int32Array) => number): number[] => {
  const all = Int32Array.from({length: count}, (_, place) => place);
  const without = [...all].map((left) => statistic(all.filter((place) => place !== left)));
  const middle = mean(without);
  return without.map((each) => value + (count - 1) * (middle - each));
};

/** Each is a fit of its own. */
const RESAMPLES = 500;

/** Whether a rate changed so much that the fit may have failed: by 10 points, and by a quarter of what there was to lose or gain. */
export const isExtreme = (raw: number, controlled: number): boolean =>
  controlled < Math.min(raw - raw / 4, raw - 10) || controlled > Math.max(raw + (100 - raw) / 4, raw + 10);
