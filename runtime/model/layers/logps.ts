/** Log-probabilities of completions, inside a graph that differentiates them: each sequence in a row of its own. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelConfig} from '../files/config.js';
import type {Tensors} from './layers.js';
import {tokenLogps} from './token-logps.js';
import {hiddenStates} from './transformer.js';

export interface SequenceInputs {
  /** [B, T] int32: prompt, completion, padding. */
  readonly tokens: tf.Tensor2D;
  /** [B, T] float32: 1 at the completion's tokens. The first token of a sequence has no log-probability: 0 there. */
  readonly completionMask: tf.Tensor2D;
}

/** log π(y|x) [B], summed over the completion tokens of each sequence. All logits are in memory at once. */
export function completionLogps(config: ModelConfig, state: Tensors, inputs: SequenceInputs): tf.Tensor1D {
  const [batch, length] = inputs.tokens.shape;
  const predicting = length - 1;
  // A token is predicted by the position before it, so the last position is never run.
  const tokens: tf.Tensor2D = tf.slice(inputs.tokens, [0, 0], [batch, predicting]);
  const targets: tf.Tensor2D = tf.reshape(tf.slice(inputs.tokens, [0, 1], [batch, predicting]), [
    1,
    batch * predicting,
  ]);
  const mask = tf.slice(inputs.completionMask, [0, 1], [batch, predicting]);
  const hidden = hiddenStates(config, state, tokens);
  const logps = tf.reshape(tokenLogps(config, state, hidden, targets, 'keptProbabilities'), [
    batch,
    predicting,
  ]);
  return tf.sum(tf.mul(logps, mask), 1);
}
