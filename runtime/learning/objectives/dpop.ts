/**
 * DPO-Positive (Pal et al. 2024, Smaug, arXiv:2402.13228): L = −log σ(r_w − r_l − λ β max(0, −u_w)), in (0, ∞).
 *
 * DPO with a penalty, inside the sigmoid, for a chosen completion that has become less likely than the reference has it.
 * Settings: `dpop_lambda`, λ; 50 in the paper. While u_w < 0 the slope in r_w is up to 1 + λ; elsewhere it is DPO's. At
 * r_w = r_l = 0, where every run starts, L = ln 2 and the slopes are DPO's. TRL has no such loss.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import {type NamedObjective, settingOf} from './objective-contract.js';

export const dpop: NamedObjective = {
  about: 'DPO, and what the chosen answers lost',
  source: 'Smaug',
  losses(batch) {
    const {chosen, rejected} = batch.rewards;
    const lost: tf.Tensor1D = tf.relu(tf.neg(chosen));
    const margins: tf.Tensor1D = tf.sub(chosen, rejected);
    return logLoss(tf.sub(margins, tf.mul(settingOf(batch, 'dpop_lambda'), lost)));
  },
  settings: {
    dpop_lambda: {
      default: 50,
      from: 0,
      about: 'λ, how much a chosen answer that fell below the reference counts',
    },
  },
};
