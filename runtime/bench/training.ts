/** Training steps of ours, to be measured. */
import {createLearner} from '../learning/learner.js';
import type {Executor, HostTensor} from '../tensor/executor.js';
import {sizeOf} from '../tensor/graph.js';
import type {LearnerJob, ProbeJob} from './job.js';
import {randomModel} from './model.js';
import type {Work} from './work.js';

const BETA = 0.1;
const LEARNING_RATE = 1e-6;
const MAX_GRAD_NORM = 1;

export async function openTraining(job: LearnerJob | ProbeJob, executor: Executor): Promise<Work> {
  const {config, pairs, microBatchSize, loraRank} = job;
  const model = randomModel(config, loraRank);
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
  const learner = await createLearner(model, executor, options);
  // What a random model says: every token is as likely as any other.
  const logp = -Math.log(config.vocabSize);
  const training = pairs.map((pair) => ({
    ...pair,
    referenceChosenLogps: logp * pair.chosenIds.length,
    referenceRejectedLogps: logp * pair.rejectedIds.length,
  }));
  return {
    async once() {
      await learner.step(training, {beta: BETA, learningRate: LEARNING_RATE});
    },
    async about() {
      const learned = await learner.weights();
      return {parameters: countOf(model.weights), learnedParameters: countOf(learned)};
    },
  };
}

const countOf = (weights: ReadonlyMap<string, HostTensor>): number =>
  [...weights.values()].reduce((count, {shape}) => count + sizeOf(shape), 0);
