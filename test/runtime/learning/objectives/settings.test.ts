/** What settings do, against values worked out in float64 with TRL's functions where TRL has the loss. */
import test from 'ava';
import {type ObjectiveName, objectives} from '../../../../runtime/learning/objectives/objectives.js';
import {measure, type PairNumbers} from '../../../helpers/pair-batch.js';

const better: PairNumbers = {policy: [-10, -12], reference: [-11, -11.5], tokens: [5, 8]};
const worse: PairNumbers = {policy: [-20, -9], reference: [-18, -10], tokens: [10, 4]};

const lossOf = (
  name: ObjectiveName,
  pair: PairNumbers,
  settings: Readonly<Record<string, number>>,
  beta = 0.1,
): number => measure(objectives[name], {pairs: [pair], beta, settings}).loss;

const cases: readonly {
  readonly name: ObjectiveName;
  readonly settings: Readonly<Record<string, number>>;
  readonly beta?: number;
  /** At `better`, then at `worse`. */
  readonly losses: readonly [number, number];
}[] = [
  {name: 'robust', settings: {label_smoothing: 0.2}, losses: [0.5709570478, 0.9543552445]},
  {name: 'robust', settings: {label_smoothing: 0}, losses: [0.6209570478, 0.8543552445]},
  {name: 'exo_pair', settings: {label_smoothing: 0.2}, losses: [0.1740593773, 0.3374674837]},
  {name: 'aot', settings: {label_smoothing: 0.2}, losses: [0.6509570478, 0.7943552445]},
  {name: 'aot_unpaired', settings: {label_smoothing: 0.1}, losses: [0.6359570478, 0.8243552445]},
  {name: 'simpo', settings: {simpo_gamma: 1.375}, beta: 2.5, losses: [2.6949361996, 1.1368710061]},
  {name: 'simpo', settings: {label_smoothing: 0.2}, losses: [0.8954924815, 0.8635890879]},
  {name: 'cpo', settings: {label_smoothing: 0.2}, losses: [2.6381388694, 3.1673353251]},
  {name: 'cpo', settings: {cpo_alpha: 0}, losses: [0.5981388694, 1.3873353251]},
  {name: 'dpop', settings: {dpop_lambda: 0}, losses: [0.6209570478, 0.8543552445]},
  {name: 'rdpo', settings: {length_alpha: 0}, losses: [0.6209570478, 0.8543552445]},
];
for (const {name, settings, beta, losses} of cases) {
  test(`${name} with ${JSON.stringify(settings)}${beta === undefined ? '' : ` at β ${beta}`} has its loss`, (t) => {
    for (const [index, pair] of [better, worse].entries()) {
      const [actual, wanted] = [lossOf(name, pair, settings, beta), losses[index] ?? Number.NaN];
      t.true(Math.abs(actual - wanted) < 2e-6, `${actual} is not ${wanted}`);
    }
  });
}

test('without a cost of length, length-controlled APO is APO', (t) => {
  for (const [controlled, plain] of [
    ['apo_zero_lc', 'apo_zero'],
    ['apo_down_lc', 'apo_down'],
  ] as const) {
    for (const pair of [better, worse])
      t.is(lossOf(controlled, pair, {length_alpha: 0}), lossOf(plain, pair, {}), controlled);
  }
});

test('the longer of two chosen completions counts as raised further: APO-zero learns less from it', (t) => {
  const chosenSlope = (tokens: readonly [number, number]): number => {
    const pair: PairNumbers = {policy: [-10, -12], reference: [-10, -12], tokens};
    const numbers = {pairs: [pair], beta: 0.1, settings: {length_alpha: 0.1}};
    return Math.abs(measure(objectives.apo_zero_lc, numbers).slopes[0]?.[0] ?? Number.NaN);
  };
  // As long as each other: the anchor stays at 0, whatever the length, where σ is steepest.
  t.is(chosenSlope([300, 300]), chosenSlope([1, 1]));
  t.true(chosenSlope([40, 10]) < chosenSlope([20, 10]));
});

test('a smoothing of one half learns nothing from a batch in balance', (t) => {
  const pair: PairNumbers = {policy: [-10, -12], reference: [-10, -12]};
  const {slopes} = measure(objectives.aot, {pairs: [pair], beta: 1, settings: {label_smoothing: 0.5}});
  t.deepEqual(slopes.flat().map(Math.abs), [0, 0]);
});
