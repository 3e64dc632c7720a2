/**
 * BCO for pairs (Jung et al. 2024, arXiv:2404.04656): L = −log σ(r_w) − log σ(−r_l), in (0, ∞). TRL's `bco_pair`.
 *
 * A classifier of rewards with its threshold at 0; the paper's moving threshold is not in TRL's loss since version 1 and not
 * here. Slopes in r are in (−1, 0) for the chosen and (0, 1) for the rejected one; −1/2 and 1/2 at r_w = r_l = 0, where
 * every run starts and L = 2 ln 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';

export const bcoPair: NamedObjective = {
  about: 'each side against 0, as APO-zero, but logistic',
  source: 'TRL',
  losses: ({rewards: {chosen, rejected}}) => tf.add(logLoss(chosen), logLoss(tf.neg(rejected))),
};
