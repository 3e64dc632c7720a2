import test from 'ava';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {randomFor} from '../../../../runtime/seed.js';
import {
  type Comparison,
  characters,
  deviation,
  isExtreme,
  lengthControlled,
} from '../../../../runtime/suites/alpaca-eval/length-control.js';
import {fitLogistic, sigmoid} from '../../../../runtime/suites/alpaca-eval/logistic.js';

/** Comparisons whose soft labels follow known coefficients to the last digit. */
const synthetic = (
  count: number,
  weights: {readonly length: number; readonly difficulty?: number; readonly bias: number},
): Comparison[] => {
  const random = randomFor('synthetic annotations', count);
  const drawn = Array.from({length: count}, () => ({
    baselineLength: 500 + Math.round(uniformFloat64(random) * 2000),
    modelLength: 300 + Math.round(uniformFloat64(random) * 2000),
    difficulty: weights.difficulty === undefined ? undefined : uniformFloat64(random) * 6 - 3,
  }));
  const spread = deviation(drawn.map(({baselineLength, modelLength}) => baselineLength - modelLength));
  return drawn.map((each) => ({
    ...each,
    label: sigmoid(
      weights.length * Math.tanh((each.baselineLength - each.modelLength) / spread) +
        (weights.difficulty ?? 0) * (each.difficulty ?? 0) +
        weights.bias,
    ),
  }));
};

test('Known coefficients are recovered, and the rate is the one without length', (t) => {
  const comparisons = synthetic(805, {length: -1.5, difficulty: 1.1, bias: -0.8});
  const {weights, estimate, c} = lengthControlled(comparisons, []);
  t.true(c > 10, String(c));
  t.true(Math.abs(weights.tanh_std_delta_len + 1.5) < 0.02, JSON.stringify(weights));
  t.true(Math.abs((weights.instruction_difficulty ?? 0) - 1.1) < 0.02);
  t.true(Math.abs(weights.bias + 0.8) < 0.02);
  const without =
    comparisons.reduce((sum, {difficulty = 0}) => sum + sigmoid(1.1 * difficulty - 0.8), 0) /
    comparisons.length;
  t.true(Math.abs(estimate.value - without) < 0.003);
  t.true(estimate.low < estimate.value && estimate.value < estimate.high);
});

test('The variant without difficulties recovers the others', (t) => {
  const {weights, estimate} = lengthControlled(synthetic(400, {length: -2, bias: 0.4}), []);
  t.is(weights.instruction_difficulty, undefined);
  t.true(Math.abs(weights.tanh_std_delta_len + 2) < 0.03, JSON.stringify(weights));
  t.true(Math.abs(estimate.value - sigmoid(0.4)) < 0.005);
});

test('Pseudo-values have the rate as their mean, and its standard error is theirs over the root of their number', (t) => {
  const comparisons = synthetic(120, {length: -2, bias: 1}).map((each, at) => ({
    ...each,
    label: at === 7 ? undefined : at % 7 === 0 ? 1 - (each.label ?? 0) : each.label,
  }));
  const {pseudoValues, predictions, estimate} = lengthControlled(comparisons, []);
  const values = pseudoValues();
  t.is(values.length, 120);
  t.true(Number.isNaN(values[7]));
  const labelled = values.filter((value) => !Number.isNaN(value));
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  t.true(Math.abs(mean(labelled) - mean(predictions)) < 1e-9);
  // That of the bootstrap, of which an interval is 3.92.
  const ratio = deviation(labelled) / Math.sqrt(119) / ((estimate.high - estimate.low) / 3.92);
  t.true(ratio > 0.7 && ratio < 1.6, String(ratio));
});

test('Rows of the gamed baselines count a tenth, have no bias, and hold the length’s weight', (t) => {
  const comparisons = synthetic(200, {length: 0, difficulty: 1, bias: 0});
  const gamed = Array.from({length: 400}, (_, at) => ({
    tanhLength: at % 2 === 0 ? -1 : 1,
    difficulty: 0,
    label: at % 2 === 0 ? 0.9 : 0.1,
  }));
  const {weights, c} = lengthControlled(comparisons, gamed);
  t.true(weights.tanh_std_delta_len < -0.3, JSON.stringify(weights));
  const differences = comparisons.map(({baselineLength, modelLength}) => baselineLength - modelLength);
  const spread = deviation(differences);
  const rows = [
    ...comparisons.map(({difficulty = 0, label = 0}, at) => ({
      x: [Math.tanh((differences[at] ?? 0) / spread), difficulty, 1],
      label,
      weight: 1,
    })),
    // Twenty of each together weigh as much as two hundred at a tenth.
    ...[-1, 1].map((x) => ({x: [x, 0, 0], label: x < 0 ? 0.9 : 0.1, weight: 20})),
  ];
  const [length = 0, difficulty = 0, bias = 0] = fitLogistic(
    {
      features: Float64Array.from(rows.flatMap(({x}) => x)),
      width: 3,
      labels: Float64Array.from(rows, ({label}) => label),
      weights: Float64Array.from(rows, ({weight}) => weight),
    },
    1 / c,
  );
  t.true(Math.abs(weights.tanh_std_delta_len - length) < 1e-6);
  t.true(Math.abs((weights.instruction_difficulty ?? 0) - difficulty) < 1e-6);
  t.true(Math.abs(weights.bias - bias) < 1e-6);
});

test('A strong enough penalty leaves nothing, as the slopes at zero say', (t) => {
  const rows = {
    features: Float64Array.from([1, 1, 2, 1, -1, 1]),
    width: 2,
    labels: Float64Array.from([1, 1, 0]),
    weights: Float64Array.from([1, 1, 1]),
  };
  // Slopes at 0: Σ (½ − y) x = −½ − 1 − ½ = −2, and −½ − ½ + ½ = −½.
  t.deepEqual(fitLogistic(rows, 2.001), [0, 0]);
  const [first = 0, second = 0] = fitLogistic(rows, 1.9);
  t.true(first > 0);
  t.is(second, 0);
});

test('A weight of two is the row twice', (t) => {
  const once = {
    features: Float64Array.from([1, 2, 3, 3]),
    width: 1,
    labels: Float64Array.from([0.2, 0.9, 0.5, 0.5]),
    weights: Float64Array.from([1, 1, 1, 1]),
  };
  const twice = {
    features: Float64Array.from([1, 2, 3]),
    width: 1,
    labels: Float64Array.from([0.2, 0.9, 0.5]),
    weights: Float64Array.from([1, 1, 2]),
  };
  const [one = 0] = fitLogistic(once, 0.01);
  const [other = 0] = fitLogistic(twice, 0.01);
  t.true(Math.abs(one - other) < 1e-9);
});

test('Characters are counted as Python counts them', (t) => {
  t.is(characters('naïve'), 5);
  t.is(characters('👍🏽'), 2);
  t.is('👍🏽'.length, 4);
});

test('A rate is extreme where it moved by ten points and a quarter of what there was', (t) => {
  t.false(isExtreme(20, 29));
  t.false(isExtreme(20, 39));
  t.true(isExtreme(20, 41));
  t.true(isExtreme(60, 44));
  t.false(isExtreme(60, 46));
});
