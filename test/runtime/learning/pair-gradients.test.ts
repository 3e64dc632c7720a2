/** Loss and gradients of a batch, against autograd in PyTorch and against TensorFlow.js run operation by operation. */
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {z} from 'zod';
import {packPairs, type TrainingPair} from '../../../runtime/learning/batch.js';
import {rewardMetrics} from '../../../runtime/learning/metrics.js';
import {anchoredLosses} from '../../../runtime/learning/objectives/kto-pair.js';
import type {Objective} from '../../../runtime/learning/objectives/objective.js';
import {objectiveNames, objectives} from '../../../runtime/learning/objectives/objectives.js';
import {pairGradients, pairInputs} from '../../../runtime/learning/pair-gradients.js';
import type {ModelCheckpoint} from '../../../runtime/model/checkpoint.js';
import {readSafetensors} from '../../../runtime/model/safetensors.js';
import type {Executor, ExecutorName, HostTensor} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {presentExecutors} from '../../helpers/executors.js';
import {
  goldenModel,
  goldenPath,
  goldenTokens,
  readGolden,
  tensorOf,
  withReference,
} from '../../helpers/goldens.js';

const BETA = 0.1;

interface Measured {
  readonly loss: number;
  readonly policyLogps: HostTensor['data'];
  readonly referenceLogps: Float32Array;
  readonly gradients: ReadonlyMap<string, HostTensor>;
}

interface Given {
  readonly executor: Executor;
  readonly model: ModelCheckpoint;
  readonly objective: Objective;
  readonly pairs: readonly TrainingPair[];
  readonly batchSize?: number;
}

async function measure(given: Given): Promise<Measured> {
  const {executor, model, objective, pairs, batchSize = pairs.length} = given;
  const {length, ...arrays} = packPairs(pairs, {batchSize, maxTokens: 192, padTokenId: 0});
  const learned = [...model.weights.keys()];
  const state = executor.createState(model.weights);
  const program = await executor.compile(
    {
      name: 'gradients',
      inputs: pairInputs(batchSize, length),
      body(inputs, weights) {
        const {loss, policyLogps, gradients} = pairGradients(
          model.config,
          objective,
          learned,
          inputs,
          weights,
        );
        return {outputs: {loss, policyLogps, ...gradients}};
      },
    },
    state,
  );
  const {loss, policyLogps, ...gradients} = await program.run({...arrays, beta: Float32Array.of(BETA)});
  await program.dispose();
  state.dispose();
  if (loss === undefined || policyLogps === undefined) throw new Error('the program lacks outputs');
  return {
    loss: loss.data[0] ?? Number.NaN,
    policyLogps: policyLogps.data,
    referenceLogps: arrays.referenceLogps,
    gradients: new Map(Object.entries(gradients)),
  };
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The largest difference of any two entries, as a share of the tensor's largest entry. */
function worstDifference(
  actual: ReadonlyMap<string, HostTensor>,
  wanted: ReadonlyMap<string, HostTensor>,
): number {
  const differences = [...wanted].map(([name, {data}]) => {
    const other = tensorOf(actual, name).data;
    const difference = Array.from(data, (value, index) => value - (other[index] ?? Number.NaN));
    return largest(difference) / largest(data);
  });
  return Math.max(...differences);
}

const goldenSchema = z.record(
  z.string(),
  z.object({
    loss: z.number(),
    rewards_chosen: z.array(z.number()),
    rewards_rejected: z.array(z.number()),
    grad_norms: z.record(z.string(), z.number()),
  }),
);

const goldenBatch = async (backend: ExecutorName): Promise<Pick<Given, 'executor' | 'model' | 'pairs'>> => {
  const {executor} = await openExecutor({backend, threads: 1});
  const tokens = (await goldenTokens()).slice(0, 16);
  const pairs = await withReference(tokens, await goldenModel(), executor);
  return {executor, pairs, model: await goldenModel('trained-apo_zero.safetensors')};
};
const graphExecutors = presentExecutors();

const fixedAnchor: Objective = ({rewards}) => anchoredLosses(rewards, tf.scalar(0.05));
const cases: Record<string, Objective> = {
  dpo: objectives.dpo,
  apo_zero: objectives.apo_zero,
  apo_down: objectives.apo_down,
  'kto_pair_anchor_0.05': fixedAnchor,
};

function near(t: ExecutionContext, what: string, actual: number, wanted: number, tolerance: number): void {
  t.true(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual} is not within ${tolerance} of ${wanted}`,
  );
}

const goldenCases = graphExecutors.flatMap((backend) =>
  Object.entries(cases).map(([name, objective]) => ({backend, name, objective})),
);
for (const {backend, name, objective} of goldenCases) {
  test(`${name} on ${backend}: loss, rewards and the norm of every gradient are those of PyTorch`, async (t) => {
    const golden = tensorOf(
      new Map(Object.entries(await readGolden('expected-gradients.json', goldenSchema))),
      name,
    );
    const batch = await goldenBatch(backend);
    const {loss, policyLogps, referenceLogps, gradients} = await measure({...batch, objective});
    near(t, 'loss', loss, golden.loss, 1e-4 * Math.abs(golden.loss));
    for (let pair = 0; pair < 16; pair++) {
      const rows = [policyLogps, referenceLogps].map((logps) => [logps[pair] ?? 0, logps[16 + pair] ?? 0]);
      const [policy, reference] = rows as [number[], number[]];
      const rewards = rewardMetrics({policyLogps: policy, referenceLogps: reference, pairs: 1, beta: BETA});
      // 1e-4 of a log-probability of up to 414 nats, times β.
      near(t, `chosen ${pair}`, rewards['rewards/chosen'], golden.rewards_chosen[pair] ?? Number.NaN, 4e-3);
      near(
        t,
        `rejected ${pair}`,
        rewards['rewards/rejected'],
        golden.rewards_rejected[pair] ?? Number.NaN,
        4e-3,
      );
    }
    t.is(gradients.size, Object.keys(golden.grad_norms).length);
    for (const [weight, norm] of Object.entries(golden.grad_norms)) {
      near(t, weight, Math.hypot(...tensorOf(gradients, weight).data), norm, 1e-4 * norm);
    }
  });
}

for (const backend of graphExecutors) {
  test(`every entry of APO-zero’s gradients on ${backend} is that of PyTorch to 1e-4 of its tensor’s largest`, async (t) => {
    const wanted = await readSafetensors(goldenPath('gradient-apo_zero.safetensors'));
    const {gradients} = await measure({...(await goldenBatch(backend)), objective: objectives.apo_zero});
    const worst = worstDifference(gradients, wanted);
    t.true(worst < 1e-4, `${worst}`);
  });
}

/** Short sequences cut from the goldens: what runs operation by operation in reasonable time. */
async function shortPairs(lengths: readonly (readonly [number, number, number])[]): Promise<TrainingPair[]> {
  const tokens = await goldenTokens();
  return lengths.map(([prompt, chosen, rejected], index) => {
    const {promptIds, chosenIds, rejectedIds} = tokens[index + 1] as TrainingPair;
    return {
      promptIds: promptIds.slice(0, prompt),
      chosenIds: chosenIds.slice(0, chosen),
      rejectedIds: rejectedIds.slice(0, rejected),
      referenceChosenLogps: -20 - index,
      referenceRejectedLogps: -25 + 2 * index,
    };
  });
}

for (const name of objectiveNames) {
  test(`${name}: recorded and run as a graph, gradients equal those of TensorFlow.js run eagerly`, async (t) => {
    const model = await goldenModel();
    const pairs = await shortPairs([
      [5, 6, 4],
      [3, 4, 7],
    ]);
    const given = {model, pairs, objective: objectives[name], batchSize: 3};
    const eager = await measure({
      ...given,
      executor: (await openExecutor({backend: 'eager', threads: 1})).executor,
    });
    const graph = await measure({
      ...given,
      executor: (await openExecutor({backend: 'onnx', threads: 1})).executor,
    });
    near(t, 'loss', graph.loss, eager.loss, 1e-5 * Math.max(1, Math.abs(eager.loss)));
    const worst = worstDifference(graph.gradients, eager.gradients);
    t.true(worst < 1e-5, `${worst}`);
  });
}

test('the length of the padding, fillers and the order of the pairs change nothing', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await goldenModel();
  const pairs = await shortPairs([
    [5, 6, 4],
    [3, 4, 7],
    [9, 2, 5],
    [1, 30, 12],
  ]);
  const [a, b, c, long] = pairs as [TrainingPair, TrainingPair, TrainingPair, TrainingPair];
  for (const name of objectiveNames) {
    const given = {executor, model, objective: objectives[name]};
    const plain = await measure({...given, pairs: [a, b, c]});
    const filled = await measure({...given, pairs: [c, a, b], batchSize: 5});
    t.true(worstDifference(filled.gradients, plain.gradients) < 1e-5, name);
    near(t, name, filled.loss, plain.loss, 1e-5);
    // A long neighbour pads the others: their log-probabilities stay.
    const padded = await measure({...given, pairs: [a, b, c, long]});
    for (const [row, other] of [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 4],
      [4, 5],
      [5, 6],
    ] as const) {
      near(
        t,
        `${name} row ${row}`,
        padded.policyLogps[other] ?? Number.NaN,
        plain.policyLogps[row] ?? 0,
        1e-4,
      );
    }
  }
});

test('where pairs do not mix, a batch’s gradient is the mean of its pairs’', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await goldenModel();
  const pairs = await shortPairs([
    [5, 6, 4],
    [1, 30, 12],
  ]);
  for (const name of ['dpo', 'apo_zero', 'apo_down'] as const) {
    const given = {executor, model, objective: objectives[name]};
    const together = await measure({...given, pairs});
    const [first, second] = await Promise.all(pairs.map((pair) => measure({...given, pairs: [pair]})));
    if (first === undefined || second === undefined) throw new Error('two pairs');
    const mean = new Map(
      [...first.gradients].map(([weight, tensor]): [string, HostTensor] => {
        const other = tensorOf(second.gradients, weight).data;
        const data = Float32Array.from(
          tensor.data,
          (value, index) => (value + (other[index] ?? Number.NaN)) / 2,
        );
        return [weight, {...tensor, data}];
      }),
    );
    const worst = worstDifference(together.gradients, mean);
    t.true(worst < 1e-5, `${name} ${worst}`);
  }
});
