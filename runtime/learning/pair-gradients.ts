/** Log-probabilities, loss and gradients of the pairs of one run, in TensorFlow.js operations: what a step is before the optimizer. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelConfig} from '../model/config.js';
import type {Tensors} from '../model/layers.js';
import type {AdapterUse} from '../model/linear.js';
import {tokenLogps} from '../model/token-logps.js';
import {attendAmong, decoder, rotationsAt} from '../model/transformer.js';
import type {TensorSpec} from '../tensor/executor.js';
import {lossGradients} from './loss-gradients.js';
import {type Losses, type LossInput, lossInputs} from './losses.js';
import type {RunShape} from './packing.js';

/** The arrays of `PackedRun` that place tokens; the others are a loss's. */
export type PlaceInput =
  | 'tokens'
  | 'positions'
  | 'mask'
  | 'indices'
  | 'inverse'
  | 'forks'
  | 'targets'
  | 'sums';
/** `dropoutSeed` is there where an adapter has dropout. */
export type PairInput = PlaceInput | LossInput;

/** How a model is run while it learns. */
export interface PolicyGraph {
  readonly config: ModelConfig;
  /** Names of the state's tensors to differentiate by, in the order in which their gradients are worked out. */
  readonly learned: readonly string[];
  readonly adapter?: {readonly scale: number; readonly dropout: number} | undefined;
  /** Intermediate values are computed again in the backward pass. */
  readonly recompute: boolean;
}

/** The inputs' shapes of a run. */
export const placeInputs = ({
  pairs,
  rows,
  rowLength,
  predicting,
}: RunShape): Record<PlaceInput, TensorSpec> => ({
  tokens: {shape: [rows, rowLength], dtype: 'int32'},
  positions: {shape: [rows * rowLength], dtype: 'int32'},
  mask: {shape: [rows, 1, rowLength, rowLength], dtype: 'float32'},
  indices: {shape: [predicting], dtype: 'int32'},
  inverse: {shape: [rows * rowLength], dtype: 'int32'},
  forks: {shape: [pairs], dtype: 'int32'},
  targets: {shape: [predicting + pairs], dtype: 'int32'},
  sums: {shape: [predicting + pairs], dtype: 'int32'},
});

export const pairInputs = (losses: Losses, shape: RunShape): Record<PairInput, TensorSpec> => ({
  ...placeInputs(shape),
  ...lossInputs(losses, shape.pairs),
});

export interface PairGradients {
  /** The pairs' part of the loss. */
  readonly loss: tf.Scalar;
  /** [2P] log π_θ: of the chosen completions, then of the rejected ones. */
  readonly policyLogps: tf.Tensor1D;
  /** dL/dw by the weight's name. */
  readonly gradients: Record<string, tf.Tensor>;
}

/**
 * One forward and one backward pass of the policy over P pairs. `state` may hold more than what learns.
 * @param inputs those of `pairInputs`, and `dropoutSeed` where the adapter has dropout
 */
export function pairGradients(
  graph: PolicyGraph,
  losses: Losses,
  inputs: Readonly<Record<string, tf.Tensor>>,
  state: Tensors,
): PairGradients {
  const logps = pairLogps(graph, inputs);
  const {loss, seen, gradients} = lossGradients(graph.learned, state, () => {
    const policyLogps = logps(state);
    return {loss: losses.loss(policyLogps, inputs), seen: policyLogps};
  });
  return {loss, policyLogps: seen, gradients};
}

/** log π_θ of every completion [2P], as a function of the state: made outside of what is differentiated, so that its tables stay. */
export function pairLogps(
  {config, learned, adapter, recompute}: PolicyGraph,
  inputs: Readonly<Record<string, tf.Tensor>>,
): (state: Tensors) => tf.Tensor1D {
  const {tokens, positions, mask, indices, inverse, forks, targets, sums} = inputs as Record<
    PlaceInput,
    tf.Tensor
  >;
  const rowLength = tokens.shape[1] ?? 0;
  const pairs = forks.shape[0] ?? 0;
  const rotations = rotationsAt(config, rowLength, positions as tf.Tensor1D);
  const wanted = {indices: indices as tf.Tensor1D, inverse: inverse as tf.Tensor1D};
  return (state) => {
    const hidden = decoder(config, state, tokens as tf.Tensor2D, {
      rotations,
      mix: (_, heads) => attendAmong(config, heads, mask),
      wanted,
      adapter: adapter === undefined ? undefined : adapterUse(adapter, inputs.dropoutSeed),
      recomputeFor: recompute ? learned : undefined,
    });
    const twice = tf.gather(hidden, forks as tf.Tensor1D);
    const predicting: tf.Tensor2D = tf.concat([hidden, twice], 0);
    const logps = tokenLogps(config, state, predicting, targets as tf.Tensor1D);
    const parts = tf.unsortedSegmentSum(logps, sums as tf.Tensor1D, 3 * pairs + 1);
    const byPair: tf.Tensor2D = tf.reshape(tf.slice(parts, 0, 3 * pairs), [pairs, 3]);
    const column = (part: number): tf.Tensor1D =>
      tf.reshape(tf.slice(byPair, [0, part], [pairs, 1]), [pairs]);
    const common = column(0);
    return tf.concat([tf.add<tf.Tensor1D>(common, column(1)), tf.add<tf.Tensor1D>(common, column(2))]);
  };
}

function adapterUse(
  {scale, dropout}: {readonly scale: number; readonly dropout: number},
  seed: tf.Tensor | undefined,
): AdapterUse {
  if (dropout === 0) return {scale};
  if (seed === undefined) throw new Error('a run with dropout needs the input dropoutSeed');
  return {scale, dropout: {rate: dropout, seed: seed as tf.Scalar}};
}
