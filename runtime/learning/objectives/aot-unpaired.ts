/**
 * AOT, unpaired (Melnyk et al. 2024, arXiv:2406.05882): the chosen rewards, as a distribution, are to dominate the rejected.
 *
 *   L_k = −(1 − ε) log σ(d_k) − ε log σ(−d_k),   d = sort(r_w) − sort(r_l)
 *
 * sorted over the pairs of the batch. TRL's `aot_unpaired`. Each loss stands in the row of its chosen reward. Settings:
 * `label_smoothing`, ε. Slopes in r are in [−1, 1]. With one pair it is DPO (with label smoothing).
 */
import * as tf from '@tensorflow/tfjs-core';
import {labelSmoothing, smoothedLogLoss} from './log-loss.js';
import {matchedByRank} from './matched.js';
import {type NamedObjective, settingOf} from './objective-contract.js';

export const aotUnpaired: NamedObjective = {
  about: 'DPO on sides that are sorted over the batch',
  source: 'TRL',
  losses(batch) {
    const {chosen, rejected} = batch.rewards;
    const matched = matchedByRank(chosen, rejected, batch.weights);
    return smoothedLogLoss(tf.sub(chosen, matched), settingOf(batch, 'label_smoothing'));
  },
  settings: {label_smoothing: labelSmoothing},
  mixesPairs: true,
};
