/**
 * IPO (Azar et al. 2023, arXiv:2310.12036, Eq. 17): L = (u_w / |y_w| − u_l / |y_l| − 1 / (2β))², in [0, ∞). TRL's `ipo`.
 *
 * Pulls the margin of log-ratios a token towards 1 / (2β), β being the paper's τ, from either side. The mean over tokens is
 * not in the paper; TRL has it from its authors. The slope in u_w is 2/|y_w| times what is squared, so it grows with the
 * log-ratio: bounded for bounded log-ratios only. At u = 0, where every run starts, L = 1 / (4β²).
 */
import * as tf from '@tensorflow/tfjs-core';
import type {NamedObjective} from './objective-contract.js';
import {logRatios, perToken} from './tokens.js';

export const ipo: NamedObjective = {
  about: 'pulls the margin a token to a target, and not beyond',
  source: 'TRL',
  losses(batch) {
    const {chosen, rejected} = perToken(logRatios(batch), batch.tokenCounts);
    const target: tf.Scalar = tf.div(0.5, batch.beta);
    return tf.square(tf.sub<tf.Tensor1D>(tf.sub(chosen, rejected), target));
  },
};
