/**
 * CPO (Xu et al. 2024, arXiv:2401.08417): L = −log σ(β (log π_θ(y_w|x) − log π_θ(y_l|x))) + α NLL(y_w), in (0, ∞).
 *
 * DPO without a reference, held by a negative log-likelihood, the mean over all chosen completion tokens of the batch as in
 * `sft`. TRL's CPOTrainer. Settings: `cpo_alpha`, α, and `label_smoothing`. The slope in log π_θ is in [−β, β], and α a
 * token's share more for the chosen completion.
 */
import * as tf from '@tensorflow/tfjs-core';
import {labelSmoothing, smoothedLogLoss} from './log-loss.js';
import {type NamedObjective, settingOf} from './objective-contract.js';
import {chosenTokenNll} from './tokens.js';

export const cpo: NamedObjective = {
  about: 'DPO without a reference, and some SFT',
  source: "TRL's CPOTrainer",
  losses(batch) {
    const {chosen, rejected} = batch.policyLogps;
    const margins: tf.Tensor1D = tf.mul(batch.beta, tf.sub(chosen, rejected));
    const preference = smoothedLogLoss(margins, settingOf(batch, 'label_smoothing'));
    return tf.add(preference, tf.mul(settingOf(batch, 'cpo_alpha'), chosenTokenNll(batch)));
  },
  settings: {
    cpo_alpha: {default: 1, from: 0, about: 'α, the weight of the negative log-likelihood'},
    label_smoothing: labelSmoothing,
  },
};
