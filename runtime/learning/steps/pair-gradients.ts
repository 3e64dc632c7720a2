/** Log-probabilities, loss and gradients of the pairs of one run, in TensorFlow.js operations: what a step is before the optimizer. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelConfig} from '../../model/files/config.js';
import {outputMatrixName} from '../../model/files/parameters.js';
import {attendBlocks, blockMasks, type Sight} from '../../model/layers/block-attention.js';
import type {Tensors} from '../../model/layers/layers.js';
import type {AdapterUse} from '../../model/layers/linear.js';
import {type LearnsFrom, tokenLogps} from '../../model/layers/token-logps.js';
import {decoder, rotationsAt} from '../../model/layers/transformer.js';
import type {TensorSpec} from '../../tensor/executor.js';
import {placeSpecs, type RunParts, type RunSizes} from '../packing/packing.js';
import {lossGradients} from './loss-gradients.js';
import {type Losses, type LossInput, lossInputs} from './losses.js';

/** The arrays of `RunArrays` that place tokens; the others are a loss's. */
export type PlaceInput = keyof ReturnType<typeof placeSpecs>;
/** `dropoutSeed` is there where an adapter has dropout. */
export type PairInput = PlaceInput | LossInput;

/** How a model is run while it learns. */
export interface PolicyGraph {
  readonly config: ModelConfig;
  /** Names of the state's tensors to differentiate by, in the order in which their gradients are worked out. */
  readonly learned: readonly string[];
  readonly adapter?: {readonly scale: number; readonly dropout: number} | undefined;
  /** Places that a sequence has, at most. */
  readonly places: number;
  readonly parts: RunParts;
  /** Intermediate values are computed again in the backward pass. */
  readonly recompute: boolean;
  /** The probabilities of the whole vocabulary are kept for the output matrix's gradient, where it learns; else made again. */
  readonly keepsProbabilities?: boolean;
}

export const pairInputs = (
  {parts}: Pick<PolicyGraph, 'parts'>,
  losses: Losses,
  sizes: RunSizes,
): Record<PairInput, TensorSpec> => ({...placeSpecs(sizes, parts), ...lossInputs(losses, sizes.pairs)});

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
  {config, learned, adapter, places, parts, recompute, keepsProbabilities = false}: PolicyGraph,
  inputs: Readonly<Record<string, tf.Tensor>>,
): (state: Tensors) => tf.Tensor1D {
  const {tokens, positions, indices, first, second, targets, numbers, owners, sides, ownBegin} =
    inputs as Record<PlaceInput, tf.Tensor>;
  const rotations = rotationsAt(config, places, positions as tf.Tensor1D);
  const headsPerKeyHead = config.headCount / config.keyValueHeadCount;
  const masks = blockMasks(inputs as unknown as Sight, headsPerKeyHead, parts.blocks);
  const wanted = {
    indices: indices as tf.Tensor1D,
    inverses: [first as tf.Tensor1D, second as tf.Tensor1D],
  };
  const {seated, attending, seats, otherSeats} = inputs as Record<PlaceInput, tf.Tensor1D>;
  const seating = {
    shape: ownBegin.shape as [number, number],
    queries: {indices: seated, inverses: [seats]},
    keys: {indices: seated, inverses: [seats, otherSeats]},
    attended: {indices: seats, inverses: [attending]},
  };
  const learns = learnsFrom(learned, learned.includes(outputMatrixName(config)), keepsProbabilities);
  const belongs = belonging(numbers as tf.Tensor1D, owners as tf.Tensor1D);
  return (state) => {
    const hidden = decoder(config, state, tokens as tf.Tensor2D, {
      rotations,
      mix: (_, heads) => attendBlocks(heads, masks, recompute),
      seating,
      wanted,
      adapter: adapter === undefined ? undefined : adapterUse(adapter, inputs.dropoutSeed),
      recomputeFor: recompute ? learned : undefined,
    });
    const logps = tokenLogps(config, state, hidden, targets as tf.Tensor2D, learns);
    const bySide = tf.mul(tf.reshape(logps, [1, 1, logps.shape[0]]), tf.expandDims(sides, 1));
    return tf.reshape(tf.sum(tf.mul(bySide, belongs), 2), [2 * belongs.shape[0]]);
  };
}

function learnsFrom(
  learned: readonly string[],
  learnsOutput: boolean,
  keepsProbabilities: boolean,
): LearnsFrom {
  if (learned.length === 0) return 'nothing';
  if (!learnsOutput) return 'hidden';
  return keepsProbabilities ? 'keptProbabilities' : 'logitsTakenAgain';
}

/** 1 where a prediction counts for a pair, else 0: [P, V]. Added up by it, a sum is the same for any number of threads. */
const belonging = (numbers: tf.Tensor1D, owners: tf.Tensor1D): tf.Tensor2D =>
  tf.cast(
    tf.equal(tf.reshape(numbers, [numbers.shape[0], 1]), tf.reshape(owners, [1, owners.shape[0]])),
    'float32',
  );

function adapterUse(
  {scale, dropout}: {readonly scale: number; readonly dropout: number},
  seed: tf.Tensor | undefined,
): AdapterUse {
  if (dropout === 0) return {scale};
  if (seed === undefined) throw new Error('a run with dropout needs the input dropoutSeed');
  return {scale, dropout: {rate: dropout, seed: seed as tf.Scalar}};
}
