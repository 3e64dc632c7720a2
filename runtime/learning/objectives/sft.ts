/**
 * SFT: supervised fine-tuning on the chosen completions. The paper's baseline; it prints no equation for it.
 *
 *   L = −log π_θ(y_w|x) · pairs / Σ_j |y_w,j|
 *
 * so that the mean over the batch's pairs is the mean negative log-probability of all chosen completion tokens of the batch,
 * nats a token, ≥ 0: the reduction of TRL's `sft`. A long completion weighs more than a short one. β, the reference and the
 * rejected completions play no part. The slope is the same for every token and constant.
 */
import type {NamedObjective} from './objective-contract.js';
import {chosenTokenNll} from './tokens.js';

export const sft: NamedObjective = {
  about: 'the chosen answers alone',
  source: 'TRL',
  losses: chosenTokenNll,
};
