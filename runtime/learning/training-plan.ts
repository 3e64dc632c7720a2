/** Which pairs a step of a run over a fixed set of pairs takes, and how many steps there are. */
import {shuffled} from '../seed.js';

export interface PlanOptions {
  /** Pairs there are; at least 1. */
  readonly pairs: number;
  /** Pairs a step. The last step of an epoch takes what is left. */
  readonly batchSize: number;
  /** Either how often each pair is taken, or how many steps are; epochs then follow each other until they are. */
  readonly length: {readonly epochs: number} | {readonly steps: number};
  /** File order in every epoch, or another seeded order in each. */
  readonly shuffle: boolean;
  readonly seed: number;
}

export interface TrainingPlan {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The pairs of a step counted from 0, as indices. */
  batchAt(step: number): readonly number[];
  /** The indices of all pairs that some step takes, in file order. */
  taken(): readonly number[];
}

export function trainingPlan({pairs, batchSize, length, shuffle, seed}: PlanOptions): TrainingPlan {
  const stepsPerEpoch = Math.ceil(pairs / batchSize);
  const steps = 'steps' in length ? length.steps : length.epochs * stepsPerEpoch;
  const fileOrder = Array.from({length: pairs}, (_, index) => index);
  let current: {readonly epoch: number; readonly order: readonly number[]} = {epoch: 0, order: []};

  function orderOf(epoch: number): readonly number[] {
    return shuffle ? shuffled(fileOrder, seed, 'epoch', epoch) : fileOrder;
  }

  function batchAt(step: number): readonly number[] {
    const epoch = Math.floor(step / stepsPerEpoch) + 1;
    if (current.epoch !== epoch) current = {epoch, order: orderOf(epoch)};
    const begin = (step % stepsPerEpoch) * batchSize;
    return current.order.slice(begin, begin + batchSize);
  }

  return {
    steps,
    stepsPerEpoch,
    batchAt,
    taken: () =>
      steps >= stepsPerEpoch
        ? fileOrder
        : Array.from({length: steps}, (_, step) => batchAt(step))
            .flat()
            .sort((one, other) => one - other),
  };
}
