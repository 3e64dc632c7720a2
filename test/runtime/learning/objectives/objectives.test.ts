/** Every objective by itself: its values, its bounds, and what of a batch it depends on. */
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import type {Objective} from '../../../../runtime/learning/objectives/objective-contract.js';
import {
  isObjectiveName,
  type ObjectiveName,
  objectiveNames,
  objectiveOf,
  objectives,
} from '../../../../runtime/learning/objectives/objectives.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {better, expected, points, start, worse} from '../../../helpers/objective-values.js';
import {measure, measureOn, type PairNumbers, pairBatch, totalsOf} from '../../../helpers/pair-batch.js';

const beta = 0.1;
const all: Readonly<Record<ObjectiveName, Objective>> = objectives;

function near(t: ExecutionContext, actual: number | undefined, wanted: number, tolerance = 1e-6): void {
  const within = tolerance * Math.max(1, Math.abs(wanted));
  t.true(
    Math.abs((actual ?? Number.NaN) - wanted) <= within,
    `${actual} is not within ${within} of ${wanted}`,
  );
}

/** Log-ratios of −10,000, 0 and 10,000 on either side, where the policy, then the reference, is the unlikely one. */
const far: readonly PairNumbers[] = [-1e4, 0, 1e4].flatMap((chosen) =>
  [-1e4, 0, 1e4].flatMap((rejected): PairNumbers[] => {
    const below = (ratio: number): number => Math.min(ratio, 0) - 4;
    return [
      {policy: [chosen, rejected], reference: [0, 0], tokens: [4, 4]},
      {
        policy: [below(chosen), below(rejected)],
        reference: [below(-chosen), below(-rejected)],
        tokens: [4, 4],
      },
    ];
  }),
);

for (const name of objectiveNames) {
  const objective = all[name];

  for (const [point, pair] of Object.entries(points)) {
    test(`${name} has the loss and the slopes of its equation at "${point}"`, (t) => {
      const [loss, chosen, rejected] = expected[name][point as keyof typeof points];
      const measured = measure(objective, {pairs: [pair], beta});
      near(t, measured.loss, loss);
      near(t, measured.slopes[0]?.[0], chosen, 2e-7);
      near(t, measured.slopes[0]?.[1], rejected, 2e-7);
    });
  }

  test(`${name} has bounded slopes and a finite loss where log-ratios are ±10,000`, (t) => {
    for (const scale of [0.1, 1]) {
      const steepest = expected[name].steepest(scale);
      for (const pair of far) {
        const {loss, slopes} = measure(objective, {pairs: [pair], beta: scale});
        t.true(Number.isFinite(loss), `loss ${loss} at ${JSON.stringify(pair)}`);
        t.true(
          slopes.flat().every((slope) => Math.abs(slope) <= steepest * (1 + 1e-6)),
          `${slopes} at ${JSON.stringify(pair)}`,
        );
      }
    }
  });

  test(`${name} as a compiled graph gives the same losses and slopes, at ±10,000 too`, async (t) => {
    const {executor} = await openExecutor({backend: 'onnx', threads: 1});
    const numbers = {pairs: [start, better, worse, ...far], beta};
    const [graph, eager] = [await measureOn(executor, objective, numbers), measure(objective, numbers)];
    near(t, graph.loss, eager.loss);
    for (const [row, loss] of eager.losses.entries()) near(t, graph.losses[row], loss);
    for (const [row, slope] of eager.slopes.flat().entries()) near(t, graph.slopes.flat()[row], slope);
  });

  test(`${name} takes no notice of a row of weight 0`, (t) => {
    const filler: PairNumbers = {policy: [300, -7], reference: [-40, 90], tokens: [900, 3], weight: 0};
    const alone = measure(objective, {pairs: [better, worse], beta});
    for (const pairs of [
      [better, worse, filler],
      [filler, better, worse],
    ]) {
      const filled = measure(objective, {pairs, beta});
      near(t, filled.loss, alone.loss, 1e-7);
      const counted = pairs.map(({weight = 1}) => weight === 1);
      t.deepEqual(
        filled.slopes.filter((_, row) => counted[row]),
        alone.slopes,
      );
      t.deepEqual(filled.slopes[counted.indexOf(false)]?.map(Math.abs), [0, 0]);
    }
  });

  test(`${name} is finite for a batch of fillers only`, (t) => {
    const empty: PairNumbers = {policy: [0, 0], reference: [0, 0], tokens: [0, 0], weight: 0};
    const losses = tf.tidy(() => [
      ...objective.losses(pairBatch(objective, {pairs: [empty, empty], beta})).dataSync(),
    ]);
    t.true(losses.every(Number.isFinite), `${losses}`);
  });

  test(`${name} gives one loss a pair and leaves no tensor behind`, (t) => {
    const before = tf.memory().numTensors;
    t.is(measure(objective, {pairs: [start, better, worse], beta}).losses.length, 3);
    t.is(tf.memory().numTensors, before);
  });

  if (objective.mixesPairs === undefined) {
    test(`${name} of a part of a batch is that part of the batch's loss`, (t) => {
      const pairs = [start, better, worse];
      const whole = measure(objective, {pairs, beta});
      const parts = [[start], [better, worse]].map((part) =>
        measure(objective, {pairs: part, beta, totals: totalsOf(pairs)}),
      );
      near(
        t,
        parts.reduce((sum, {loss}) => sum + loss, 0),
        whole.loss,
      );
      const slopes = parts.flatMap((part) => part.slopes.flat());
      for (const [index, slope] of whole.slopes.flat().entries()) near(t, slopes[index], slope, 1e-7);
    });
  }

  test(`${name} is the only term of the expression that is its name`, (t) => {
    const [alone, expressed] = [objective, objectiveOf(name)].map((each) =>
      measure(each, {pairs: [start, better, worse], beta}),
    );
    t.deepEqual(expressed, alone);
  });
}

test('only what says so depends on other pairs', (t) => {
  // A margin above that of `worse` with the policy, below it with the reference; log-ratios of 15 and −10.
  const crossing: PairNumbers = {policy: [-10, -20], reference: [-25, -10], tokens: [5, 8]};
  for (const name of objectiveNames) {
    const objective = all[name];
    const lossBeside = (neighbour: PairNumbers): number =>
      measure(objective, {pairs: [worse, neighbour], beta, totals: totalsOf([worse, start])}).losses[0] ??
      Number.NaN;
    const apart = Math.abs(lossBeside(crossing) - lossBeside(start));
    t.is(apart > 1e-5, objective.mixesPairs === true, `${name}: ${apart}`);
  }
});

test('both APO losses plus 1 are the formulas of TRL', (t) => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  for (const [pair, chosen, rejected] of [
    [better, 0.1, -0.05],
    [worse, -0.2, 0.1],
  ] as const) {
    const [zero, down] = [objectives.apo_zero, objectives.apo_down].map((objective) =>
      measure(objective, {pairs: [pair], beta}),
    );
    near(t, Number(zero?.loss) + 1, 1 - sigmoid(chosen) + sigmoid(rejected));
    near(t, Number(down?.loss) + 1, sigmoid(chosen) + 1 - sigmoid(chosen - rejected));
  }
});

test('an objective is known by its name alone', (t) => {
  t.true(isObjectiveName('kto_pair'));
  t.false(isObjectiveName('sigmoid'));
  t.false(isObjectiveName('toString'));
});
