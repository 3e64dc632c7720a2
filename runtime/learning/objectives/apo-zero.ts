/**
 * APO-zero, Eq. 7: L = −σ(r_w) + σ(r_l), in (−1, 1). TRL's `apo_zero` is this plus 1.
 *
 * Pushes the chosen reward above 0 and the rejected one below it, each by itself. For chosen completions that are better
 * than the policy's own (y_w ≻ π_θ), as revisions are. Slopes in r are at most 1/4 and vanish as |r| grows.
 * At r_w = r_l = 0, where every run starts, L = 0, dL/dr_w = −1/4 and dL/dr_l = 1/4.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {ChosenRejected, NamedObjective} from './objective-contract.js';

/** Eq. 7 for rewards that are given. */
export const zeroAnchoredLosses = ({chosen, rejected}: ChosenRejected): tf.Tensor1D =>
  tf.sub(tf.sigmoid(rejected), tf.sigmoid(chosen));

export const apoZero: NamedObjective = {
  about:
    "raises the chosen answers and lowers the rejected ones; for chosen answers better than the policy's",
  source: 'Eq. 7',
  losses: ({rewards}) => zeroAnchoredLosses(rewards),
};
