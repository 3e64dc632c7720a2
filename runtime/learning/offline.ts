/** Training on a fixed set of pairs, step by step: whoever takes the rows decides when to save and when to stop. */

import type {StepMetrics} from './metrics.js';
import type {TrainingPair} from './pair.js';
import type {EncodedPairLine} from './pairs/encoded-pairs.js';
import type {PairLogps} from './pairs/references.js';
import type {TrainingPlan} from './training-plan.js';

/** What a step reports, in TRL's names. */
export interface TrainingRow extends StepMetrics {
  /** Counted from 1. */
  readonly step: number;
  /** Times that the pairs have been gone through, this step included. */
  readonly epoch: number;
  /** Tokens trained on so far: prompts and completions, both sides of each pair. */
  readonly num_tokens: number;
}

/** One step of a learner, counted from 0. */
export type TakeStep = (pairs: readonly TrainingPair[], step: number) => Promise<StepMetrics>;

export interface OfflineTraining {
  readonly plan: TrainingPlan;
  readonly pairs: readonly EncodedPairLine[];
  /** Of all pairs that the plan takes. */
  readonly references: ReadonlyMap<EncodedPairLine, PairLogps>;
  readonly takeStep: TakeStep;
  /** Steps that were taken before. */
  readonly from?: number;
}

/** Takes the plan's steps, one for each row that is asked for. */
export async function* trainingRows({
  plan,
  pairs,
  references,
  takeStep,
  from = 0,
}: OfflineTraining): AsyncGenerator<TrainingRow> {
  let tokens = 0;
  let taken = 0;
  for (let step = 0; step < plan.steps; step++) {
    const indices = plan.batchAt(step);
    taken += indices.length;
    tokens += indices.reduce((sum, index) => sum + tokensOf(pairs[index]), 0);
    if (step < from) continue;
    const batch = indices.map((index) => trainingPairOf(pairs[index], references));
    const metrics = await takeStep(batch, step);
    yield {step: step + 1, epoch: taken / pairs.length, ...metrics, num_tokens: tokens};
  }
}

const tokensOf = (pair: EncodedPairLine | undefined): number =>
  pair === undefined ? 0 : 2 * pair.promptIds.length + pair.chosenIds.length + pair.rejectedIds.length;

function trainingPairOf(
  pair: EncodedPairLine | undefined,
  references: ReadonlyMap<EncodedPairLine, PairLogps>,
): TrainingPair {
  const reference = pair && references.get(pair);
  if (pair === undefined || reference === undefined)
    throw new RangeError('the plan takes a pair that is not there, or has no reference');
  return {
    promptIds: Array.from(pair.promptIds),
    chosenIds: Array.from(pair.chosenIds),
    rejectedIds: Array.from(pair.rejectedIds),
    referenceChosenLogps: reference.chosen,
    referenceRejectedLogps: reference.rejected,
  };
}
