/** Batches of log-probabilities for objectives, and their slopes, on the CPU backend of TensorFlow.js. */
import '../../runtime/tensor/cpu.js';
import '../../runtime/tensor/tensorflow.js';
import * as tf from '@tensorflow/tfjs-core';
import type {ChosenRejected, Objective, PairBatch} from '../../runtime/learning/objectives/objective.js';

/** One pair: [chosen, rejected] each. */
export interface PairNumbers {
  readonly policy: readonly [number, number];
  readonly reference: readonly [number, number];
  /** 1 token each where it does not matter. */
  readonly tokens?: readonly [number, number];
  readonly weight?: 0 | 1;
}

const sides = (pairs: readonly (readonly [number, number])[]): ChosenRejected => ({
  chosen: tf.tensor1d(pairs.map(([chosen]) => chosen)),
  rejected: tf.tensor1d(pairs.map(([, rejected]) => rejected)),
});

export function pairBatch(
  pairs: readonly PairNumbers[],
  beta: number,
  policyLogps?: ChosenRejected,
): PairBatch {
  const policy = policyLogps ?? sides(pairs.map((pair) => pair.policy));
  const reference = sides(pairs.map((pair) => pair.reference));
  const scale = tf.scalar(beta);
  const reward = (side: keyof ChosenRejected): tf.Tensor1D =>
    tf.mul(tf.sub(policy[side], reference[side]), scale);
  return {
    policyLogps: policy,
    referenceLogps: reference,
    rewards: {chosen: reward('chosen'), rejected: reward('rejected')},
    beta: scale,
    tokenCounts: sides(pairs.map(({tokens = [1, 1]}) => tokens)),
    weights: tf.tensor1d(pairs.map(({weight = 1}) => weight)),
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

/** Losses and slopes of an objective, worked out operation by operation. */
export function measure(objective: Objective, pairs: readonly PairNumbers[], beta: number): Measured {
  return tf.tidy(() => {
    const {policyLogps, weights} = pairBatch(pairs, beta);
    const mean = (chosen: tf.Tensor, rejected: tf.Tensor): tf.Scalar => {
      const given = {chosen: chosen as tf.Tensor1D, rejected: rejected as tf.Tensor1D};
      const losses = objective(pairBatch(pairs, beta, given));
      // SFT reads one side only, and TensorFlow.js refuses the gradient of what is not used.
      const used = tf.mul(tf.sum(tf.add(chosen, rejected)), 0);
      const loss: tf.Scalar = tf.add(tf.div(tf.sum(tf.mul(losses, weights)), tf.sum(weights)), used);
      return loss;
    };
    const {value, grads} = tf.valueAndGrads(mean)([policyLogps.chosen, policyLogps.rejected]);
    const [chosen, rejected] = grads.map((gradient) => [...gradient.dataSync()]) as [number[], number[]];
    return {
      losses: [...objective(pairBatch(pairs, beta)).dataSync()],
      loss: value.dataSync()[0] ?? Number.NaN,
      slopes: chosen.map((slope, index): [number, number] => [slope, rejected[index] ?? Number.NaN]),
    };
  });
}
