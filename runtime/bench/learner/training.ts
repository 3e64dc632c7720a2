/** Training steps of ours, to be measured. */
import {createLearner} from '../../learning/learner.js';
import type {Executor, HostTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';
import type {LearnerJob, ProbeJob} from '../contenders/job.js';
import type {Work} from '../contenders/work.js';
import {randomModel} from '../workload/model.js';

const BETA = 0.1;
const LEARNING_RATE = 1e-6;
const MAX_GRAD_NORM = 1;

export const STEP = {beta: BETA, learningRate: LEARNING_RATE} as const;

/** What a learner of a job begins with, and the pairs of each of its steps. */
export function trainingOf(job: Omit<LearnerJob, 'bench'>) {
  const {config, pairs, microBatchSize, loraRank} = job;
  const options = {
    objective: 'apo_zero',
    batchSize: pairs.length,
    maxGradNorm: MAX_GRAD_NORM,
    maxTokens: Math.max(
      ...pairs.map(
        (pair) => pair.promptIds.length + Math.max(pair.chosenIds.length, pair.rejectedIds.length),
      ),
    ),
    ...(microBatchSize === undefined ? {} : {microBatchSize}),
  } as const;
  // What a random model says: every token is as likely as any other.
  const logp = -Math.log(config.vocabSize);
  const training = pairs.map((pair) => ({
    ...pair,
    referenceChosenLogps: logp * pair.chosenIds.length,
    referenceRejectedLogps: logp * pair.rejectedIds.length,
  }));
  return {model: randomModel(config, loraRank), options, training};
}

export async function openTraining(job: LearnerJob | ProbeJob, executor: Executor): Promise<Work> {
  const {model, options, training} = trainingOf(job);
  const learner = await createLearner(model, executor, options);
  return {
    async once() {
      await learner.step(training, STEP);
    },
    async about() {
      const learned = await learner.weights();
      return {parameters: countOf(model.weights), learnedParameters: countOf(learned)};
    },
  };
}

export const countOf = (weights: ReadonlyMap<string, HostTensor>): number =>
  [...weights.values()].reduce((count, {shape}) => count + sizeOf(shape), 0);
