/**
 * DPO, Eq. 6: L = −log σ(r_w − r_l), in (0, ∞). TRL's `sigmoid`.
 *
 * Only the margin counts: the slopes in the two rewards are −σ(r_l − r_w) and its opposite, in (−1, 1), so both rewards may
 * fall while the margin grows. At r_w = r_l = 0, where every run starts, L = ln 2, dL/dr_w = −1/2 and dL/dr_l = 1/2.
 */
import * as tf from '@tensorflow/tfjs-core';
import {logLoss} from './log-loss.js';
import type {NamedObjective} from './objective-contract.js';

export const dpo: NamedObjective = {
  about: 'widens the margin, wherever both answers go',
  source: "Eq. 6, TRL's sigmoid",
  losses: ({rewards: {chosen, rejected}}) => logLoss(tf.sub(chosen, rejected)),
};
