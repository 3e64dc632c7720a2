/** What the policy before training thinks of both sides; and, beside another model, what it has learnt of them. */
import {tally} from './tally.js';

/** log π(y|x) of both sides, summed over completion tokens; nats. */
export interface SideLogps {
  readonly chosen: number;
  readonly rejected: number;
}

export interface Likelihood {
  readonly pairs: number;
  readonly chosen_logps: number | null;
  readonly rejected_logps: number | null;
  /** The share of pairs whose chosen answer is the likelier one. */
  readonly chosen_likelier: number | null;
}

export interface Rewards {
  readonly pairs: number;
  readonly beta: number;
  /** Means of β (log π − log π_ref), and of their difference. */
  readonly chosen: number | null;
  readonly rejected: number | null;
  readonly margins: number | null;
  /** The share of pairs whose chosen answer has the higher one. */
  readonly accuracies: number | null;
}

export const likelihoods = () => {
  const [chosen, rejected, likelier] = [tally(), tally(), tally()];
  return {
    take(logps: SideLogps): void {
      chosen.add(logps.chosen);
      rejected.add(logps.rejected);
      likelier.add(logps.chosen > logps.rejected ? 1 : 0);
    },
    result: (): Likelihood | null =>
      chosen.count === 0
        ? null
        : {
            pairs: chosen.count,
            chosen_logps: chosen.mean,
            rejected_logps: rejected.mean,
            chosen_likelier: likelier.mean,
          },
  };
};

/** Of pairs whose reference is known, under a policy. */
export const rewardsOf = (
  pairs: readonly {readonly policy: SideLogps; readonly reference: SideLogps}[],
  beta: number,
): Rewards | null => {
  if (pairs.length === 0) return null;
  const [chosen, rejected, margins, accuracies] = [tally(), tally(), tally(), tally()];
  for (const {policy, reference} of pairs) {
    const one = beta * (policy.chosen - reference.chosen);
    const other = beta * (policy.rejected - reference.rejected);
    chosen.add(one);
    rejected.add(other);
    margins.add(one - other);
    accuracies.add(one > other ? 1 : 0);
  }
  return {
    pairs: pairs.length,
    beta,
    chosen: chosen.mean,
    rejected: rejected.mean,
    margins: margins.mean,
    accuracies: accuracies.mean,
  };
};
