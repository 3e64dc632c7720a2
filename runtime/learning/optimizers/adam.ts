/**
 * Adam as torch.optim.Adam computes it by default:
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 *
 * with β₁ = .9, β₂ = .999, ε = 1e-8 and steps t counted from 1; without weight decay.
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers.js';
import type {HostTensor} from '../../tensor/executor.js';
import type {OptimizerStep} from './optimizer.js';
import {slotName, zeros} from './optimizer.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

const average = (name: string): string => slotName('exp_avg', name);
const squareAverage = (name: string): string => slotName('exp_avg_sq', name);

/** The optimizer's state before the first step: `optimizer.exp_avg.<name>` and `optimizer.exp_avg_sq.<name>`. */
export function* initialAdam(weights: ReadonlyMap<string, HostTensor>): Iterable<[string, HostTensor]> {
  for (const [name, weight] of weights) {
    yield [average(name), zeros(weight.shape)];
    yield [squareAverage(name), zeros(weight.shape)];
  }
}

/** What of a step depends on how many came before it. Worked out in float64: 1 − β₂ loses half its digits in float32. */
export interface AdamScales {
  /** η / (1 − β₁ᵗ) */
  readonly learningRate: number;
  /** √(1 − β₂ᵗ) */
  readonly correction: number;
}

/** The scales of the step that follows `stepsDone` others. */
export function adamScales(learningRate: number, stepsDone: number): AdamScales {
  const t = stepsDone + 1;
  return {learningRate: learningRate / (1 - BETA_1 ** t), correction: Math.sqrt(1 - BETA_2 ** t)};
}

/** The weights and optimizer state after one step, by name; the scalars are those of `adamScales`. */
export function adam(step: OptimizerStep & {readonly correction: tf.Scalar}): Record<string, tf.Tensor> {
  const {state, gradients, learningRate, correction} = step;
  const next: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const [mName, vName] = [average(name), squareAverage(name)];
    const [weight, m, v] = [tensorOf(state, name), tensorOf(state, mName), tensorOf(state, vName)];
    const nextM = tf.add(tf.mul(m, BETA_1), tf.mul(gradient, 1 - BETA_1));
    const nextV = tf.add(tf.mul(v, BETA_2), tf.mul(tf.square(gradient), 1 - BETA_2));
    const change = tf.div(nextM, tf.add(tf.div(tf.sqrt(nextV), correction), EPSILON));
    next[mName] = nextM;
    next[vName] = nextV;
    next[name] = tf.sub(weight, tf.mul(change, learningRate));
  }
  return next;
}
