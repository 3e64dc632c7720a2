/** The loss of a run's pairs from their log-probabilities: an objective's, or one whose slopes are known already. */
import * as tf from '@tensorflow/tfjs-core';
import type {TensorSpec} from '../../tensor/executor.js';
import type {ChosenRejected, Objective} from '../objectives/objective-contract.js';

export type LossInput = 'referenceLogps' | 'tokenCounts' | 'weights' | (string & {});

export interface Losses {
  /** For messages and profiles. */
  readonly name: string;
  /** Inputs besides the arrays that every loss may read. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** The pairs' part of the batch's loss. @param policyLogps [2P], chosen completions first */
  readonly loss: (policyLogps: tf.Tensor1D, inputs: Readonly<Record<string, tf.Tensor>>) => tf.Scalar;
}

const SCALAR: TensorSpec = {shape: [], dtype: 'float32'};
const settingInput = (name: string): string => `setting ${name}`;

/** The arrays that every loss may read, and a loss's own. */
export const lossInputs = ({inputs}: Losses, pairs: number): Record<LossInput, TensorSpec> => ({
  referenceLogps: {shape: [2 * pairs], dtype: 'float32'},
  tokenCounts: {shape: [2 * pairs], dtype: 'float32'},
  weights: {shape: [pairs], dtype: 'float32'},
  ...inputs,
});

/** The values of an objective's own inputs. */
export interface ObjectiveScalars {
  readonly beta: number;
  readonly totalPairs: number;
  readonly totalChosenTokens: number;
  /** Those of `scalarsOf`. */
  readonly settings: Readonly<Record<string, number>>;
}

export const objectiveScalars = ({settings, ...scalars}: ObjectiveScalars): Record<string, Float32Array> =>
  Object.fromEntries(
    [
      ...Object.entries(scalars),
      ...Object.entries(settings).map(([name, value]) => [settingInput(name), value] as const),
    ].map(([name, value]) => [name, Float32Array.of(value)]),
  );

/** Σ_i w_i L_i / pairs of the batch, of which the pairs at hand may be a part. */
export function objectiveLosses(objective: Objective, name = 'objective'): Losses {
  const settingNames = Object.keys(objective.settings ?? {});
  const names = ['beta', 'totalPairs', 'totalChosenTokens', ...settingNames.map(settingInput)];
  return {
    name,
    inputs: Object.fromEntries(names.map((name) => [name, SCALAR])),
    loss(logps, inputs) {
      const scalar = (name: string): tf.Scalar => inputOf(inputs, name) as tf.Scalar;
      const policyLogps = halves(logps);
      const referenceLogps = halves(inputOf(inputs, 'referenceLogps') as tf.Tensor1D);
      const beta = scalar('beta');
      const weights = inputOf(inputs, 'weights') as tf.Tensor1D;
      const reward = (side: keyof ChosenRejected): tf.Tensor1D =>
        tf.mul(tf.sub(policyLogps[side], referenceLogps[side]), beta);
      const losses = objective.losses({
        policyLogps,
        referenceLogps,
        rewards: {chosen: reward('chosen'), rejected: reward('rejected')},
        beta,
        tokenCounts: halves(inputOf(inputs, 'tokenCounts') as tf.Tensor1D),
        weights,
        totals: {pairs: scalar('totalPairs'), chosenTokens: scalar('totalChosenTokens')},
        settings: Object.fromEntries(settingNames.map((name) => [name, scalar(settingInput(name))])),
      });
      const sum: tf.Scalar = tf.sum(tf.mul(losses, weights));
      return tf.div(sum, scalar('totalPairs'));
    },
  };
}

/**
 * Σ slopes · log π_θ, whose gradient is the objective's where `slopes` [2P] are dL/dlogps of the whole batch: how a batch in
 * several runs is differentiated where a pair's loss depends on pairs of other runs.
 */
export const linearLosses = (pairs: number): Losses => ({
  name: 'slopes',
  inputs: {slopes: {shape: [2 * pairs], dtype: 'float32'}},
  loss: (logps, inputs) => tf.sum(tf.mul(logps, inputOf(inputs, 'slopes'))),
});

function inputOf(inputs: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const input = inputs[name];
  if (input === undefined) throw new Error(`the run lacks its input ${name}`);
  return input;
}

/** Chosen rows come first. Cut on an axis of two, whose places do not depend on the number of pairs. */
function halves(rows: tf.Tensor1D): ChosenRejected {
  const pairs = rows.shape[0] / 2;
  const bySide: tf.Tensor2D = tf.reshape(rows, [2, pairs]);
  const side = (index: number): tf.Tensor1D => tf.reshape(tf.slice(bySide, [index, 0], [1, pairs]), [pairs]);
  return {chosen: side(0), rejected: side(1)};
}
