/**
 * The functions of tensors that a learner compiles. A batch that fits one run is one function of all, `step`. A larger one
 * adds up the gradients of its runs in the state (`accumulate`), from which `apply` takes the step; where pairs of different
 * runs mix in the loss, their log-probabilities come first (`forward`), and the objective's slopes from all of them (`slopes`).
 */
import * as tf from '@tensorflow/tfjs-core';
import {type Tensors, tensorOf} from '../model/layers.js';
import type {TensorFunction, TensorSpec} from '../tensor/executor.js';
import {lossGradients} from './loss-gradients.js';
import {type Losses, linearLosses, lossInputs} from './losses.js';
import {clipByGlobalNorm} from './optimizers/clip.js';
import type {Optimizer} from './optimizers/optimizer.js';
import type {RunShape} from './packing.js';
import {type PolicyGraph, pairGradients, pairInputs, pairLogps, placeInputs} from './pair-gradients.js';

/** What a step does with gradients. */
export interface Update {
  readonly optimizer: Optimizer;
  /** Gradients are scaled down to this norm, all tensors together. */
  readonly maxGradNorm: number;
}

export const SCALAR: TensorSpec = {shape: [], dtype: 'float32'};
type Inputs = Readonly<Record<string, tf.Tensor>>;

/** The state's name for the sum of a tensor's gradients. */
export const gradientName = (name: string): string => `gradient.${name}`;

export const dropoutInput = ({adapter}: PolicyGraph): Record<string, TensorSpec> =>
  adapter === undefined || adapter.dropout === 0 ? {} : {dropoutSeed: SCALAR};

export const scalarInputs = ({scalarNames}: Optimizer): Record<string, TensorSpec> =>
  Object.fromEntries(scalarNames.map((name) => [name, SCALAR]));

export const nameOf = (kind: string, {pairs, rows, rowLength, predicting}: RunShape): string =>
  `${kind} ${pairs} pairs ${rows}x${rowLength}/${predicting}`;

function updated({optimizer, maxGradNorm}: Update, gradients: Tensors, state: Tensors, scalars: Inputs) {
  const clipped = clipByGlobalNorm(gradients, maxGradNorm);
  return {
    norm: clipped.norm,
    state: optimizer.step({state, gradients: clipped.gradients, scalars}),
  };
}

/** A whole step on a batch of one run. */
export const stepFunction = (
  graph: PolicyGraph,
  losses: Losses,
  shape: RunShape,
  update: Update,
): TensorFunction<string, 'loss' | 'gradNorm' | 'policyLogps'> => ({
  name: nameOf(`step ${losses.name}`, shape),
  inputs: {...pairInputs(losses, shape), ...dropoutInput(graph), ...scalarInputs(update.optimizer)},
  body(inputs, state) {
    const {gradients, ...measured} = pairGradients(graph, losses, inputs, state);
    const next = updated(update, gradients, state, inputs);
    return {outputs: {...measured, gradNorm: next.norm}, state: next.state};
  },
});

/** Adds a run's gradients to those in the state times `keep`: 0 at a batch's first run, else 1. */
export const accumulateFunction = (
  graph: PolicyGraph,
  losses: Losses,
  shape: RunShape,
): TensorFunction<string, 'loss' | 'policyLogps'> => ({
  name: nameOf(`accumulate ${losses.name}`, shape),
  inputs: {...pairInputs(losses, shape), ...dropoutInput(graph), keep: SCALAR},
  body(inputs, state) {
    const {gradients, ...measured} = pairGradients(graph, losses, inputs, state);
    const sums = Object.entries(gradients).map(([name, gradient]) => {
      const before = tf.mul(tensorOf(state, gradientName(name)), tensorOf(inputs, 'keep'));
      return [gradientName(name), tf.add(before, gradient)] as const;
    });
    return {outputs: measured, state: Object.fromEntries(sums)};
  },
});

/** A step from the gradients in the state. */
export const applyFunction = (
  {learned}: PolicyGraph,
  update: Update,
): TensorFunction<string, 'gradNorm'> => ({
  name: 'apply',
  inputs: scalarInputs(update.optimizer),
  body(inputs, state) {
    const gradients = learned.map((name) => [name, tensorOf(state, gradientName(name))] as const);
    const next = updated(update, Object.fromEntries(gradients), state, inputs);
    return {outputs: {gradNorm: next.norm}, state: next.state};
  },
});

/** log π_θ [2P] of a run's completions. */
export const forwardFunction = (
  graph: PolicyGraph,
  shape: RunShape,
): TensorFunction<string, 'policyLogps'> => ({
  name: nameOf('forward', shape),
  inputs: {...placeInputs(shape), ...dropoutInput(graph)},
  body: (inputs, state) => ({outputs: {policyLogps: pairLogps(graph, inputs)(state)}}),
});

/** Loss of a whole batch of B pairs and its slopes [2B], from log-probabilities. */
export const slopesFunction = (losses: Losses, pairs: number): TensorFunction<string, 'loss' | 'slopes'> => ({
  name: `slopes of ${losses.name}, ${pairs} pairs`,
  inputs: {policyLogps: {shape: [2 * pairs], dtype: 'float32'}, ...lossInputs(losses, pairs)},
  body(inputs) {
    const {loss, gradients} = lossGradients(['policyLogps'], inputs, () => {
      const logps = tensorOf(inputs, 'policyLogps') as tf.Tensor1D;
      return {loss: losses.loss(logps, inputs), seen: logps};
    });
    return {outputs: {loss, slopes: tensorOf(gradients, 'policyLogps')}};
  },
});

/** `accumulate` from slopes that are known. */
export const accumulateSlopesFunction = (graph: PolicyGraph, shape: RunShape) =>
  accumulateFunction(graph, linearLosses(shape.pairs), shape);
