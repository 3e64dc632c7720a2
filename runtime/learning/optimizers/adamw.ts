/**
 * AdamW as torch.optim.AdamW computes it by default, but for the weight decay λ, which is 0 unless asked for (torch: 0.01):
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *   w ← (1 − η λ) w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 *
 * with β₁ = .9, β₂ = .999, ε = 1e-8 and steps t counted from 1. With λ = 0 it is Adam. Matrices decay, vectors do not: the
 * biases and norms that Hugging Face's trainers leave out. State: `optimizer.exp_avg.<name>`, `optimizer.exp_avg_sq.<name>`.
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers/layers.js';
import {type Optimizer, scalarOf, slotName, zeros} from './optimizer.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

const average = (name: string): string => slotName('exp_avg', name);
const squareAverage = (name: string): string => slotName('exp_avg_sq', name);

export const adamw: Optimizer = {
  *initial(weights) {
    for (const [name, weight] of weights) {
      yield [average(name), zeros(weight.shape)];
      yield [squareAverage(name), zeros(weight.shape)];
    }
  },
  scalarNames: ['stepSize', 'correction', 'keep'],
  /** η / (1 − β₁ᵗ), √(1 − β₂ᵗ), of which 1 − β₂ would lose half its digits in float32, and 1 − η λ. */
  scalars({learningRate, stepsDone, weightDecay = 0}) {
    const t = stepsDone + 1;
    return {
      stepSize: learningRate / (1 - BETA_1 ** t),
      correction: Math.sqrt(1 - BETA_2 ** t),
      keep: 1 - learningRate * weightDecay,
    };
  },
  step({state, gradients, scalars}) {
    const stepSize = scalarOf({scalars}, 'stepSize');
    const correction = scalarOf({scalars}, 'correction');
    const keep = scalarOf({scalars}, 'keep');
    const next: Record<string, tf.Tensor> = {};
    for (const [name, gradient] of Object.entries(gradients)) {
      const [mName, vName] = [average(name), squareAverage(name)];
      const [weight, m, v] = [tensorOf(state, name), tensorOf(state, mName), tensorOf(state, vName)];
      const nextM = tf.add(tf.mul(m, BETA_1), tf.mul(gradient, 1 - BETA_1));
      const nextV = tf.add(tf.mul(v, BETA_2), tf.mul(tf.square(gradient), 1 - BETA_2));
      const change = tf.div(nextM, tf.add(tf.div(tf.sqrt(nextV), correction), EPSILON));
      const kept = weight.rank < 2 ? weight : tf.mul(weight, keep);
      next[mName] = nextM;
      next[vName] = nextV;
      next[name] = tf.sub(kept, tf.mul(change, stepSize));
    }
    return next;
  },
};
