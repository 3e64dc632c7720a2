/** The learner of `anchorage train`: what its options ask for, and what it leaves in a folder. */
import {TerminalError} from '../errors.js';
import {createLearner} from '../learning/learner.js';
import {isObjectiveName, objectiveNames} from '../learning/objectives/objectives.js';
import type {TakeStep} from '../learning/offline.js';
import {learningRateAt} from '../learning/schedule.js';
import {saveCheckpoint} from '../model/checkpoint.js';
import type {Policy} from './policy-options.js';
import type {TrainOptions} from './train-options.js';

export interface OfflineLearner {
  readonly takeStep: TakeStep;
  /** Writes what has been learned as a folder. */
  save(folder: string): Promise<void>;
  dispose(): Promise<void>;
}

/** What a learner must be made for. */
export interface LearnerNeeds {
  /** Of the longest pair, prompt and completion together. */
  readonly maxTokens: number;
  readonly steps: number;
  readonly warmupSteps: number;
}

/** @throws TerminalError for options that no learner can have, before anything is loaded. */
export const checkLearnerOptions = (options: TrainOptions): void => {
  if (!isObjectiveName(options.objective))
    throw new TerminalError(`--objective ${options.objective}: not one of ${objectiveNames.join(', ')}`);
  for (const [option, isAsked] of Object.entries(notYet(options))) {
    if (isAsked) throw new TerminalError(`${option}: not in this version; leave it out`);
  }
};

const notYet = (options: TrainOptions): Record<string, boolean> => ({
  '--optimizer': options.optimizer !== 'rmsprop',
  '--schedule': options.schedule !== 'linear',
  '--micro-batch': options.microBatch !== undefined,
  '--setting': Object.keys(options.setting).length > 0,
  '--lora': options.lora !== undefined,
  '--init-adapter': options.initAdapter !== undefined,
});

export const openLearner = async (
  {model, executor}: Policy,
  options: TrainOptions,
  {maxTokens, steps, warmupSteps}: LearnerNeeds,
): Promise<OfflineLearner> => {
  const {objective, batch: batchSize, maxGradNorm, beta, learningRate: peak} = options;
  if (!isObjectiveName(objective)) throw new TerminalError(`--objective ${objective}: there is none`);
  const learner = await createLearner(model, executor, {objective, batchSize, maxGradNorm, maxTokens});
  return {
    takeStep: (pairs, step) =>
      learner.step(pairs, {
        beta,
        learningRate: learningRateAt({peak, warmupSteps, totalSteps: steps}, step),
      }),
    async save(folder) {
      await saveCheckpoint(folder, model, await learner.weights());
    },
    dispose: () => learner.dispose(),
  };
};
