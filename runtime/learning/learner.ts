/**
 * The learner: the policy, its optimizer, and one compiled program for each padded length of the objective in use. A
 * program is a whole step (forward, loss, gradients, clipping, RMSProp) over the state; β and the learning rate are inputs.
 */
import {TerminalError} from '../errors.js';
import type {ModelCheckpoint} from '../model/checkpoint.js';
import type {ModelConfig} from '../model/config.js';
import type {Executor, HostTensor, TensorFunction} from '../tensor/executor.js';
import {type ProgramsByLength, programsByLength} from '../tensor/programs.js';
import {type PackedPairs, packPairs, type TrainingPair} from './batch.js';
import {rewardMetrics, type StepMetrics} from './metrics.js';
import {graphKeyOf, objectiveOf, scalarsOf} from './objectives/objectives.js';
import {clipByGlobalNorm} from './optimizers/clip.js';
import {isSlotName} from './optimizers/optimizer.js';
import {rmsprop} from './optimizers/rmsprop.js';
import {type PairInput, pairGradients, pairInputs, pairScalars} from './pair-gradients.js';
import {checkSameTensors, readTensors, scalarOf} from './state.js';

export interface LearnerOptions {
  /** An expression: a name, or a weighted sum such as `apo_zero+0.1*sft`. */
  readonly objective: string;
  /** Pairs a step, at most. */
  readonly batchSize: number;
  /** Gradients are scaled down to this norm, all tensors together. */
  readonly maxGradNorm: number;
  /** The longest sequence, prompt and completion together. */
  readonly maxTokens: number;
}

export interface StepOptions {
  readonly beta: number;
  readonly learningRate: number;
  /** The objective's settings by name, such as `label_smoothing`; what is left out has its default. */
  readonly settings?: Readonly<Record<string, number>>;
}

export interface Learner {
  /**
   * One optimizer step on 1 to `batchSize` pairs; await it before the next. The metrics are of the policy before the step.
   * A loss or gradient that is not finite is a `TerminalError`: the weights are lost then, a checkpoint is not.
   */
  step(pairs: readonly TrainingPair[], options: StepOptions): Promise<StepMetrics>;
  /**
   * Resolves when every length in use is compiled for the objective; the next step uses it. Steps may go on meanwhile. An
   * expression of the same terms is in use at once.
   */
  setObjective(expression: string): Promise<void>;
  weights(): Promise<Map<string, HostTensor>>;
  /** `optimizer.square_avg.<name>` for each weight. */
  optimizerState(): Promise<Map<string, HostTensor>>;
  /** Puts weights and optimizer state back; a tensor that is missing, unknown or of another shape is a `TerminalError`. */
  restore(weights: ReadonlyMap<string, HostTensor>, optimizerState: ReadonlyMap<string, HostTensor>): void;
  dispose(): Promise<void>;
}

type StepInput = PairInput | 'learningRate';
type StepOutput = 'loss' | 'gradNorm' | 'kl' | 'policyLogps';
/** The programs of one objective. */
interface Programs {
  readonly objective: string;
  readonly graphKey: string;
  readonly byLength: ProgramsByLength<StepInput, StepOutput>;
}

/** A learner that starts from a checkpoint's weights and an empty optimizer. */
export async function createLearner(
  model: ModelCheckpoint,
  executor: Executor,
  options: LearnerOptions,
): Promise<Learner> {
  const {batchSize, maxTokens} = options;
  const {
    config,
    tokenizer: {padTokenId},
  } = model;
  const initial = [...model.weights, ...rmsprop.initial(model.weights)];
  const shapes = new Map(initial.map(([name, {shape}]) => [name, shape]));
  const learned = [...model.weights.keys()];
  const state = executor.createState(initial);
  const programsOf = (objective: string): Programs => ({
    objective,
    graphKey: graphKeyOf(objective),
    byLength: programsByLength((length) =>
      executor.compile(stepFunction({config, learned, ...options, objective, length}), state),
    ),
  });
  let current = programsOf(options.objective);
  let running: Promise<unknown> = Promise.resolve();
  let switching: Promise<void> = Promise.resolve();

  const runStep = async (pairs: readonly TrainingPair[], packed: PackedPairs, options: StepOptions) => {
    const {objective, byLength} = current;
    const settings = scalarsOf(objective, options.settings);
    const program = await byLength.at(packed.length);
    const {length: _, ...arrays} = packed;
    const {beta, learningRate} = options;
    const scalars = {...pairScalars(pairs, {beta, settings}), learningRate: Float32Array.of(learningRate)};
    return program.run({...arrays, ...scalars});
  };

  const switchTo = async (objective: string): Promise<void> => {
    if (graphKeyOf(objective) === current.graphKey) {
      current = {...current, objective};
      return;
    }
    const next = programsOf(objective);
    await Promise.all(current.byLength.lengths().map((length) => next.byLength.at(length)));
    const old = current;
    current = next;
    // A step that began with the old objective still runs one of its programs.
    await running.catch(() => undefined);
    await old.byLength.dispose();
  };

  return {
    async step(pairs, stepOptions) {
      const packed = packPairs(pairs, {batchSize, maxTokens, padTokenId});
      const run = runStep(pairs, packed, stepOptions);
      running = run;
      const {loss, gradNorm, kl, policyLogps} = await run;
      const {beta, learningRate} = stepOptions;
      const measured = {
        policyLogps: policyLogps.data,
        referenceLogps: packed.referenceLogps,
        pairs: pairs.length,
        beta,
      };
      return checkedFinite({
        loss: scalarOf(loss),
        grad_norm: scalarOf(gradNorm),
        learning_rate: learningRate,
        ...rewardMetrics(measured),
        kl: scalarOf(kl),
      });
    },
    setObjective(expression) {
      const switched = switching.then(() => switchTo(expression));
      // A failed switch is its caller's to handle and must not fail the next one.
      switching = switched.catch(() => undefined);
      return switched;
    },
    weights: () => readTensors(state, (name) => !isSlotName(name)),
    optimizerState: () => readTensors(state, isSlotName),
    restore(weights, optimizerState) {
      const tensors = new Map([...weights, ...optimizerState]);
      // Before anything is written: half a checkpoint in the state would train on without a word.
      checkSameTensors(shapes, tensors);
      for (const [name, tensor] of tensors) state.write(name, tensor);
    },
    async dispose() {
      await Promise.allSettled([running, switching]);
      await current.byLength.dispose();
      state.dispose();
    },
  };
}

interface StepShape extends LearnerOptions {
  readonly config: ModelConfig;
  /** Names of the weights. */
  readonly learned: readonly string[];
  /** T. */
  readonly length: number;
}

function stepFunction(shape: StepShape): TensorFunction<StepInput, StepOutput> {
  const {config, learned, batchSize, maxGradNorm, length} = shape;
  const objective = objectiveOf(shape.objective);
  return {
    name: `train ${shape.objective} ${2 * batchSize}x${length}`,
    inputs: {...pairInputs(objective, batchSize, length), learningRate: {shape: [], dtype: 'float32'}},
    body(inputs, state) {
      const {gradients, ...measured} = pairGradients(config, objective, learned, inputs, state);
      const clipped = clipByGlobalNorm(gradients, maxGradNorm);
      const scalars = {learningRate: inputs.learningRate};
      return {
        outputs: {...measured, gradNorm: clipped.norm},
        state: rmsprop.step({state, gradients: clipped.gradients, scalars}),
      };
    },
  };
}

function checkedFinite(metrics: StepMetrics): StepMetrics {
  if (Number.isFinite(metrics.loss) && Number.isFinite(metrics.grad_norm)) return metrics;
  throw new TerminalError(
    `training diverged: loss ${metrics.loss}, gradient norm ${metrics.grad_norm}; ` +
      'lower the learning rate and go on from the last checkpoint',
  );
}
