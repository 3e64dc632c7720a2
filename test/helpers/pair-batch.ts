/** Batches of log-probabilities for objectives, and their slopes, on the CPU backend of TensorFlow.js or an executor. */
import '../../runtime/tensor/cpu.js';
import '../../runtime/tensor/tensorflow.js';
import * as tf from '@tensorflow/tfjs-core';
import type {
  ChosenRejected,
  Objective,
  PairBatch,
} from '../../runtime/learning/objectives/objective-contract.js';
import type {Executor} from '../../runtime/tensor/executor.js';

/** One pair: [chosen, rejected] each. */
export interface PairNumbers {
  readonly policy: readonly [number, number];
  readonly reference: readonly [number, number];
  /** 1 token each where it does not matter. */
  readonly tokens?: readonly [number, number];
  readonly weight?: 0 | 1;
}

export interface BatchNumbers {
  readonly pairs: readonly PairNumbers[];
  readonly beta: number;
  /** By name; the objective's defaults where they are left out. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Of the whole batch that `pairs` are a part of; those of `pairs` unless given. */
  readonly totals?: {readonly pairs: number; readonly chosenTokens: number};
}

const sides = (pairs: readonly (readonly [number, number])[]): ChosenRejected => ({
  chosen: tf.tensor1d(pairs.map(([chosen]) => chosen)),
  rejected: tf.tensor1d(pairs.map(([, rejected]) => rejected)),
});

/** Counts of the pairs of weight 1, at least 1 as every batch has. */
export function totalsOf(pairs: readonly PairNumbers[]): {pairs: number; chosenTokens: number} {
  const counted = pairs.filter(({weight = 1}) => weight === 1);
  const chosenTokens = counted.reduce((total, {tokens = [1, 1]}) => total + tokens[0], 0);
  return {pairs: Math.max(1, counted.length), chosenTokens: Math.max(1, chosenTokens)};
}

export function pairBatch(
  {settings: declared = {}}: Objective,
  {pairs, beta, settings = {}, totals = totalsOf(pairs)}: BatchNumbers,
  policyLogps: ChosenRejected = sides(pairs.map(({policy}) => policy)),
): PairBatch {
  const reference = sides(pairs.map((pair) => pair.reference));
  const scale = tf.scalar(beta);
  const reward = (side: keyof ChosenRejected): tf.Tensor1D =>
    tf.mul(tf.sub(policyLogps[side], reference[side]), scale);
  const values = Object.entries(declared).map(([name, {default: usual}]) => [name, settings[name] ?? usual]);
  return {
    policyLogps,
    referenceLogps: reference,
    rewards: {chosen: reward('chosen'), rejected: reward('rejected')},
    beta: scale,
    tokenCounts: sides(pairs.map(({tokens = [1, 1]}) => tokens)),
    weights: tf.tensor1d(pairs.map(({weight = 1}) => weight)),
    totals: {pairs: tf.scalar(totals.pairs), chosenTokens: tf.scalar(totals.chosenTokens)},
    settings: Object.fromEntries(values.map(([name, value]) => [name, tf.scalar(Number(value))])),
  };
}

export interface Measured {
  /** Of each pair. */
  readonly losses: number[];
  /** The mean over pairs of weight 1. */
  readonly loss: number;
  /** dloss/dlogps of each pair, [chosen, rejected]. */
  readonly slopes: [number, number][];
}

/** Losses and slopes of an objective as tensors of the policy's log-probabilities. */
function measuring(objective: Objective, numbers: BatchNumbers, policy: ChosenRejected) {
  const lossesOf = (given: ChosenRejected) => objective.losses(pairBatch(objective, numbers, given));
  const mean = (chosen: tf.Tensor, rejected: tf.Tensor): tf.Scalar => {
    const {weights, totals} = pairBatch(objective, numbers);
    const losses = lossesOf({chosen: chosen as tf.Tensor1D, rejected: rejected as tf.Tensor1D});
    // SFT reads one side only, and TensorFlow.js refuses the gradient of what is not used.
    const used = tf.mul(tf.sum(tf.add(chosen, rejected)), 0);
    return tf.add(tf.div(tf.sum(tf.mul(losses, weights)), totals.pairs), used);
  };
  const {value, grads} = tf.valueAndGrads(mean)([policy.chosen, policy.rejected]);
  const [chosen, rejected] = grads as [tf.Tensor, tf.Tensor];
  return {losses: lossesOf(policy), loss: value, chosen, rejected};
}

const zipped = (chosen: ArrayLike<number>, rejected: ArrayLike<number>) =>
  Array.from(chosen, (slope, index): [number, number] => [slope, rejected[index] ?? Number.NaN]);

/** Losses and slopes of an objective, worked out operation by operation. */
export function measure(objective: Objective, numbers: BatchNumbers): Measured {
  return tf.tidy(() => {
    const policy = sides(numbers.pairs.map((pair) => pair.policy));
    const {losses, loss, chosen, rejected} = measuring(objective, numbers, policy);
    return {
      losses: [...losses.dataSync()],
      loss: loss.dataSync()[0] ?? Number.NaN,
      slopes: zipped(chosen.dataSync(), rejected.dataSync()),
    };
  });
}

/** The same from a graph that an executor compiled, the policy's log-probabilities being its inputs. */
export async function measureOn(
  executor: Executor,
  objective: Objective,
  numbers: BatchNumbers,
): Promise<Measured> {
  const {pairs} = numbers;
  const state = executor.createState([]);
  const spec = {shape: [pairs.length], dtype: 'float32'} as const;
  const program = await executor.compile(
    {
      name: 'objective',
      inputs: {chosen: spec, rejected: spec},
      body: (inputs) => ({outputs: measuring(objective, numbers, inputs as unknown as ChosenRejected)}),
    },
    state,
  );
  const {losses, loss, chosen, rejected} = await program.run({
    chosen: Float32Array.from(pairs, ({policy}) => policy[0]),
    rejected: Float32Array.from(pairs, ({policy}) => policy[1]),
  });
  await program.dispose();
  state.dispose();
  return {
    losses: [...losses.data],
    loss: loss.data[0] ?? Number.NaN,
    slopes: zipped(chosen.data, rejected.data),
  };
}
