/** How long both sides are, and whether one could be told from the other by that alone. */
import {countTally, tally} from './tally.js';

export interface SideLengths {
  readonly mean: number | null;
  readonly median: number | null;
}

export interface Lengths {
  /** Characters. */
  readonly chosen: SideLengths;
  readonly rejected: SideLengths;
  /** Tokens, or words: `unit` of the description says which. */
  readonly chosen_tokens: SideLengths;
  readonly rejected_tokens: SideLengths;
  /** Of all pairs, the share whose chosen answer has more characters, and that whose sides have as many. */
  readonly chosen_longer: number | null;
  readonly equal: number | null;
  /** Geometric mean of chosen over rejected, in characters. */
  readonly ratio: number | null;
  readonly bias: 'longer' | 'shorter' | null;
}

/** Of pairs, and of times as long: where one of them is reached, or that is so the other way round, length gives chosen away. */
const BIASED_SHARE = 0.65;
const BIASED_RATIO = 1.25;
export const BIAS_RULE = `flagged where one side is the longer in ${100 * BIASED_SHARE} % of pairs or more, or ${BIASED_RATIO} times as long on (geometric) average`;

interface PairLengths {
  readonly chosen: number;
  readonly rejected: number;
}

export interface Measuring {
  /** Characters of a pair. */
  take(lengths: PairLengths): void;
  takeTokens(lengths: PairLengths): void;
  result(): Lengths;
}

export const measuring = (): Measuring => {
  const sides = {
    chosen: countTally(),
    rejected: countTally(),
    chosenTokens: countTally(),
    rejectedTokens: countTally(),
  };
  const [longer, equal, logRatio] = [tally(), tally(), tally()];
  return {
    takeTokens({chosen, rejected}) {
      sides.chosenTokens.add(chosen);
      sides.rejectedTokens.add(rejected);
    },
    take({chosen, rejected}) {
      sides.chosen.add(chosen);
      sides.rejected.add(rejected);
      longer.add(chosen > rejected ? 1 : 0);
      equal.add(chosen === rejected ? 1 : 0);
      // One that is empty has no ratio.
      if (chosen > 0 && rejected > 0) logRatio.add(Math.log(chosen / rejected));
    },
    result() {
      const of = ({mean, median}: SideLengths): SideLengths => ({mean, median});
      const ratio = logRatio.mean === null ? null : Math.exp(logRatio.mean);
      const shorter = longer.mean === null ? 0 : 1 - longer.mean - (equal.mean ?? 0);
      const isLonger = (longer.mean ?? 0) >= BIASED_SHARE || (ratio ?? 1) >= BIASED_RATIO;
      const isShorter = shorter >= BIASED_SHARE || (ratio ?? 1) <= 1 / BIASED_RATIO;
      return {
        chosen: of(sides.chosen),
        rejected: of(sides.rejected),
        chosen_tokens: of(sides.chosenTokens),
        rejected_tokens: of(sides.rejectedTokens),
        chosen_longer: longer.mean,
        equal: equal.mean,
        ratio,
        bias: isLonger ? 'longer' : isShorter ? 'shorter' : null,
      };
    },
  };
};
