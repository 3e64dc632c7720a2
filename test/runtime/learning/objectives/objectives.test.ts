/** Every objective against values worked out by hand from the paper's equations, at β = 0.1. */
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {
  isObjectiveName,
  type ObjectiveName,
  objectiveNames,
  objectives,
} from '../../../../runtime/learning/objectives/objectives.js';
import {measure, type PairNumbers, pairBatch} from '../../../helpers/pair-batch.js';

const BETA = 0.1;
/** Where every run starts: the policy is the reference, so both rewards are 0. */
const start: PairNumbers = {policy: [-10, -12], reference: [-10, -12], tokens: [5, 8]};
/** Log-ratios 1 and −0.5: rewards 0.1 and −0.05. */
const better: PairNumbers = {policy: [-10, -12], reference: [-11, -11.5], tokens: [5, 8]};
/** Log-ratios −2 and 1: rewards −0.2 and 0.1. */
const worse: PairNumbers = {policy: [-20, -9], reference: [-18, -10], tokens: [10, 4]};

/** Loss, then its slopes in the policy's chosen and rejected log-probabilities. */
type Row = readonly [number, number, number];

const expected = {
  sft: {start: [2, -0.2, 0], better: [2, -0.2, 0], worse: [2, -0.1, 0]},
  dpo: {
    start: [Math.LN2, -0.05, 0.05],
    better: [0.6209570478, -0.0462570155, 0.0462570155],
    worse: [0.8543552445, -0.0574442517, 0.0574442517],
  },
  // KL is max(0, (1 − 0.5) / 2) = 0.25 nats at `better` and max(0, (−2 + 1) / 2) = 0 at `worse`.
  kto_pair: {
    start: [-1, -0.025, 0.025],
    better: [-1.0374824318, -0.0249648767, 0.0249648767],
    worse: [-0.9251868152, -0.0247516573, 0.024937604],
  },
  apo_zero: {
    start: [0, -0.025, 0.025],
    better: [-0.037476584, -0.024937604, 0.0249843815],
    worse: [0.0748131848, -0.0247516573, 0.024937604],
  },
  apo_down: {
    start: [0, 0, 0.025],
    better: [-0.0124506579, 0.0000777034, 0.0248599007],
    worse: [0.0246085195, 0.0003058261, 0.0244458312],
  },
} satisfies Record<ObjectiveName, Record<'start' | 'better' | 'worse', Row>>;

function near(t: ExecutionContext, actual: number | undefined, wanted: number, tolerance = 1e-6): void {
  t.true(
    Math.abs((actual ?? Number.NaN) - wanted) <= tolerance,
    `${actual} is not within ${tolerance} of ${wanted}`,
  );
}

for (const name of objectiveNames) {
  for (const [point, pair] of Object.entries({start, better, worse})) {
    test(`${name} has the loss and the slopes of its equation at "${point}"`, (t) => {
      const [loss, chosen, rejected] = expected[name][point as keyof (typeof expected)[typeof name]];
      const measured = measure(objectives[name], [pair], BETA);
      near(t, measured.loss, loss);
      near(t, measured.slopes[0]?.[0], chosen, 1e-7);
      near(t, measured.slopes[0]?.[1], rejected, 1e-7);
    });
  }

  test(`${name} has bounded slopes and a finite loss where log-ratios are ±10,000`, (t) => {
    for (const beta of [0.1, 1]) {
      for (const chosen of [-1e4, 0, 1e4]) {
        for (const rejected of [-1e4, 0, 1e4]) {
          const pair: PairNumbers = {policy: [chosen, rejected], reference: [0, 0], tokens: [4, 4]};
          const {loss, slopes} = measure(objectives[name], [pair], beta);
          t.true(Number.isFinite(loss), `loss ${loss} at ${chosen}, ${rejected}`);
          const steepest = name === 'sft' ? 1 / 4 : beta;
          t.true(
            slopes.flat().every((slope) => Math.abs(slope) <= steepest * (1 + 1e-6)),
            `${slopes}`,
          );
        }
      }
    }
  });

  test(`${name} takes no notice of a row of weight 0`, (t) => {
    const filler: PairNumbers = {policy: [300, -7], reference: [-40, 90], tokens: [900, 3], weight: 0};
    const alone = measure(objectives[name], [better, worse], BETA);
    const filled = measure(objectives[name], [better, worse, filler], BETA);
    near(t, filled.loss, alone.loss, 1e-7);
    t.deepEqual(filled.slopes.slice(0, 2), alone.slopes);
    t.deepEqual(filled.slopes[2]?.map(Math.abs), [0, 0]);
  });

  test(`${name} is finite for a batch of fillers only`, (t) => {
    const empty: PairNumbers = {policy: [0, 0], reference: [0, 0], tokens: [0, 0], weight: 0};
    const losses = tf.tidy(() => [...objectives[name](pairBatch([empty, empty], BETA)).dataSync()]);
    t.true(losses.every(Number.isFinite), `${losses}`);
  });

  test(`${name} gives one loss a pair and leaves no tensor behind`, (t) => {
    const before = tf.memory().numTensors;
    t.is(measure(objectives[name], [start, better, worse], BETA).losses.length, 3);
    t.is(tf.memory().numTensors, before);
  });
}

test('apo_zero plus 1 is the formula of TRL', (t) => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  for (const [pair, chosen, rejected] of [
    [better, 0.1, -0.05],
    [worse, -0.2, 0.1],
  ] as const) {
    near(t, measure(objectives.apo_zero, [pair], BETA).loss + 1, 1 - sigmoid(chosen) + sigmoid(rejected));
  }
});

test('apo_down plus 1 is the formula of TRL', (t) => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  for (const [pair, chosen, rejected] of [
    [better, 0.1, -0.05],
    [worse, -0.2, 0.1],
  ] as const) {
    near(
      t,
      measure(objectives.apo_down, [pair], BETA).loss + 1,
      sigmoid(chosen) + 1 - sigmoid(chosen - rejected),
    );
  }
});

test('an objective is known by its name alone', (t) => {
  t.true(isObjectiveName('kto_pair'));
  t.false(isObjectiveName('sigmoid'));
  t.false(isObjectiveName('toString'));
});
