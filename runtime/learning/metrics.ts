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
  /** The batch's estimate of KL(π_θ‖π_ref) by `klOf`, nats, ≥ 0. */
  readonly kl: number;
}

/** log π_θ of a pair's completions, nats. */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
}

/**
 * Estimate of KL(π_θ‖π_ref) from one answer y of T tokens: T (e^−d − 1 + d), where d = (log π_θ(y|x) − log π_ref(y|x)) / T.
 *
 * It is the estimator that TRL's GRPO reports for a token (k3 of Schulman, "Approximating KL divergence", 2020), taken at
 * the answer's mean and summed over its tokens: a pair carries the reference's log-probabilities summed. By convexity that is
 * a lower bound of the sum over the tokens themselves. It is never negative and grows wherever an answer goes, up or down: the
 * mean log-ratio, clamped at 0, which `kto_pair` takes as its anchor, is 0 for a policy that gives up on all answers. Exact
 * in expectation for answers that π_θ sampled; those of a batch are of earlier policies or revised.
 *
 * @returns nats, for the whole answer.
 */
const klOf = (logRatio: number, tokens: number): number => {
  const perToken = logRatio / tokens;
  // What is left of rounding may be below 0.
  return tokens * Math.max(0, Math.expm1(-perToken) + perToken);
};

type PairMetrics = Omit<StepMetrics, 'loss' | 'grad_norm' | 'learning_rate'>;

/** Means over the pairs of a batch. @param policy of each pair, in their order */
export function pairMetrics(
  pairs: readonly TrainingPair[],
  policy: readonly PairLogps[],
  beta: number,
): PairMetrics {
  const sums = {chosen: 0, rejected: 0, correct: 0, chosenLogps: 0, rejectedLogps: 0, kl: 0};
  for (const [index, pair] of pairs.entries()) {
    const {referenceChosenLogps, referenceRejectedLogps, chosenIds, rejectedIds} = pair;
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
    sums.kl += klOf(chosen, chosenIds.length) + klOf(rejected, rejectedIds.length);
  }
  const mean = (sum: number): number => sum / pairs.length;
  return {
    'rewards/chosen': mean(beta * sums.chosen),
    'rewards/rejected': mean(beta * sums.rejected),
    'rewards/margins': mean(beta * (sums.chosen - sums.rejected)),
    'rewards/accuracies': mean(sums.correct),
    'logps/chosen': mean(sums.chosenLogps),
    'logps/rejected': mean(sums.rejectedLogps),
    kl: mean(sums.kl) / 2,
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
