/** Means over tokens, and what completion lengths do to rewards. */
import * as tf from '@tensorflow/tfjs-core';
import {type ChosenRejected, type PairBatch, settingOf} from './objective-contract.js';
import type {SettingSpec} from './setting.js';

/** Each side's values divided by its completion tokens; by 1 in a row that only fills the batch. */
export const perToken = (
  {chosen, rejected}: ChosenRejected,
  tokenCounts: ChosenRejected,
): ChosenRejected => ({
  chosen: tf.div(chosen, tf.maximum(tokenCounts.chosen, 1)),
  rejected: tf.div(rejected, tf.maximum(tokenCounts.rejected, 1)),
});

/**
 * −log π_θ(y_w|x) · pairs / Σ_j |y_w,j|, nats: scaled so that the mean over the batch's pairs is the mean over all of its
 * chosen completion tokens, as TRL's cross-entropies are. A long completion weighs more than a short one.
 */
export function chosenTokenNll({
  policyLogps,
  totals,
}: Pick<PairBatch, 'policyLogps' | 'totals'>): tf.Tensor1D {
  const meanTokens: tf.Scalar = tf.div(totals.chosenTokens, totals.pairs);
  return tf.neg(tf.div(policyLogps.chosen, meanTokens));
}

/** log-ratios u = log π_θ(y|x) − log π_ref(y|x), nats. */
export const logRatios = ({policyLogps, referenceLogps}: PairBatch): ChosenRejected => ({
  chosen: tf.sub(policyLogps.chosen, referenceLogps.chosen),
  rejected: tf.sub(policyLogps.rejected, referenceLogps.rejected),
});

/** α of every length-controlled objective. */
export const lengthAlpha: SettingSpec = {
  default: 0.02,
  from: 0,
  about: 'α, the reward that a token costs: longer answers must be better by it',
};

/** α (|y_w| − |y_l|) [B], a constant to the gradient. */
export function lengthTerm(batch: PairBatch): tf.Tensor1D {
  const {chosen, rejected} = batch.tokenCounts;
  return tf.mul(settingOf(batch, 'length_alpha'), tf.sub(chosen, rejected));
}

/**
 * r + α (|y| − (|y_w| + |y_l|) / 2): rewards with R-DPO's length term on each, so that the margin carries all of it.
 *
 * The length is counted from the pair's own mean. r + α |y| alone would lift every reward of a long pair far above the
 * anchor at 0, where σ is flat, and nothing would be learnt from it.
 */
export function lengthControlledRewards(batch: PairBatch): ChosenRejected {
  const half: tf.Tensor1D = tf.div(lengthTerm(batch), 2);
  const {chosen, rejected} = batch.rewards;
  return {chosen: tf.add(chosen, half), rejected: tf.sub(rejected, half)};
}
