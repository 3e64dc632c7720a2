/**
 * Robust DPO (Chowdhury et al. 2024, arXiv:2403.00409): DPO's loss made unbiased where a share ε of the labels is flipped.
 *
 *   L = (−(1 − ε) log σ(m) + ε log σ(−m)) / (1 − 2ε),   m = r_w − r_l
 *
 * TRL's `robust`. Settings: `label_smoothing`, ε; 0.1 unless given, since TRL's default of 0 makes it `dpo`. The loss is not
 * bounded below for ε > 0; slopes in r are, by (1 − ε) / (1 − 2ε). At m = 0, where every run starts, L = ln 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import {type NamedObjective, settingOf} from './objective-contract.js';

export const robust: NamedObjective = {
  about: 'DPO where a share of the pairs is the wrong way round',
  source: 'TRL',
  losses(batch) {
    const epsilon = settingOf(batch, 'label_smoothing');
    const margins: tf.Tensor1D = tf.sub(batch.rewards.chosen, batch.rewards.rejected);
    const asLabelled: tf.Tensor1D = tf.mul(tf.sub(1, epsilon), logLoss(margins));
    const flipped: tf.Tensor1D = tf.mul(epsilon, logLoss(tf.neg(margins)));
    return tf.div(tf.sub<tf.Tensor1D>(asLabelled, flipped), tf.sub(1, tf.mul(2, epsilon)));
  },
  settings: {
    label_smoothing: {
      default: 0.1,
      from: 0,
      below: 0.5,
      about: 'ε, the share of labels that are the wrong way round',
    },
  },
};
