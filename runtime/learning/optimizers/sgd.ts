/** Stochastic gradient descent as torch.optim.SGD computes it by default: w ← w − η g, without momentum. No state. */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers/layers.js';
import {type Optimizer, scalarOf} from './optimizer.js';

export const sgd: Optimizer = {
  initial: () => [],
  scalarNames: ['learningRate'],
  scalars: ({learningRate}) => ({learningRate}),
  step({state, gradients, scalars}) {
    const learningRate = scalarOf({scalars}, 'learningRate');
    const next = Object.entries(gradients).map(
      ([name, gradient]) => [name, tf.sub(tensorOf(state, name), tf.mul(gradient, learningRate))] as const,
    );
    return Object.fromEntries(next);
  },
};
