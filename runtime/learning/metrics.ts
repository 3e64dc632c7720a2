/** What a training step reports, under the names that TRL gives the same values. */

export interface StepMetrics {
  /** The objective's mean over the batch's pairs, by the paper's equation. */
  readonly loss: number;
  /** The norm of all gradients together, before clipping. */
  readonly grad_norm: number;
  readonly learning_rate: number;
  /** Mean of β (log π_θ − log π_ref) of the chosen completions, before the step. */
  readonly 'rewards/chosen': number;
  readonly 'rewards/rejected': number;
  /** Mean of chosen minus rejected reward. */
  readonly 'rewards/margins': number;
  /** Share of pairs whose chosen reward is strictly the higher. */
  readonly 'rewards/accuracies': number;
  /** Mean of log π_θ(y|x), nats, summed over completion tokens. */
  readonly 'logps/chosen': number;
  readonly 'logps/rejected': number;
  /** The batch's estimate of KL(π_θ‖π_ref), nats, ≥ 0; see objectives/kl.ts. */
  readonly kl: number;
}

/** What the metrics of one batch are worked out from; [2B] arrays hold chosen rows, then rejected ones. */
export interface MeasuredBatch {
  readonly policyLogps: ArrayLike<number>;
  readonly referenceLogps: ArrayLike<number>;
  /** Pairs that are not fillers: the first rows of each half. */
  readonly pairs: number;
  readonly beta: number;
}

type RewardMetrics = Omit<StepMetrics, 'loss' | 'grad_norm' | 'learning_rate' | 'kl'>;

/** Means over the batch's pairs, fillers left out. */
export function rewardMetrics({policyLogps, referenceLogps, pairs, beta}: MeasuredBatch): RewardMetrics {
  const batchSize = policyLogps.length / 2;
  const sums = {chosen: 0, rejected: 0, correct: 0, chosenLogps: 0, rejectedLogps: 0};
  const reward = (row: number): number => beta * (valueAt(policyLogps, row) - valueAt(referenceLogps, row));
  for (let pair = 0; pair < pairs; pair++) {
    const [chosen, rejected] = [reward(pair), reward(batchSize + pair)];
    sums.chosen += chosen;
    sums.rejected += rejected;
    sums.correct += chosen > rejected ? 1 : 0;
    sums.chosenLogps += valueAt(policyLogps, pair);
    sums.rejectedLogps += valueAt(policyLogps, batchSize + pair);
  }
  return {
    'rewards/chosen': sums.chosen / pairs,
    'rewards/rejected': sums.rejected / pairs,
    'rewards/margins': (sums.chosen - sums.rejected) / pairs,
    'rewards/accuracies': sums.correct / pairs,
    'logps/chosen': sums.chosenLogps / pairs,
    'logps/rejected': sums.rejectedLogps / pairs,
  };
}

function valueAt(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`${index} is past the ${values.length} values of the batch`);
  return value;
}
