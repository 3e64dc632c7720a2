/** What a training step reports, under the names that TRL gives the same values. */
import {TerminalError} from '../errors.js';
import type {TrainingPair} from './pair.js';

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

/** log π_θ of a pair's completions, nats. */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
}

type PairMetrics = Omit<StepMetrics, 'loss' | 'grad_norm' | 'learning_rate'>;

/** Means over the pairs of a batch. @param policy of each pair, in their order */
export function pairMetrics(
  pairs: readonly TrainingPair[],
  policy: readonly PairLogps[],
  beta: number,
): PairMetrics {
  const sums = {chosen: 0, rejected: 0, correct: 0, chosenLogps: 0, rejectedLogps: 0};
  for (const [index, {referenceChosenLogps, referenceRejectedLogps}] of pairs.entries()) {
    const logps = policy[index];
    if (logps === undefined) throw new RangeError(`pair ${index} of the batch has no log-probabilities`);
    // The reference as the graph has it, so that a policy that is the reference has rewards of exactly 0.
    const chosen = logps.chosen - Math.fround(referenceChosenLogps);
    const rejected = logps.rejected - Math.fround(referenceRejectedLogps);
    sums.chosen += chosen;
    sums.rejected += rejected;
    sums.correct += chosen > rejected ? 1 : 0;
    sums.chosenLogps += logps.chosen;
    sums.rejectedLogps += logps.rejected;
  }
  const mean = (sum: number): number => sum / pairs.length;
  return {
    'rewards/chosen': mean(beta * sums.chosen),
    'rewards/rejected': mean(beta * sums.rejected),
    'rewards/margins': mean(beta * (sums.chosen - sums.rejected)),
    'rewards/accuracies': mean(sums.correct),
    'logps/chosen': mean(sums.chosenLogps),
    'logps/rejected': mean(sums.rejectedLogps),
    kl: Math.max(0, mean(sums.chosen + sums.rejected) / 2),
  };
}

/** Throws a `TerminalError` where a step's loss or gradient is no number to learn from. */
export function checkedFinite<T extends Pick<StepMetrics, 'loss' | 'grad_norm'>>(metrics: T): T {
  if (Number.isFinite(metrics.loss) && Number.isFinite(metrics.grad_norm)) return metrics;
  throw new TerminalError(
    `training diverged: loss ${metrics.loss}, gradient norm ${metrics.grad_norm}; ` +
      'lower the learning rate and go on from the last checkpoint',
  );
}
