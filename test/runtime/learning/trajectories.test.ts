/** The learner against 12 steps of TRL's DPOTrainer from the same weights, on the same pairs. */
import test, {type ExecutionContext} from 'ava';
import {z} from 'zod';
import {createLearner} from '../../../runtime/learning/learner.js';
import type {StepMetrics} from '../../../runtime/learning/metrics.js';
import type {ObjectiveName} from '../../../runtime/learning/objectives/objectives.js';
import {learningRateAt} from '../../../runtime/learning/schedule.js';
import {readSafetensors} from '../../../runtime/model/safetensors.js';
import type {Executor} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {
  goldenModel,
  goldenPath,
  goldenTokens,
  readGolden,
  tensorOf,
  withReference,
} from '../../helpers/goldens.js';

const BETA = 0.1;
const RATE = 1e-4;

const openOnnx = async (): Promise<Executor> => (await openExecutor({backend: 'onnx', threads: 1})).executor;

const goldenPairs = (async () =>
  withReference(await goldenTokens(), await goldenModel(), await openOnnx()))();

const row = z.object({
  loss: z.number(),
  grad_norm: z.number(),
  learning_rate: z.number(),
  'rewards/chosen': z.number(),
  'rewards/rejected': z.number(),
  'rewards/margins': z.number(),
  'rewards/accuracies': z.number(),
  'logps/chosen': z.number(),
  'logps/rejected': z.number(),
});
const trainingSchema = z.record(z.string(), z.object({steps: z.array(row)}));

interface Trajectory {
  readonly objective: ObjectiveName;
  /** TRL's loss_type. */
  readonly lossType: string;
  /** What TRL adds to the paper's loss. */
  readonly constant: number;
  readonly trained?: string;
}

const trajectories: readonly Trajectory[] = [
  {objective: 'dpo', lossType: 'sigmoid', constant: 0, trained: 'trained-sigmoid.safetensors'},
  {objective: 'apo_zero', lossType: 'apo_zero', constant: 1, trained: 'trained-apo_zero.safetensors'},
  {objective: 'apo_down', lossType: 'apo_down', constant: 1, trained: 'trained-apo_down.safetensors'},
  {objective: 'sft', lossType: 'sft', constant: 0},
];

function near(t: ExecutionContext, what: string, actual: number, wanted: number, tolerance: number): void {
  t.true(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual} is not within ${tolerance} of ${wanted}`,
  );
}

for (const {objective, lossType, constant, trained} of trajectories) {
  test(`${objective}: twelve steps go as with TRL’s ${lossType}`, async (t) => {
    const golden = tensorOf(
      new Map(Object.entries(await readGolden('expected-training.json', trainingSchema))),
      lossType,
    );
    const pairs = await goldenPairs;
    const options = {objective, batchSize: 16, maxGradNorm: 1, maxTokens: 192};
    const learner = await createLearner(await goldenModel(), await openOnnx(), options);
    t.teardown(() => learner.dispose());
    for (const [step, wanted] of golden.steps.entries()) {
      const from = (step * 16) % pairs.length;
      const learningRate = learningRateAt({peak: RATE, warmupSteps: 0, totalSteps: 12}, step);
      const metrics = await learner.step(pairs.slice(from, from + 16), {beta: BETA, learningRate});
      const at = (name: keyof StepMetrics): string => `${name} of step ${step}`;
      near(t, at('loss'), metrics.loss + constant, wanted.loss, 1e-3 * wanted.loss);
      near(t, at('learning_rate'), metrics.learning_rate, wanted.learning_rate, 1e-12);
      near(t, at('grad_norm'), metrics.grad_norm, wanted.grad_norm, 1e-3 * wanted.grad_norm);
      for (const name of ['logps/chosen', 'logps/rejected'] as const)
        near(t, at(name), metrics[name], wanted[name], 2e-2);
      for (const name of ['rewards/chosen', 'rewards/rejected', 'rewards/margins'] as const) {
        near(t, at(name), metrics[name], wanted[name], 2e-3);
      }
      // At step 0 both rewards are 0 and rounding decides which is the higher.
      if (step > 0)
        near(t, at('rewards/accuracies'), metrics['rewards/accuracies'], wanted['rewards/accuracies'], 1e-9);
    }
    if (trained === undefined) return;
    const [weights, wanted] = [await learner.weights(), await readSafetensors(goldenPath(trained))];
    t.deepEqual([...weights.keys()].sort(), [...wanted.keys()].sort());
    const initial = (await goldenModel()).weights;
    for (const [name, {data}] of wanted) {
      const [ours, before] = [tensorOf(weights, name).data, tensorOf(initial, name).data];
      const [apart, moved] = [rootMeanSquare(data, ours), rootMeanSquare(data, before)];
      t.true(apart < 1e-3 * moved, `${name} moved by ${moved} and is ${apart} apart`);
    }
  });
}

function rootMeanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const squares = Array.from(a, (value, index) => (value - (b[index] ?? Number.NaN)) ** 2);
  return Math.sqrt(squares.reduce((total, square) => total + square, 0) / squares.length);
}
