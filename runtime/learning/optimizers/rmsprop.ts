/**
 * RMSProp as torch.optim.RMSprop computes it by default, the optimizer of the paper's runs:
 *
 *   v ← α v + (1 − α) g²,   w ← w − η g / (√v + ε),   v₀ = 0, α = .99, ε = 1e-8
 *
 * without momentum, centring or weight decay. ε is outside the root, unlike in TensorFlow's. A first step is therefore
 * about 10 η sign(g), whatever the size of g. State: `optimizer.square_avg.<name>`.
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers/layers.js';
import {type Optimizer, scalarOf, slotName, zeros} from './optimizer.js';

const ALPHA = 0.99;
const EPSILON = 1e-8;

const squareAverage = (name: string): string => slotName('square_avg', name);

export const rmsprop: Optimizer = {
  *initial(weights) {
    for (const [name, weight] of weights) yield [squareAverage(name), zeros(weight.shape)];
  },
  scalarNames: ['learningRate'],
  scalars: ({learningRate}) => ({learningRate}),
  step({state, gradients, scalars}) {
    const learningRate = scalarOf({scalars}, 'learningRate');
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
  },
};
