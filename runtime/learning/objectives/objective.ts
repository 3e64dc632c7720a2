/**
 * The contract of an objective, and the conventions that all of them share.
 *
 * - Losses are the paper's equations as printed: TRL adds 1 to both APO losses, which changes no gradient.
 * - Logarithms are natural; log-probabilities are summed over completion tokens, the end token included.
 * - Everything is float32 and per pair, [B]. The caller takes the mean, so that no objective owns a reduction.
 */
import type * as tf from '@tensorflow/tfjs-core';

/** One value a pair for each side; both [B]. */
export interface ChosenRejected {
  readonly chosen: tf.Tensor1D;
  readonly rejected: tf.Tensor1D;
}

/** What every objective sees of one batch of B pairs. */
export interface PairBatch {
  /** log π_θ(y|x), nats. */
  readonly policyLogps: ChosenRejected;
  /** log π_ref(y|x), nats. No gradient flows here. */
  readonly referenceLogps: ChosenRejected;
  /** r = β (policy − reference), Eq. 5. */
  readonly rewards: ChosenRejected;
  /** β, a scalar input of the step: changing it needs no new graph. */
  readonly beta: tf.Scalar;
  /** Completion tokens of each answer, as float32. */
  readonly tokenCounts: ChosenRejected;
  /** 1 for a pair, 0 for a row that only fills the batch. Objectives that mix pairs must honour it. */
  readonly weights: tf.Tensor1D;
}

/** Loss of each pair [B]; its mean over the batch's pairs is minimised. */
export type Objective = (batch: PairBatch) => tf.Tensor1D;
