/** The learner of `anchorage train`: what its options ask for, and what it leaves in a folder. */
import {TerminalError} from '../../../errors.js';
import {createLearner} from '../../../learning/learner.js';
import {defaultMemoryBytes, type MemoryPlan, memoryNeeds, memoryPlan} from '../../../learning/memory-plan.js';
import {settingComplaints, termsOf} from '../../../learning/objectives/objectives.js';
import type {TakeStep} from '../../../learning/offline.js';
import {learningRateAt, learningRateComplaint} from '../../../learning/schedule.js';
import {type Adapter, initialAdapter, loadAdapter, saveAdapter} from '../../../model/files/adapter.js';
import {loadWeights, type ModelCheckpoint, saveCheckpoint} from '../../../model/files/model-checkpoint.js';
import type {HostTensor} from '../../../tensor/executor.js';
import type {Policy} from '../policy-options.js';
import type {TrainOptions} from './train-options.js';

export interface OfflineLearner {
  readonly takeStep: TakeStep;
  /** Writes what has been learned as a folder: a model, or an adapter. */
  save(folder: string): Promise<void>;
  optimizerState(): Promise<Map<string, HostTensor>>;
  /** Goes on from a folder that `save` wrote. */
  restore(folder: string, optimizerState: ReadonlyMap<string, HostTensor>, stepsDone: number): Promise<void>;
  dispose(): Promise<void>;
}

/** What a learner must be made for. */
export interface LearnerNeeds {
  /** What learns, in place of the weights. */
  readonly adapter: Adapter | undefined;
  /** Of the longest pair, prompt and completion together. */
  readonly maxTokens: number;
  readonly memory: MemoryPlan;
  readonly steps: number;
  readonly warmupSteps: number;
}

/** @throws TerminalError for options that no learner can have, before anything is loaded. */
export const checkLearnerOptions = ({objective, setting, learningRate}: TrainOptions): void => {
  const rate = learningRateComplaint(learningRate);
  if (rate !== undefined) throw new TerminalError(`--learning-rate: ${rate}`);
  try {
    termsOf(objective);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new TerminalError(`--objective ${objective}: ${error.message}`);
  }
  const [complaint] = settingComplaints(objective, setting);
  if (complaint !== undefined)
    throw new TerminalError(`--setting ${complaint.setting}: ${complaint.message}`);
};

/** PEFT's word for it, or none. */
const isAll = (targets: readonly string[] | undefined): targets is undefined =>
  targets === undefined || targets.join() === 'all-linear';

/** The adapter that is to learn; undefined where all weights do. Its reference is the model without it. */
export const openAdapter = async (
  {config}: Pick<ModelCheckpoint, 'config'>,
  options: TrainOptions,
): Promise<Adapter | undefined> => {
  const {lora: rank, loraAlpha, loraDropout = 0, loraTargets, initAdapter, seed} = options;
  if (initAdapter !== undefined) return loadAdapter(initAdapter, config);
  if (rank === undefined) return undefined;
  const settings = {
    rank,
    alpha: loraAlpha ?? 2 * rank,
    dropout: loraDropout,
    targetModules: isAll(loraTargets) ? ('all-linear' as const) : loraTargets,
  };
  try {
    return initialAdapter(config, settings, seed);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new TerminalError(`--lora-targets: ${error.message}`);
  }
};

export const openLearner = async (
  {model, executor}: Policy,
  options: TrainOptions,
  {adapter, maxTokens, memory, steps, warmupSteps}: LearnerNeeds,
): Promise<OfflineLearner> => {
  const {objective, batch: batchSize, microBatch, optimizer, maxGradNorm, beta, setting} = options;
  const schedule = {
    kind: options.schedule,
    peak: options.learningRate,
    warmupSteps,
    totalSteps: steps,
  };
  const learner = await createLearner({...model, ...(adapter && {adapter})}, executor, {
    objective,
    batchSize,
    keptBytes: memory.keptBytes,
    recompute: memory.recompute,
    ...(microBatch !== undefined && {microBatchSize: microBatch}),
    maxGradNorm,
    maxTokens,
    optimizer,
  });
  return {
    takeStep: (pairs, step) =>
      learner.step(pairs, {
        beta,
        settings: setting,
        learningRate: learningRateAt(schedule, step),
        weightDecay: options.weightDecay,
      }),
    async save(folder) {
      const tensors = await learner.weights();
      if (adapter === undefined) await saveCheckpoint(folder, model, tensors);
      else await saveAdapter(folder, {...adapter, tensors}, model.directory);
    },
    optimizerState: () => learner.optimizerState(),
    async restore(folder, optimizerState, stepsDone) {
      const weights =
        adapter === undefined
          ? (await loadWeights(folder, model.config)).weights
          : (await loadAdapter(folder, model.config)).tensors;
      learner.restore(weights, optimizerState, stepsDone);
    },
    dispose: () => learner.dispose(),
  };
};

/**
 * What `--memory` allows, or `defaultMemoryBytes`.
 * @param longestPair tokens of the longest pair in one row: its prompt and both completions
 */
export const memoryOf = (
  {memory: given}: TrainOptions,
  {
    model,
    executor,
    adapter,
    longestPair,
  }: Pick<Policy, 'model' | 'executor'> & Pick<LearnerNeeds, 'adapter'> & {readonly longestPair: number},
): MemoryPlan => {
  const needs = memoryNeeds(model.config, adapter, {backend: executor.name, longestPair});
  try {
    return memoryPlan(given ?? defaultMemoryBytes(needs), needs);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new TerminalError(`--memory: ${error.message}`);
  }
};
