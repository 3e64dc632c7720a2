/**
 * SimPO (Meng et al. 2024, arXiv:2405.14734): L = −log σ(β (log π_θ(y_w|x) / |y_w| − log π_θ(y_l|x) / |y_l|) − γ), in (0, ∞).
 *
 * Rewards are β times the mean log-probability of a token, without a reference, and the chosen one is to be ahead by γ.
 * TRL's CPOTrainer with `loss_type="simpo"` and `cpo_alpha=0`; with an SFT term it is `simpo+0.5*sft`. Settings:
 * `simpo_gamma`, γ, and `label_smoothing`. β is to be about 2, not DPO's 0.1. The slope in log π_θ(y_w|x) is in
 * [−β/|y_w|, β/|y_w|].
 */
import * as tf from '@tensorflow/tfjs-core';
import {labelSmoothing, smoothedLogLoss} from './log-loss.js';
import {type NamedObjective, settingOf} from './objective-contract.js';
import {perToken} from './tokens.js';

export const simpo: NamedObjective = {
  about: 'mean log-probabilities a margin apart, without a reference',
  source: "TRL's CPOTrainer",
  losses(batch) {
    const {chosen, rejected} = perToken(batch.policyLogps, batch.tokenCounts);
    const margins: tf.Tensor1D = tf.mul(batch.beta, tf.sub(chosen, rejected));
    const beyond: tf.Tensor1D = tf.sub(margins, settingOf(batch, 'simpo_gamma'));
    return smoothedLogLoss(beyond, settingOf(batch, 'label_smoothing'));
  },
  settings: {
    simpo_gamma: {default: 0.5, from: 0, about: 'γ, the margin of rewards that is asked for'},
    label_smoothing: labelSmoothing,
  },
};
