/**
 * The contract of an objective, and the conventions that all of them share.
 *
 * - Notation of the docstrings: u = log π_θ(y|x) − log π_ref(y|x), the log-ratio; r = β u, the reward (Eq. 5); subscripts w
 *   and l for the chosen and the rejected completion; |y| for a completion's tokens; σ for the sigmoid.
 * - Logarithms are natural; log-probabilities are summed over completion tokens, the end token included. An objective that
 *   takes the mean over tokens says so.
 * - The paper's objectives are its equations as printed: TRL adds 1 to both APO losses, which changes no gradient. The
 *   others are TRL's losses, or their paper's where TRL has none.
 * - Everything is float32 and per pair, [B]. The caller takes the mean, so that no objective owns a reduction: a loss is
 *   worth 1/pairs of the batch, and what averages over something else (tokens) scales itself by the batch's totals.
 * - Losses and slopes are finite for log-ratios of ±10,000. The slopes are bounded, in dL/dr by the constant that each
 *   docstring names, unless it says otherwise (`ipo` and `sppo_hard` are squares).
 */
import type * as tf from '@tensorflow/tfjs-core';
import type {SettingSpec} from './setting.js';

/** One value a pair for each side; both [B]. */
export interface ChosenRejected {
  readonly chosen: tf.Tensor1D;
  readonly rejected: tf.Tensor1D;
}

/** Counts over the whole batch of a step, of which the pairs at hand may be a part. Both at least 1. */
export interface BatchTotals {
  /** Pairs of weight 1. */
  readonly pairs: tf.Scalar;
  /** Tokens of their chosen completions. */
  readonly chosenTokens: tf.Scalar;
}

/** What every objective sees of B pairs: a batch, or a part of one. */
export interface PairBatch {
  /** log π_θ(y|x), nats. */
  readonly policyLogps: ChosenRejected;
  /** log π_ref(y|x), nats. No gradient flows here. */
  readonly referenceLogps: ChosenRejected;
  /** r = β (policy − reference), Eq. 5. */
  readonly rewards: ChosenRejected;
  /** β, a scalar input of the step: changing it needs no new graph. */
  readonly beta: tf.Scalar;
  /** Completion tokens of each answer, as float32; 0 in a row that only fills the batch. */
  readonly tokenCounts: ChosenRejected;
  /** 1 for a pair, 0 for a row that only fills the batch. Objectives that mix pairs must honour it. */
  readonly weights: tf.Tensor1D;
  readonly totals: BatchTotals;
  /** A scalar for each of the objective's settings, inputs of the step as β is. */
  readonly settings: Readonly<Record<string, tf.Scalar>>;
}

export interface Objective {
  /** Loss of each pair [B]. Their sum over all pairs of weight 1, divided by `totals.pairs`, is minimised. */
  readonly losses: (batch: PairBatch) => tf.Tensor1D;
  /** What it reads of `PairBatch.settings`, by name; names as TRL's. */
  readonly settings?: Readonly<Record<string, SettingSpec>>;
  /** A pair's loss depends on other pairs' log-probabilities: it must see the whole batch at once. */
  readonly mixesPairs?: true;
}

/** An objective by itself, as it is told to people. */
export interface NamedObjective extends Objective {
  /** What it does, as the end of a sentence. */
  readonly about: string;
  /** Whose it is: an equation of the paper, or another's. */
  readonly source: string;
}

/** The scalar of a setting that the objective declares. */
export function settingOf({settings}: Pick<PairBatch, 'settings'>, name: string): tf.Scalar {
  const value = settings[name];
  if (value === undefined) throw new Error(`the batch has no setting ${name}`);
  return value;
}
