/**
 * The functions of tensors that a member of a sharded learner compiles: the gradients of a part of the batch, slice by
 * slice, and the optimizer's step on one slice. Neither writes to the state: what a step gives is kept or dropped as a whole.
 */
import * as tf from '@tensorflow/tfjs-core';
import {tensorOf} from '../../model/layers/layers.js';
import type {SizedFunction, TensorFunction, TensorSpec} from '../../tensor/executor.js';
import type {Optimizer} from '../optimizers/optimizer.js';
import {RUN_SIZES, type RunSize} from '../packing/packing.js';
import type {Losses} from '../steps/losses.js';
import {type PolicyGraph, pairGradients, pairInputs} from '../steps/pair-gradients.js';
import {dropoutInput, gradientName, SCALAR, scalarInputs} from '../steps/step-functions.js';
import type {Slots} from './optimizer-slots.js';
import type {Piece, Slice} from './slices.js';

/** The gradient's slice of that number, among a program's outputs. */
export const sliceOutput = (index: number): string => `slice ${index}`;

/** The factor that gradients are scaled by before the optimizer sees them. */
export const CLIP = 'clip';

/**
 * A run's part of loss and gradient, and its log-probabilities.
 * @param lossesOf that many pairs
 */
export const gradientFunction = (
  graph: PolicyGraph,
  lossesOf: (pairs: number) => Losses,
  slices: readonly Slice[],
): SizedFunction<RunSize, string, string> => ({
  name: `gradient ${lossesOf(1).name}`,
  sizes: RUN_SIZES,
  at(sizes) {
    const losses = lossesOf(sizes.pairs);
    return {
      name: `gradient ${losses.name}`,
      inputs: {...pairInputs(graph, losses, sizes), ...dropoutInput(graph)},
      body(inputs, state) {
        const {gradients, ...measured} = pairGradients(graph, losses, inputs, state);
        const flat = Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => [name, tf.reshape<tf.Rank.R1>(gradient, [-1])]),
        );
        const outputs = slices.map(({pieces}, index) => {
          const parts = pieces.map((piece) => pieceIn(tensorOf(flat, piece.name) as tf.Tensor1D, piece));
          const whole = parts.length === 1 && parts[0] ? parts[0] : tf.concat(parts);
          return [sliceOutput(index), whole] as const;
        });
        return {outputs: {...measured, ...Object.fromEntries(outputs)}};
      },
    };
  },
});

const pieceIn = (flat: tf.Tensor1D, {begin, length}: Piece): tf.Tensor1D =>
  flat.size === length ? flat : tf.slice1d(flat, begin, length);

/**
 * The optimizer's step on the pieces of a slice: of weights, of the optimizer's own tensors (`slots`) and of gradients, all
 * by their tensor's name.
 */
export const applySliceFunction = (
  {pieces}: Slice,
  optimizer: Optimizer,
  slots: Slots,
): TensorFunction<string, string> => ({
  name: `apply ${pieces.length} pieces`,
  inputs: {
    ...specsOf(pieces.map(({name, spec}) => [name, spec])),
    ...specsOf([...slots].map(([name, {shape, dtype}]) => [name, {shape, dtype}])),
    ...specsOf(pieces.map(({name, spec}) => [gradientName(name), spec])),
    ...scalarInputs(optimizer),
    [CLIP]: SCALAR,
  },
  body(inputs) {
    const clip = tensorOf(inputs, CLIP);
    const gradients = pieces.map(
      ({name}) => [name, tf.mul(tensorOf(inputs, gradientName(name)), clip)] as const,
    );
    return {
      outputs: optimizer.step({state: inputs, gradients: Object.fromEntries(gradients), scalars: inputs}),
    };
  },
});

const specsOf = (specs: readonly (readonly [string, TensorSpec])[]): Record<string, TensorSpec> =>
  Object.fromEntries(specs);
