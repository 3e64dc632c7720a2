/**
 * R-DPO (Park et al. 2024, arXiv:2403.19159): L = −log σ(r_w − r_l + α (|y_w| − |y_l|)), in (0, ∞).
 *
 * DPO for the reward less α a token: the term is a constant of the pair, which only says how far its margin has to go.
 * A pair whose chosen completion is the longer one is learnt less from. Settings: `length_alpha`, α; at 0 it is `dpo`.
 * Slopes in r are in (−1, 1). TRL has no such loss.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';
import {lengthAlpha, lengthTerm} from './tokens.js';

export const rdpo: NamedObjective = {
  about: 'DPO that does not pay for length',
  source: 'R-DPO',
  losses(batch) {
    const margins: tf.Tensor1D = tf.sub(batch.rewards.chosen, batch.rewards.rejected);
    return logLoss(tf.add(margins, lengthTerm(batch)));
  },
  settings: {length_alpha: lengthAlpha},
};
