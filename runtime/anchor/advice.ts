/**
 * Which anchor pairs want (section 4 of the paper): where the chosen answers are better than the policy's, their likelihood
 * should rise (APO-zero), and where they are worse, it should fall (APO-down), which section 5.3.2 found on four data sets.
 */
import {type Dataset, sampledSides} from '../datasets.js';
import {type Share, shareOf} from '../statistics/share.js';
import {signTest} from '../statistics/sign-test.js';

/** What an exact test has to stay below: of few comparisons, the interval is too narrow. */
const SIGNIFICANT = 0.05;

/** The objectives that the paper sets against each other by this. */
export type Anchored = 'apo_zero' | 'apo_down';

/** Chosen answers against answers of the policy to the same prompts, one by one. */
export interface Comparisons {
  readonly wins: number;
  readonly losses: number;
  /** Neither: in no share. */
  readonly undecided: number;
  /** Who said so, such as `judge gpt-4o`. */
  readonly by: string;
}

export interface AnchorAdvice {
  /** The objective's name; null where it may be either, or nothing is known. */
  readonly objective: Anchored | null;
  /**
   * What it rests on: comparisons that were made, or the recipe alone, by which the rejected answers are the policy's own and
   * the chosen were put above them; nobody measured that.
   */
  readonly evidence: 'comparisons' | 'recipe' | 'none';
  readonly winners: Share | null;
  readonly undecided: number;
  readonly reason: string;
}

/**
 * Whether a recipe's chosen answers were put above one of the policy's own by whoever saw both. An answerer sees none of them: that
 * its answers are the better ones is taken on trust, and has to be measured.
 */
export const isAboveOwn = (dataset: Dataset | undefined): boolean =>
  dataset !== undefined && sampledSides(dataset).includes('rejected') && dataset.decider !== 'answerer';

/**
 * @param isAbove whether each chosen answer was put above one of the policy's own.
 * @param remedy how to find out, where nothing is known.
 */
export const anchorAdvice = (
  comparisons: Comparisons | undefined,
  isAbove: boolean,
  remedy = 'compare them with --recorded or --judge',
): AnchorAdvice => {
  if (comparisons !== undefined && comparisons.wins + comparisons.losses > 0) return measured(comparisons);
  if (isAbove)
    return {
      objective: 'apo_zero',
      evidence: 'recipe',
      winners: null,
      undecided: 0,
      reason:
        'apo_zero: not measured, but each rejected answer is the policy’s own and the chosen was put above it, so winners ' +
        'should be better than the policy',
    };
  return {
    objective: null,
    evidence: 'none',
    winners: null,
    undecided: comparisons?.undecided ?? 0,
    reason: `cannot tell: nothing says how the chosen answers compare with the policy’s; ${remedy}`,
  };
};

const measured = ({wins, losses, undecided, by}: Comparisons): AnchorAdvice => {
  const winners = shareOf(wins, wins + losses);
  const side = winners.low > 0.5 ? 'apo_zero' : winners.high < 0.5 ? 'apo_down' : null;
  const byChance = signTest(wins, wins + losses);
  const objective = byChance < SIGNIFICANT ? side : null;
  const count = `chosen answers beat the policy’s in ${wins} of ${wins + losses} (${percent(winners.share)}, 95 % interval ${percent(winners.low)} to ${percent(winners.high)}; by ${by}${undecided === 0 ? '' : `, ${undecided} undecided and left out`})`;
  const reasons = {
    apo_zero: `apo_zero: ${count}: winners are better than the policy, and should become likelier`,
    apo_down: `apo_down: ${count}: winners are worse than the policy, and should become less likely, the rejected more so`,
    none: `cannot tell: ${count}: ${side === null ? 'that holds one half' : `too few, since chance alone gives as much in ${percent(byChance)} of cases (exact sign test)`}; compare more pairs`,
  };
  return {objective, evidence: 'comparisons', winners, undecided, reason: reasons[objective ?? 'none']};
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
