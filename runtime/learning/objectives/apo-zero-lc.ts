/**
 * Length-controlled APO-zero: L = −σ(r̃_w) + σ(r̃_l), r̃ = r + α (|y| − (|y_w| + |y_l|) / 2), in (−1, 1).
 *
 * Eq. 7 with R-DPO's length term on each anchored reward, as section 6 of the paper remarks (Park et al. 2024,
 * arXiv:2403.19159): a chosen completion that is longer than the rejected one counts as raised already by α/2 for each
 * token more, so that length alone is not learnt. See `lengthControlledRewards` for where the length is counted from.
 * Settings: `length_alpha`; at 0 it is `apo_zero`. Slopes in r are at most 1/4.
 */
import {zeroAnchoredLosses} from './apo-zero.js';
import type {NamedObjective} from './objective-contract.js';
import {lengthAlpha, lengthControlledRewards} from './tokens.js';

export const apoZeroLc: NamedObjective = {
  about: 'APO-zero that does not pay for length',
  source: "the paper's section 6",
  losses: (batch) => zeroAnchoredLosses(lengthControlledRewards(batch)),
  settings: {length_alpha: lengthAlpha},
};
