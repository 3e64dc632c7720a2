/**
 * Length-normalised DPO (Lambert et al. 2024, Tülu 3, arXiv:2411.15124): L = −log σ(r_w / |y_w| − r_l / |y_l|), in (0, ∞).
 * TRL's `sigmoid_norm`.
 *
 * DPO on rewards a token, so that a long completion's margin is not larger for its length alone; β is larger than DPO's for
 * it (5 in the paper). The slope in r_w is in (−1/|y_w|, 0). At r_w = r_l = 0, where every run starts, L = ln 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';
import {perToken} from './tokens.js';

export const sigmoidNorm: NamedObjective = {
  about: 'DPO on rewards a token',
  source: 'TRL',
  losses({rewards, tokenCounts}) {
    const {chosen, rejected} = perToken(rewards, tokenCounts);
    return logLoss(tf.sub(chosen, rejected));
  },
};
