/**
 * The log-probability of a token, in nats, from a hidden state and the output matrix.
 *
 * log p(t | before) = h·W[t] − log Σ_v exp(h·W[v]). The logits [N, V] are taken in chunks of positions and, beyond one
 * chunk, taken again in the backward pass instead of being kept.
 */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../../tensor/graph/fused.js';
import type {ModelConfig} from '../files/config.js';
import {outputMatrixName} from '../files/parameters.js';
import {type Tensors, tensorOf} from './layers.js';
import {after} from './recompute.js';

/** 64 MB as float32. */
const MAX_CHUNK_VALUES = 16 * 1024 * 1024;

/** Chunks in which the logits of that many positions are taken, so that those of one are bounded. */
export const chunksFor = (positions: number, {vocabSize}: Pick<ModelConfig, 'vocabSize'>): number =>
  Math.ceil((positions * vocabSize) / MAX_CHUNK_VALUES);

/**
 * log p of one target token for each hidden state, [N].
 * @param hidden [N, D]
 * @param targets [chunks, N / chunks] int32
 * @param learnsOutput whether the output matrix is differentiated by: else its gradient, as large as it, is not worked out
 */
export function tokenLogps(
  config: ModelConfig,
  state: Tensors,
  hidden: tf.Tensor2D,
  targets: tf.Tensor2D,
  learnsOutput = true,
): tf.Tensor1D {
  const output = tensorOf(state, outputMatrixName(config)) as tf.Tensor2D;
  const chunks = targets.shape[0];
  const score = tf.customGrad((...args) => {
    const hidden = args[0] as tf.Tensor2D;
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const kept: tf.Tensor[] = [];
    const chunkTargets = entriesOf(tf.reshape(targets, [hidden.shape[0]]), chunks);
    const parts = rowsOf(hidden, chunks).map((rows, chunk): tf.Tensor1D => {
      const logs = logSoftmax(tf.matMul(rows, output, false, true));
      if (chunks === 1) kept.push(logs);
      return tf.gatherND(logs, places(chunkTargets[chunk] as tf.Tensor1D)) as tf.Tensor1D;
    });
    const logps = parts.length === 1 && parts[0] ? parts[0] : (tf.concat(parts) as tf.Tensor1D);
    save([hidden, output, logps, ...chunkTargets, ...kept]);
    return {
      value: logps,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        scoreGradients(chunks, dy as tf.Tensor1D, saved, learnsOutput),
    };
  });
  return score(hidden, ...(learnsOutput ? [output] : [])) as tf.Tensor1D;
}

/**
 * With s = dy at each position and e = p − onehot(t): dh = −s ∘ (e W) and dW = eᵀ (−s ∘ h). What is scaled is as wide as h, not
 * as the vocabulary.
 */
function scoreGradients(
  chunks: number,
  dy: tf.Tensor1D,
  saved: readonly tf.Tensor[],
  learnsOutput: boolean,
): tf.Tensor[] {
  const [hidden, output, logps] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  const targets = saved.slice(3, 3 + chunks) as tf.Tensor1D[];
  const keptLogs = saved[3 + chunks] as tf.Tensor2D | undefined;
  const [slopeParts, scoreParts] = [entriesOf(dy, chunks), entriesOf(logps, chunks)];
  const hiddenGradients: tf.Tensor2D[] = [];
  let outputGradient: tf.Tensor2D | undefined;
  for (const [chunk, rows] of rowsOf(hidden, chunks).entries()) {
    const earlier: tf.Tensor[] = [
      logps,
      ...hiddenGradients.slice(-1),
      ...(outputGradient ? [outputGradient] : []),
    ];
    const probabilities = keptLogs
      ? tf.exp(keptLogs)
      : tf.softmax(tf.matMul(after(rows, earlier), output, false, true));
    const excess = tf.tensorScatterUpdate(
      probabilities,
      places(targets[chunk] as tf.Tensor1D),
      tf.sub(tf.exp(scoreParts[chunk] as tf.Tensor1D), 1),
    ) as tf.Tensor2D;
    const down: tf.Tensor2D = tf.reshape(tf.neg(slopeParts[chunk] as tf.Tensor1D), [-1, 1]);
    hiddenGradients.push(tf.mul(tf.matMul(excess, output), down));
    if (!learnsOutput) continue;
    const part: tf.Tensor2D = tf.matMul(excess, tf.mul<tf.Tensor2D>(rows, down), true, false);
    outputGradient = outputGradient === undefined ? part : tf.add(outputGradient, part);
  }
  const hiddenGradient = hiddenGradients.length === 1 ? hiddenGradients[0] : tf.concat(hiddenGradients, 0);
  if (hiddenGradient === undefined) throw new Error('no positions to score');
  return outputGradient === undefined ? [hiddenGradient] : [hiddenGradient, outputGradient];
}

/** log softmax over the last axis: x − max − log Σ exp(x − max). */
function logSoftmax(x: tf.Tensor2D): tf.Tensor2D {
  const [result] = fused('LogSoftmax', [x], {}, [like(x)], () => {
    const shifted = tf.sub(x, tf.max(x, 1, true));
    return [tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)))];
  });
  return result as tf.Tensor2D;
}

/** [N, D] as `chunks` times [N / chunks, D]: cut on an axis of its own, whose places do not depend on N. */
function rowsOf(x: tf.Tensor2D, chunks: number): tf.Tensor2D[] {
  if (chunks === 1) return [x];
  const [rows, width] = x.shape;
  const parts = tf.split(tf.reshape(x, [chunks, rows / chunks, width]), chunks, 0);
  return parts.map((part): tf.Tensor2D => tf.reshape(part, [rows / chunks, width]));
}

/** [N] as `chunks` times [N / chunks]. */
function entriesOf(x: tf.Tensor1D, chunks: number): tf.Tensor1D[] {
  if (chunks === 1) return [x];
  const size = x.shape[0] / chunks;
  return tf
    .split(tf.reshape(x, [chunks, size]), chunks, 0)
    .map((part): tf.Tensor1D => tf.reshape(part, [size]));
}

/** Where each target's value is in a chunk of logits: [count, 2] of row and column. */
const places = (targets: tf.Tensor1D): tf.Tensor2D =>
  tf.stack([tf.range(0, targets.shape[0], 1, 'int32'), targets], 1) as tf.Tensor2D;
