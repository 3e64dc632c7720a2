/**
 * Length-controlled APO-down: L = σ(r̃_w) − σ(r̃_w − r̃_l), r̃ = r + α (|y| − (|y_w| + |y_l|) / 2), in (−1, 1).
 *
 * Eq. 8 with R-DPO's length term on each anchored reward, as section 6 of the paper remarks (Park et al. 2024,
 * arXiv:2403.19159): the margin that is widened is R-DPO's, r_w − r_l + α (|y_w| − |y_l|), and a longer chosen completion
 * is pushed down harder. See `lengthControlledRewards` for where the length is counted from.
 * Settings: `length_alpha`; at 0 it is `apo_down`. Slopes in r are at most 1/4.
 */
import {downAnchoredLosses} from './apo-down.js';
import type {NamedObjective} from './objective-contract.js';
import {lengthAlpha, lengthControlledRewards} from './tokens.js';

export const apoDownLc: NamedObjective = {
  about: 'APO-down that does not pay for length',
  source: "the paper's section 6",
  losses: (batch) => downAnchoredLosses(lengthControlledRewards(batch)),
  settings: {length_alpha: lengthAlpha},
};
