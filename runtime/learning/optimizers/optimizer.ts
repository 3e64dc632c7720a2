/** What optimizers share: the contract, the shape of one step, and how their state is named. */
import type * as tf from '@tensorflow/tfjs-core';
import type {Tensors} from '../../model/layers/layers.js';
import type {HostTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';

export interface Optimizer {
  /** The optimizer's own tensors before the first step, `optimizer.<slot>.<name>` for the weights that learn. */
  readonly initial: (weights: ReadonlyMap<string, HostTensor>) => Iterable<[string, HostTensor]>;
  /** The names of the scalars that every step takes. */
  readonly scalarNames: readonly string[];
  /** Their values for one step, worked out in float64: what depends on the step's number is an input, not part of a graph. */
  readonly scalars: (options: StepScalars) => Record<string, number>;
  /** Weights and optimizer state after one step, by name. */
  readonly step: (step: OptimizerStep) => Record<string, tf.Tensor>;
}

export interface StepScalars {
  /** η */
  readonly learningRate: number;
  /** Steps that the optimizer's state has seen, from 0. */
  readonly stepsDone: number;
  /** λ of AdamW, ≥ 0; 0 unless given. The others have none. */
  readonly weightDecay?: number;
}

export interface OptimizerStep {
  /** Weights by name, and the optimizer's own tensors by `optimizer.<slot>.<name>`. */
  readonly state: Tensors;
  /** dL/dw of each weight that learns, by the weight's name. */
  readonly gradients: Tensors;
  /** The scalars of this step by `scalarNames`. */
  readonly scalars: Readonly<Record<string, tf.Tensor>>;
}

/** One of a step's scalars. */
export function scalarOf({scalars}: Pick<OptimizerStep, 'scalars'>, name: string): tf.Scalar {
  const scalar = scalars[name];
  if (scalar === undefined) throw new Error(`the optimizer's step lacks its scalar ${name}`);
  return scalar as tf.Scalar;
}

const PREFIX = 'optimizer.';

/** The state's name for an optimizer's tensor of one weight. */
export const slotName = (slot: string, weight: string): string => `${PREFIX}${slot}.${weight}`;

/** The weight that `slotName` was given. */
export function weightOfSlot(name: string): string {
  const weight = /^optimizer\.[^.]+\.(.+)$/.exec(name)?.[1];
  if (weight === undefined) throw new Error(`${name} is not an optimizer's tensor`);
  return weight;
}

/** Whether a name in the state is the optimizer's and not a weight's. */
export const isSlotName = (name: string): boolean => name.startsWith(PREFIX);

export const zeros = (shape: readonly number[]): HostTensor => ({
  shape,
  dtype: 'float32',
  data: new Float32Array(sizeOf(shape)),
});
