/**
 * The log-probability of a token, in nats, from a hidden state and the output matrix.
 *
 * log p(t | before) = h·W[t] − log Σ_v exp(h·W[v]). The logits [N, V] are taken in chunks of positions and, beyond one
 * chunk, taken again in the backward pass instead of being kept.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelConfig} from './config.js';
import {type Tensors, tensorOf} from './layers.js';
import {outputMatrixName} from './parameters.js';

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
    const logits = (chunk: Chunk) => tf.matMul(rowsOf(hidden, chunk), output, false, true);
    const kept: tf.Tensor[] = [];
    const totals = chunks.map((chunk): tf.Tensor2D => {
      const values = logits(chunk);
      const peak = tf.max(values, 1, true);
      const exponentials = tf.exp(tf.sub(values, peak));
      const sums: tf.Tensor2D = tf.sum(exponentials, 1, true);
      if (chunks.length === 1) kept.push(tf.div(exponentials, sums));
      return tf.add(peak, tf.log(sums)) as tf.Tensor2D;
    });
    const logTotals = joinRows(totals);
    save([hidden, output, targets, logTotals, ...kept]);
    const targetRows = tf.gather(output, targets);
    const targetLogits = tf.sum(tf.mul(hidden, targetRows), 1);
    return {
      value: tf.sub(targetLogits, tf.reshape(logTotals, [-1])),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [hidden, output, targets, logTotals, ...kept] = saved as [
          tf.Tensor2D,
          tf.Tensor2D,
          tf.Tensor1D,
          tf.Tensor2D,
          ...tf.Tensor2D[],
        ];
        return scoreGradients(chunks, hidden, output, targets, logTotals, kept[0], tf.reshape(dy, [-1, 1]));
      },
    };
  });
  return score(hidden, output) as tf.Tensor1D;
}

/** dh = dy (W[t] − p W) and dW = Σ dy h at row t, minus (dy p)ᵀ h; probabilities p are kept or made again by chunks. */
function scoreGradients(
  chunks: readonly Chunk[],
  hidden: tf.Tensor2D,
  output: tf.Tensor2D,
  targets: tf.Tensor1D,
  logTotals: tf.Tensor2D,
  keptProbabilities: tf.Tensor2D | undefined,
  dy: tf.Tensor2D,
): [tf.Tensor, tf.Tensor] {
  const scaledHidden: tf.Tensor2D = tf.mul(hidden, dy);
  let outputGradient: tf.Tensor = tf.unsortedSegmentSum(scaledHidden, targets, output.shape[0]);
  const expected: tf.Tensor2D[] = [];
  for (const chunk of chunks) {
    const again = (): tf.Tensor2D => {
      const rows = after(rowsOf(hidden, chunk), [logTotals, outputGradient, ...expected.slice(-1)]);
      return tf.exp(tf.sub(tf.matMul(rows, output, false, true), rowsOf(logTotals, chunk)));
    };
    const probabilities = keptProbabilities ?? again();
    expected.push(tf.matMul(probabilities, output));
    outputGradient = tf.sub(
      outputGradient,
      tf.matMul(probabilities, rowsOf(scaledHidden, chunk), true, false),
    );
  }
  const hiddenGradient = tf.mul(dy, tf.sub(tf.gather(output, targets), joinRows(expected)));
  return [hiddenGradient, outputGradient];
}

/**
 * The same values, but computed only once `earlier` are. In a graph a chunk would else be equal to the forward pass's and
 * kept from there, or be computed before the chunk ahead of it is done with: in either case all would be in memory at once.
 */
const after = (x: tf.Tensor2D, earlier: readonly tf.Tensor[]): tf.Tensor2D =>
  earlier.reduce((x: tf.Tensor2D, tensor): tf.Tensor2D => {
    const first = tf.slice(tf.reshape(tensor, [-1]), 0, 1);
    return tf.add(x, tf.mul(first, 0));
  }, x);

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

function joinRows(parts: readonly tf.Tensor2D[]): tf.Tensor2D {
  const [only, ...rest] = parts;
  if (only === undefined) throw new Error('no rows to join');
  return rest.length === 0 ? only : tf.concat([only, ...rest], 0);
}
