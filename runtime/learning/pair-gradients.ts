/** Loss and gradients of one batch of pairs, in TensorFlow.js operations: what a step is before the optimizer. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelConfig} from '../model/config.js';
import type {Tensors} from '../model/layers.js';
import {completionLogps} from '../model/logps.js';
import type {TensorSpec} from '../tensor/executor.js';
import type {TrainingPair} from './batch.js';
import {lossGradients} from './loss-gradients.js';
import {batchKl} from './objectives/kl.js';
import type {ChosenRejected, Objective} from './objectives/objective.js';

type SettingInput = `setting ${string}`;
const settingInput = (name: string): SettingInput => `setting ${name}`;

/** The scalars of one step: β, `BatchTotals`, and the settings of the objective. */
export type PairScalar = 'beta' | 'totalPairs' | 'totalChosenTokens' | SettingInput;
/** The arrays of `PackedPairs`, and the scalars. */
export type PairInput = 'tokens' | 'completionMask' | 'referenceLogps' | 'weights' | PairScalar;

const settingNames = ({settings}: Objective): string[] => Object.keys(settings ?? {});

/** The inputs' shapes for batches of B pairs padded to T tokens. */
export const pairInputs = (
  objective: Objective,
  batchSize: number,
  length: number,
): Record<PairInput, TensorSpec> => ({
  tokens: {shape: [2 * batchSize, length], dtype: 'int32'},
  completionMask: {shape: [2 * batchSize, length], dtype: 'float32'},
  referenceLogps: {shape: [2 * batchSize], dtype: 'float32'},
  weights: {shape: [batchSize], dtype: 'float32'},
  beta: SCALAR,
  totalPairs: SCALAR,
  totalChosenTokens: SCALAR,
  ...Object.fromEntries(settingNames(objective).map((name) => [settingInput(name), SCALAR])),
});
const SCALAR: TensorSpec = {shape: [], dtype: 'float32'};

/** The values of a step's scalars for the pairs of its whole batch; `settings` are those of `scalarsOf`. */
export function pairScalars(
  pairs: readonly TrainingPair[],
  {beta, settings}: {readonly beta: number; readonly settings: Readonly<Record<string, number>>},
): Record<PairScalar, Float32Array> {
  const chosenTokens = pairs.reduce((total, {chosenIds}) => total + chosenIds.length, 0);
  const named = Object.entries(settings).map(([name, value]) => [settingInput(name), Float32Array.of(value)]);
  return {
    beta: Float32Array.of(beta),
    totalPairs: Float32Array.of(pairs.length),
    totalChosenTokens: Float32Array.of(chosenTokens),
    ...Object.fromEntries(named),
  };
}

export interface PairGradients {
  /** The objective's mean over the pairs of weight 1. */
  readonly loss: tf.Scalar;
  /** [2B] log π_θ: chosen rows, then rejected ones. */
  readonly policyLogps: tf.Tensor1D;
  /** The batch's estimate of KL(π_θ‖π_ref), nats. */
  readonly kl: tf.Scalar;
  /** dL/dw by the weight's name. */
  readonly gradients: Record<string, tf.Tensor>;
}

/**
 * One forward and one backward pass of the policy over B chosen and B rejected sequences. `state` may hold more than the
 * weights; `learned` names those to differentiate by.
 */
export function pairGradients(
  config: ModelConfig,
  objective: Objective,
  learned: readonly string[],
  inputs: Readonly<Record<PairInput, tf.Tensor>>,
  state: Tensors,
): PairGradients {
  const tokens = inputs.tokens as tf.Tensor2D;
  const completionMask = inputs.completionMask as tf.Tensor2D;
  const weights = inputs.weights as tf.Tensor1D;
  const beta = inputs.beta as tf.Scalar;
  const totals = {
    pairs: inputs.totalPairs as tf.Scalar,
    chosenTokens: inputs.totalChosenTokens as tf.Scalar,
  };
  const settings = Object.fromEntries(
    settingNames(objective).map((name) => [name, inputs[settingInput(name)] as tf.Scalar]),
  );
  const referenceLogps = halves(inputs.referenceLogps as tf.Tensor1D);
  const tokenCounts = halves(tf.sum<tf.Tensor1D>(completionMask, 1));

  const {loss, seen, gradients} = lossGradients(learned, state, () => {
    const logps = completionLogps(config, state, {tokens, completionMask});
    const policyLogps = halves(logps);
    const rewards = {
      chosen: tf.mul<tf.Tensor1D>(tf.sub(policyLogps.chosen, referenceLogps.chosen), beta),
      rejected: tf.mul<tf.Tensor1D>(tf.sub(policyLogps.rejected, referenceLogps.rejected), beta),
    };
    const side = {policyLogps, referenceLogps, rewards, beta, tokenCounts, weights};
    const losses = objective.losses({...side, totals, settings});
    return {loss: tf.div(tf.sum(tf.mul(losses, weights)), totals.pairs), seen: logps};
  });
  return {
    loss,
    policyLogps: seen,
    kl: batchKl({policyLogps: halves(seen), referenceLogps, weights}),
    gradients,
  };
}

/** Chosen rows come first. */
function halves(rows: tf.Tensor1D): ChosenRejected {
  const pairs = rows.shape[0] / 2;
  return {chosen: tf.slice1d(rows, 0, pairs), rejected: tf.slice1d(rows, pairs, pairs)};
}
