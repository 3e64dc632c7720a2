/**
 * The learner: the policy, its optimizer, and the programs that take steps. What a step depends on besides the batch (β, the
 * learning rate, the objective's settings) is an input of the programs, so that a change of it needs no new one.
 */
import {TerminalError} from '../errors.js';
import type {ModelCheckpoint} from '../model/files/model-checkpoint.js';
import {assertLength} from '../model/layers/transformer.js';
import type {Executor, HostTensor} from '../tensor/executor.js';
import {adapterGraph, DEFAULT_KEPT_BYTES, keepsProbabilities, packingOf} from './batch-memory.js';
import {checkSameTensors, readTensors} from './learner-tensors.js';
import {checkedFinite, pairMetrics, type StepMetrics} from './metrics.js';
import {objectiveInUse} from './objective-in-use.js';
import {isSlotName} from './optimizers/optimizer.js';
import {type OptimizerName, optimizers} from './optimizers/optimizers.js';
import {packRuns} from './packing/packing.js';
import {assertTrainable, type TrainingPair} from './pair.js';
import {type StepOptions, stepInputs} from './steps/step-inputs.js';
import {applyPrograms, clearGradients, objectivePrograms} from './steps/step-programs.js';

export interface LearnerOptions {
  /** An expression: a name, or a weighted sum such as `apo_zero+0.1*sft`. */
  readonly objective: string;
  /** Pairs a step, at most. */
  readonly batchSize: number;
  /** Pairs whose gradients are worked out at once, at most; fewer where memory asks for it. All, unless given. */
  readonly microBatchSize?: number;
  /** What a run of the batch may keep for its backward pass; 1.5 GiB, unless given. Part of what a run computes: other runs add up otherwise. */
  readonly keptBytes?: number;
  /** `MemoryPlan.recompute`: there are two programs then, for pairs of different lengths, and neither keeps its memory between runs. */
  readonly recompute?: boolean;
  /** Gradients are scaled down to this norm, all tensors together. */
  readonly maxGradNorm: number;
  /** The longest sequence, prompt and completion together. */
  readonly maxTokens: number;
  /** RMSProp, unless given. */
  readonly optimizer?: OptimizerName;
}

export interface Learner {
  /**
   * One optimizer step on 1 to `batchSize` pairs; await it before the next. The metrics are of the policy before the step.
   * A loss or gradient that is not finite is a `TerminalError`: the weights are lost then, a checkpoint is not.
   */
  step(pairs: readonly TrainingPair[], options: StepOptions): Promise<StepMetrics>;
  /** Compiles for an objective the programs in use, which is then set at once. Steps may go on meanwhile. */
  prepare(expression: string): Promise<void>;
  /** Releases what was prepared for an objective that is not to come. */
  forget(expression: string): Promise<void>;
  /**
   * Resolves when the programs in use are compiled for the objective; the next step uses them. Steps may go on meanwhile. An
   * expression of the same terms, or one that is prepared, is in use at once.
   */
  setObjective(expression: string): Promise<void>;
  /** What learns: all weights, or the adapter's where the model has one. */
  weights(): Promise<Map<string, HostTensor>>;
  /** `optimizer.<slot>.<name>` for each tensor that learns. */
  optimizerState(): Promise<Map<string, HostTensor>>;
  /**
   * Puts both back, as they were after `stepsDone` steps, or an empty optimizer where none is given; a tensor that is missing, unknown or of another shape is a
   * `TerminalError`.
   */
  restore(
    weights: ReadonlyMap<string, HostTensor>,
    optimizerState: ReadonlyMap<string, HostTensor> | undefined,
    stepsDone: number,
  ): void;
  dispose(): Promise<void>;
}

/** A learner that starts from a checkpoint's weights, or its adapter's, and an empty optimizer. */
export async function createLearner(
  model: ModelCheckpoint,
  executor: Executor,
  options: LearnerOptions,
): Promise<Learner> {
  const {batchSize, maxTokens, maxGradNorm, optimizer: optimizerName = 'rmsprop'} = options;
  const {keptBytes = DEFAULT_KEPT_BYTES, recompute = false} = options;
  // Nothing below may hold on to `model` or `learned`: their arrays are as much memory as the weights once more.
  const {config} = model;
  assertLength(config, maxTokens);
  const optimizer = optimizers[optimizerName];
  const learned = model.adapter?.tensors ?? model.weights;
  const initial = [...learned, ...optimizer.initial(learned)];
  const learnedNames = [...learned.keys()];
  const isLearned = new Set(learnedNames);
  const shapes = new Map(initial.map(([name, {shape}]) => [name, shape]));
  // What stays as it is may stay where it is; what learns is written over, and the model's is its owner's.
  const state = executor.createState(model.adapter === undefined ? [] : model.weights, true);
  for (const [name, tensor] of initial) state.write(name, tensor);
  const packing = packingOf(config, options);
  const graph = {
    config,
    learned: learnedNames,
    adapter: adapterGraph(model.adapter),
    places: maxTokens,
    parts: packing,
    keepsProbabilities: keepsProbabilities(config, packing, {maxTokens, keptBytes}),
  };
  const applications = applyPrograms({executor, state, graph, shapes}, {optimizer, maxGradNorm});
  let stepsDone = 0;
  let running: Promise<unknown> = Promise.resolve();
  const objective = objectiveInUse(
    options.objective,
    (expression) =>
      objectivePrograms(
        {executor, state, graph, shapes, applications, keptBytes, keepMemory: !recompute},
        expression,
      ),
    () => running,
  );

  const runStep = async (pairs: readonly TrainingPair[], options: StepOptions) => {
    const {expression, programs} = objective.current();
    const inputs = stepInputs(pairs, options, {expression, optimizer, stepsDone});
    return programs.step({pairs, runs: packRuns(pairs, packing)}, inputs);
  };

  return {
    async step(pairs, stepOptions) {
      if (pairs.length === 0 || pairs.length > batchSize) {
        throw new TerminalError(`a step takes 1 to ${batchSize} pairs, not ${pairs.length}`);
      }
      for (const [index, pair] of pairs.entries()) assertTrainable(pair, index, maxTokens);
      const run = runStep(pairs, stepOptions);
      running = run;
      const {loss, gradNorm, policyLogps} = await run;
      stepsDone += 1;
      return checkedFinite({
        loss,
        grad_norm: gradNorm,
        learning_rate: stepOptions.learningRate,
        ...pairMetrics(pairs, policyLogps, stepOptions.beta),
      });
    },
    prepare: (expression) => objective.prepare(expression),
    forget: (expression) => objective.forget(expression),
    setObjective: (expression) => objective.switchTo(expression),
    weights: () => readTensors(state, (name) => isLearned.has(name)),
    optimizerState: () => readTensors(state, isSlotName),
    restore(weights, slots, steps) {
      const tensors = new Map([...weights, ...(slots ?? optimizer.initial(weights))]);
      // Before anything is written: half a checkpoint in the state would train on without a word.
      checkSameTensors(shapes, tensors);
      for (const [name, tensor] of tensors) state.write(name, tensor);
      // A sum of gradients that diverged is cleared by no batch: nothing times infinity is not a number.
      clearGradients(state, shapes);
      stepsDone = steps;
    },
    async dispose() {
      await Promise.allSettled([running]);
      await objective.dispose();
      await applications.dispose();
      state.dispose();
    },
  };
}
