/** Pretraining: next-token cross-entropy with Adam, a whole step as one compiled program. What made the demo's policy. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelCheckpoint} from '../model/files/model-checkpoint.js';
import {completionLogps} from '../model/layers/logps.js';
import type {Rows} from '../model/text/token-rows.js';
import type {Executor, HostTensor, TensorFunction} from '../tensor/executor.js';
import {readTensors, scalarOf} from './learner-tensors.js';
import {adamw} from './optimizers/adamw.js';
import {clipByGlobalNorm} from './optimizers/clip.js';
import {isSlotName} from './optimizers/optimizer.js';
import {lossGradients} from './steps/loss-gradients.js';

/** Gradients are scaled down to this norm, all tensors together. */
const MAX_GRAD_NORM = 1;

export interface PretrainerOptions {
  /** Sequences a step. */
  readonly rows: number;
  /** Tokens a sequence. */
  readonly tokens: number;
}

export interface Pretrainer {
  /** One step, and the mean −log π(token | those before) over the completions, nats, before it. Await it before the next. */
  step(batch: Rows, learningRate: number): Promise<number>;
  weights(): Promise<Map<string, HostTensor>>;
  dispose(): Promise<void>;
}

/** A pretrainer that starts from a checkpoint's weights; new ones would be random. */
export async function createPretrainer(
  model: ModelCheckpoint,
  executor: Executor,
  options: PretrainerOptions,
): Promise<Pretrainer> {
  const state = executor.createState([...model.weights, ...adamw.initial(model.weights)]);
  const program = await executor.compile(stepFunction(model, options), state);
  let stepsDone = 0;
  return {
    async step(batch, learningRate) {
      const scalars = Object.entries(adamw.scalars({learningRate, stepsDone}));
      stepsDone += 1;
      const inputs = Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)]));
      const {loss} = await program.run({...batch, ...inputs});
      return scalarOf(loss);
    },
    weights: () => readTensors(state, (name) => !isSlotName(name)),
    async dispose() {
      await program.dispose();
      state.dispose();
    },
  };
}

function stepFunction(
  model: ModelCheckpoint,
  {rows, tokens: length}: PretrainerOptions,
): TensorFunction<string, 'loss'> {
  const learned = [...model.weights.keys()];
  return {
    name: `pretrain ${rows}x${length}`,
    inputs: {
      tokens: {shape: [rows, length], dtype: 'int32'},
      completionMask: {shape: [rows, length], dtype: 'float32'},
      ...Object.fromEntries(adamw.scalarNames.map((name) => [name, {shape: [], dtype: 'float32'}])),
    },
    body(inputs, state) {
      const tokens = inputs.tokens as tf.Tensor2D;
      const completionMask = inputs.completionMask as tf.Tensor2D;
      const {loss, gradients} = lossGradients(learned, state, () => {
        const logps = completionLogps(model.config, state, {tokens, completionMask});
        const predicted = tf.maximum(tf.sum(completionMask), 1);
        return {loss: tf.neg(tf.div(tf.sum(logps), predicted)), seen: logps};
      });
      const clipped = clipByGlobalNorm(gradients, MAX_GRAD_NORM);
      return {outputs: {loss}, state: adamw.step({state, gradients: clipped.gradients, scalars: inputs})};
    },
  };
}
