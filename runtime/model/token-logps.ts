/**
 * The log-probability of a token, in nats, from a hidden state and the output matrix.
 *
 * log p(t | before) = h·W[t] − log Σ_v exp(h·W[v]). The logits [N, V] are taken in chunks of positions and, beyond one
 * chunk, taken again in the backward pass instead of being kept.
 */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../tensor/fused.js';
import type {ModelConfig} from './config.js';
import {type Tensors, tensorOf} from './layers.js';
import {outputMatrixName} from './parameters.js';
import {after} from './recompute.js';

/** 64 MB as float32. */
const MAX_CHUNK_VALUES = 16 * 1024 * 1024;

/**
 * log p of one target token for each hidden state, [N].
 * @param hidden [N, D]
 * @param targets [N] int32
 * @param maxChunkValues logits that are in memory at once
 */
export function tokenLogps(
  config: ModelConfig,
  state: Tensors,
  hidden: tf.Tensor2D,
  targets: tf.Tensor1D,
  maxChunkValues = MAX_CHUNK_VALUES,
): tf.Tensor1D {
  const output = tensorOf(state, outputMatrixName(config)) as tf.Tensor2D;
  const chunks = chunkRows(hidden.shape[0], output.shape[0], maxChunkValues);
  const score = tf.customGrad((...args) => {
    const [hidden, output, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const kept: tf.Tensor[] = [];
    const parts = chunks.map((chunk): tf.Tensor1D => {
      const logs = logSoftmax(tf.matMul(rowsOf(hidden, chunk), output, false, true));
      if (chunks.length === 1) kept.push(logs);
      return tf.gatherND(logs, places(targets, chunk)) as tf.Tensor1D;
    });
    const logps = tf.concat(parts) as tf.Tensor1D;
    save([hidden, output, targets, logps, ...kept]);
    return {
      value: logps,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => scoreGradients(chunks, dy as tf.Tensor1D, saved),
    };
  });
  return score(hidden, output) as tf.Tensor1D;
}

/** With s = dy at each position: dlogits = s (onehot(t) − p), from which dh = dlogits W and dW = dlogitsᵀ h. */
function scoreGradients(
  chunks: readonly Chunk[],
  dy: tf.Tensor1D,
  saved: readonly tf.Tensor[],
): [tf.Tensor, tf.Tensor] {
  const [hidden, output, targets, logps, keptLogs] = saved as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor2D | undefined,
  ];
  const hiddenGradients: tf.Tensor2D[] = [];
  let outputGradient: tf.Tensor2D | undefined;
  for (const chunk of chunks) {
    const rows = rowsOf(hidden, chunk);
    const earlier: tf.Tensor[] = [
      logps,
      ...hiddenGradients.slice(-1),
      ...(outputGradient ? [outputGradient] : []),
    ];
    const probabilities = keptLogs
      ? tf.exp(keptLogs)
      : tf.softmax(tf.matMul(after(rows, earlier), output, false, true));
    const [slopes, scores] = [entriesOf(dy, chunk), entriesOf(logps, chunk)];
    const others: tf.Tensor2D = tf.mul(probabilities, tf.reshape(tf.neg(slopes), [-1, 1]));
    const own = tf.mul(slopes, tf.sub(1, tf.exp(scores)));
    const logits: tf.Tensor2D = tf.tensorScatterUpdate(others, places(targets, chunk), own);
    hiddenGradients.push(tf.matMul(logits, output));
    const part: tf.Tensor2D = tf.matMul(logits, rows, true, false);
    outputGradient = outputGradient === undefined ? part : tf.add(outputGradient, part);
  }
  const hiddenGradient = hiddenGradients.length === 1 ? hiddenGradients[0] : tf.concat(hiddenGradients, 0);
  if (hiddenGradient === undefined || outputGradient === undefined) throw new Error('no positions to score');
  return [hiddenGradient, outputGradient];
}

/** log softmax over the last axis: x − max − log Σ exp(x − max). */
function logSoftmax(x: tf.Tensor2D): tf.Tensor2D {
  const [result] = fused('LogSoftmax', [x], {}, [like(x)], () => {
    const shifted = tf.sub(x, tf.max(x, 1, true));
    return [tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)))];
  });
  return result as tf.Tensor2D;
}

interface Chunk {
  readonly begin: number;
  readonly count: number;
}

function chunkRows(rowCount: number, width: number, maxValues: number): Chunk[] {
  const step = Math.max(1, Math.min(rowCount, Math.floor(maxValues / width)));
  const chunks: Chunk[] = [];
  for (let begin = 0; begin < rowCount; begin += step) {
    chunks.push({begin, count: Math.min(step, rowCount - begin)});
  }
  return chunks;
}

const rowsOf = (x: tf.Tensor2D, {begin, count}: Chunk): tf.Tensor2D =>
  count === x.shape[0] ? x : tf.slice(x, [begin, 0], [count, x.shape[1]]);

const entriesOf = (x: tf.Tensor1D, {begin, count}: Chunk): tf.Tensor1D =>
  count === x.shape[0] ? x : tf.slice1d(x, begin, count);

/** Where each target's value is in a chunk of logits: [count, 2] of row and column. */
const places = (targets: tf.Tensor1D, chunk: Chunk): tf.Tensor2D =>
  tf.stack([tf.range(0, chunk.count, 1, 'int32'), entriesOf(targets, chunk)], 1) as tf.Tensor2D;
