/**
 * SPPO with hard preferences (Wu et al. 2024, arXiv:2405.00675, Eq. 4.7 with probabilities 1 and 0):
 *
 *   L = (u_w − 1/(2β))² + (u_l + 1/(2β))²
 *
 * in [0, ∞). TRL's `sppo_hard`. Pulls the chosen log-ratio to 1/(2β) nats and the rejected one to −1/(2β). The slope in u is
 * twice what is squared, so it grows with the log-ratio: bounded for bounded log-ratios only. At u = 0, where every run
 * starts, L = 1/(2β²) and the slopes are −1/β and 1/β, 1/β² times as steep as with the other objectives.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {NamedObjective} from './objective-contract.js';
import {logRatios} from './tokens.js';

export const sppoHard: NamedObjective = {
  about: 'each side up to a target, not beyond',
  source: 'TRL',
  losses(batch) {
    const {chosen, rejected} = logRatios(batch);
    const target: tf.Scalar = tf.div(0.5, batch.beta);
    return tf.add(tf.square(tf.sub(chosen, target)), tf.square(tf.add(rejected, target)));
  },
};
