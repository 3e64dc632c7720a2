/**
 * EXO (Ji et al. 2024, arXiv:2402.00856, Eq. 16): the reverse KL from the policy's preference to the labels', for two answers.
 *
 *   L = q (log q − log(1 − ε)) + (1 − q) (log(1 − q) − log ε),   q = σ(r_w − r_l)
 *
 * ≥ 0, and 0 where the policy prefers the chosen answer with probability 1 − ε. TRL's `exo_pair`. Settings:
 * `label_smoothing`, ε; TRL refuses its own default of 0, and the paper's 1e-3 is the default here. Slopes in r are at most
 * log((1 − ε) / ε) / 4 + 1/4: they vanish where the margin is far from 0, on the wrong side too.
 */
import * as tf from '@tensorflow/tfjs-core';
import {type NamedObjective, settingOf} from './objective-contract.js';

export const exoPair: NamedObjective = {
  about: 'DPO where a share of the pairs is the wrong way round',
  source: 'TRL',
  losses(batch) {
    const epsilon = settingOf(batch, 'label_smoothing');
    const margins: tf.Tensor1D = tf.sub(batch.rewards.chosen, batch.rewards.rejected);
    const against = tf.neg(margins);
    // log q and log(1 − q) as softplus: a product with q at 0 is 0 then, and not 0 times infinity.
    const chosen = tf.neg(tf.add(tf.softplus(against), tf.log(tf.sub(1, epsilon))));
    const rejected = tf.neg(tf.add(tf.softplus(margins), tf.log(epsilon)));
    return tf.add(tf.mul(tf.sigmoid(margins), chosen), tf.mul(tf.sigmoid(against), rejected));
  },
  settings: {
    label_smoothing: {
      default: 1e-3,
      above: 0,
      below: 0.5,
      about: 'ε, the share of labels taken to be the wrong way round',
    },
  },
};
