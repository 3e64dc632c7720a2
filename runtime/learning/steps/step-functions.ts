/**
 * The functions of tensors that a learner compiles, each for runs of any sizes. A batch's runs add up their gradients in the
 * state (`accumulate`), from which `apply` takes the step; where pairs of different runs mix in the loss, their
 * log-probabilities come first (`forward`), and the objective's slopes from all of them (`slopes`).
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers/layers.js';
import type {SizedFunction, TensorFunction, TensorSpec} from '../../tensor/executor.js';
import {clipByGlobalNorm} from '../optimizers/clip.js';
import type {Optimizer} from '../optimizers/optimizer.js';
import {placeSpecs, RUN_SIZES, type RunSize} from '../packing/packing.js';
import {lossGradients} from './loss-gradients.js';
import {type Losses, lossInputs} from './losses.js';
import {type PolicyGraph, pairGradients, pairInputs, pairLogps} from './pair-gradients.js';

/** What a step does with gradients. */
export interface Update {
  readonly optimizer: Optimizer;
  /** Gradients are scaled down to this norm, all tensors together. */
  readonly maxGradNorm: number;
}

export const SCALAR: TensorSpec = {shape: [], dtype: 'float32'};

/** The state's name for the sum of a tensor's gradients. */
export const gradientName = (name: string): string => `gradient.${name}`;

export const dropoutInput = ({adapter}: PolicyGraph): Record<string, TensorSpec> =>
  adapter === undefined || adapter.dropout === 0 ? {} : {dropoutSeed: SCALAR};

export const scalarInputs = ({scalarNames}: Optimizer): Record<string, TensorSpec> =>
  Object.fromEntries(scalarNames.map((name) => [name, SCALAR]));

/**
 * Adds a run's gradients to those in the state times `keep`: 0 at a batch's first run, else 1.
 * @param lossesOf that many pairs
 */
export const accumulateFunction = (
  graph: PolicyGraph,
  lossesOf: (pairs: number) => Losses,
): SizedFunction<RunSize, string, 'loss' | 'policyLogps'> => ({
  name: `accumulate ${lossesOf(1).name}`,
  sizes: RUN_SIZES,
  at(sizes) {
    const losses = lossesOf(sizes.pairs);
    return {
      name: `accumulate ${losses.name}`,
      inputs: {...pairInputs(graph, losses, sizes), ...dropoutInput(graph), keep: SCALAR},
      body(inputs, state) {
        const {gradients, ...measured} = pairGradients(graph, losses, inputs, state);
        const sums = Object.entries(gradients).map(([name, gradient]) => {
          const before = tf.mul(tensorOf(state, gradientName(name)), tensorOf(inputs, 'keep'));
          return [gradientName(name), tf.add(before, gradient)] as const;
        });
        return {outputs: measured, state: Object.fromEntries(sums)};
      },
    };
  },
});

/** A step from the gradients in the state. */
export const applyFunction = (
  {learned}: Pick<PolicyGraph, 'learned'>,
  {optimizer, maxGradNorm}: Update,
): TensorFunction<string, 'gradNorm'> => ({
  name: 'apply',
  inputs: scalarInputs(optimizer),
  body(inputs, state) {
    const sums = learned.map((name) => [name, tensorOf(state, gradientName(name))] as const);
    const {norm, gradients} = clipByGlobalNorm(Object.fromEntries(sums), maxGradNorm);
    return {
      outputs: {gradNorm: norm},
      state: optimizer.step({state, gradients, scalars: inputs}),
    };
  },
});

/** log π_θ [2P] of a run's completions. */
export const forwardFunction = (graph: PolicyGraph): SizedFunction<RunSize, string, 'policyLogps'> => ({
  name: 'forward',
  sizes: RUN_SIZES,
  at: (sizes) => ({
    name: 'forward',
    inputs: {...placeSpecs(sizes, graph.parts), ...dropoutInput(graph)},
    // Nothing learns from it.
    body: (inputs, state) => ({outputs: {policyLogps: pairLogps({...graph, learned: []}, inputs)(state)}}),
  }),
});

/** Loss of a whole batch of B pairs and its slopes [2B], from log-probabilities. */
export const slopesFunction = (losses: Losses): SizedFunction<'pairs', string, 'loss' | 'slopes'> => ({
  name: `slopes of ${losses.name}`,
  sizes: ['pairs'],
  at: ({pairs}) => ({
    name: `slopes of ${losses.name}`,
    inputs: {policyLogps: {shape: [2 * pairs], dtype: 'float32'}, ...lossInputs(losses, pairs)},
    body(inputs) {
      const {loss, gradients} = lossGradients(['policyLogps'], inputs, () => {
        const logps = tensorOf(inputs, 'policyLogps') as tf.Tensor1D;
        return {loss: losses.loss(logps, inputs), seen: logps};
      });
      return {outputs: {loss, slopes: tensorOf(gradients, 'policyLogps')}};
    },
  }),
});
