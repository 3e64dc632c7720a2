/**
 * ORPO (Hong et al. 2024, arXiv:2403.07691): L = NLL(y_w) − β log σ(log(odds_w / odds_l)), in (0, ∞).
 *
 * odds = p / (1 − p), where log p is the mean log-probability of a completion's tokens; no reference. β is the paper's λ, as
 * in TRL's ORPOTrainer. The negative log-likelihood is the paper's, over the chosen completion's tokens and averaged as in
 * `sft`; TRL takes the prompt's tokens into it too. Odds are infinite at p = 1: a mean above −1e-6 nats counts as −1e-6 and
 * has no slope there, so that the slope in log p stays below 1e6 β.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';
import {chosenTokenNll, perToken} from './tokens.js';

/** The largest mean log-probability of a token whose odds are told apart. */
const MOST_LOGP = -1e-6;

/** log(p / (1 − p)) of log p [B]. */
function logOdds(logp: tf.Tensor1D): tf.Tensor1D {
  const below: tf.Tensor1D = tf.minimum(logp, MOST_LOGP);
  return tf.sub(below, tf.log(tf.neg(tf.expm1(below))));
}

export const orpo: NamedObjective = {
  about: 'SFT, and β times the odds of chosen over rejected answers',
  source: "TRL's ORPOTrainer",
  losses(batch) {
    const {chosen, rejected} = perToken(batch.policyLogps, batch.tokenCounts);
    const oddsRatio = logLoss(tf.sub(logOdds(chosen), logOdds(rejected)));
    return tf.add(chosenTokenNll(batch), tf.mul(batch.beta, oddsRatio));
  },
};
