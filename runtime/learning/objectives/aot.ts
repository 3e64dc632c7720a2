/**
 * AOT, paired (Melnyk et al. 2024, arXiv:2406.05882): the policy's margins, as a distribution, are to dominate the reference's.
 *
 *   L_k = −(1 − ε) log σ(β (a_k − b_k)) − ε log σ(−β (a_k − b_k))
 *
 * with a = sort(log π_θ(y_w|x) − log π_θ(y_l|x)) and b = sort(log π_ref(y_w|x) − log π_ref(y_l|x)) over the pairs of the
 * batch. TRL's `aot`. Each loss stands in the row whose margin is a_k. Settings: `label_smoothing`, ε. Slopes in r are in
 * [−1, 1]. With one pair, and wherever both orders agree, it is DPO (with label smoothing).
 */
import * as tf from '@tensorflow/tfjs-core';
import {labelSmoothing, smoothedLogLoss} from './log-loss.js';
import {matchedByRank} from './matched.js';
import {type ChosenRejected, type NamedObjective, settingOf} from './objective-contract.js';

const margins = ({chosen, rejected}: ChosenRejected): tf.Tensor1D => tf.sub(chosen, rejected);

export const aot: NamedObjective = {
  about: 'DPO on margins that are sorted over the batch',
  source: 'TRL',
  losses(batch) {
    const policy = margins(batch.policyLogps);
    const reference = matchedByRank(policy, margins(batch.referenceLogps), batch.weights);
    const ahead: tf.Tensor1D = tf.mul(batch.beta, tf.sub(policy, reference));
    return smoothedLogLoss(ahead, settingOf(batch, 'label_smoothing'));
  },
  settings: {label_smoothing: labelSmoothing},
  mixesPairs: true,
};
