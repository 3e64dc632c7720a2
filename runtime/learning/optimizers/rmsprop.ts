/**
 * RMSProp as torch.optim.RMSprop computes it by default, the optimizer of the paper's runs:
 *
 *   v ← α v + (1 − α) g²,   w ← w − η g / (√v + ε),   v₀ = 0, α = .99, ε = 1e-8
 *
 * without momentum, centring or weight decay. ε is outside the root, unlike in TensorFlow's. A first step is therefore
 * about 10 η sign(g), whatever the size of g.
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers.js';
import type {HostTensor} from '../../tensor/executor.js';
import type {OptimizerStep} from './optimizer.js';
import {slotName, zeros} from './optimizer.js';

const ALPHA = 0.99;
const EPSILON = 1e-8;

const squareAverage = (name: string): string => slotName('square_avg', name);

/** The optimizer's state before the first step: `optimizer.square_avg.<name>` for each weight. */
export function* initialRmsprop(weights: ReadonlyMap<string, HostTensor>): Iterable<[string, HostTensor]> {
  for (const [name, weight] of weights) yield [squareAverage(name), zeros(weight.shape)];
}

/** The weights and optimizer state after one step, by name; `learningRate` is η, a scalar. */
export function rmsprop({state, gradients, learningRate}: OptimizerStep): Record<string, tf.Tensor> {
  const next: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const slot = squareAverage(name);
    const [weight, average] = [tensorOf(state, name), tensorOf(state, slot)];
    const nextAverage = tf.add(tf.mul(average, ALPHA), tf.mul(tf.square(gradient), 1 - ALPHA));
    const change = tf.div(gradient, tf.add(tf.sqrt(nextAverage), EPSILON));
    next[slot] = nextAverage;
    next[name] = tf.sub(weight, tf.mul(change, learningRate));
  }
  return next;
}
