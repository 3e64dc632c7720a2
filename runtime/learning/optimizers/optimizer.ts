/** What optimizers share: the shape of one step, and how their state is named. */
import type * as tf from '@tensorflow/tfjs-core';
import type {Tensors} from '../../model/layers.js';
import type {HostTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph.js';

export interface OptimizerStep {
  /** Weights by name, and the optimizer's own tensors by `optimizer.<slot>.<name>`. */
  readonly state: Tensors;
  /** dL/dw of each weight that learns, by the weight's name. */
  readonly gradients: Tensors;
  /** A scalar input of the step, so that a new rate needs no new graph. */
  readonly learningRate: tf.Scalar;
}

const PREFIX = 'optimizer.';

/** The state's name for an optimizer's tensor of one weight. */
export const slotName = (slot: string, weight: string): string => `${PREFIX}${slot}.${weight}`;

/** Whether a name in the state is the optimizer's and not a weight's. */
export const isSlotName = (name: string): boolean => name.startsWith(PREFIX);

export const zeros = (shape: readonly number[]): HostTensor => ({
  shape,
  dtype: 'float32',
  data: new Float32Array(sizeOf(shape)),
});
