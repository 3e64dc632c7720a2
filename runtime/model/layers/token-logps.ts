/**
 * The log-probability of a token, in nats, from a hidden state and the output matrix.
 *
 * log p(t | before) = h·W[t] − log Σ_v exp(h·W[v]). The logits [N, V] are taken in chunks of positions.
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
 * What of a step's gradient is worked out here. By the hidden states, the sum over the vocabulary is taken with the logits, in
 * the forward pass: it does not depend on the loss. By the output matrix it does: the probabilities are kept for it, all
 * chunks' together, or the logits are taken again.
 */
export type LearnsFrom = 'nothing' | 'hidden' | 'keptProbabilities' | 'logitsTakenAgain';

/**
 * log p of one target token for each hidden state, [N].
 * @param hidden [N, D]
 * @param targets [chunks, N / chunks] int32
 * @param learns what the result can be differentiated by: the hidden states, and with the last two the output matrix
 */
export function tokenLogps(
  config: ModelConfig,
  state: Tensors,
  hidden: tf.Tensor2D,
  targets: tf.Tensor2D,
  learns: LearnsFrom,
): tf.Tensor1D {
  const output = tensorOf(state, outputMatrixName(config)) as tf.Tensor2D;
  const chunks = targets.shape[0];
  const allTargets: tf.Tensor1D = tf.reshape(targets, [hidden.shape[0]]);
  const chunkTargets = entriesOf(allTargets, chunks);
  const logitsOf = (rows: tf.Tensor2D): tf.Tensor2D => tf.matMul(rows, output, false, true);
  const ofTargets = (x: tf.Tensor2D, chunk: number) =>
    tf.gatherND(x, places(chunkTargets[chunk] as tf.Tensor1D)) as tf.Tensor1D;
  if (learns === 'nothing') {
    return joined(
      rowsOf(hidden, chunks).map((rows, chunk) => {
        const logits = logitsOf(rows);
        const largest: tf.Tensor2D = tf.max(logits, 1, true);
        const logSum = tf.log(sumByParts(tf.exp(tf.sub(logits, largest))));
        return tf.sub<tf.Tensor1D>(tf.sub(ofTargets(logits, chunk), tf.reshape(largest, [-1])), logSum);
      }),
    );
  }
  const learnsOutput = learns !== 'hidden';
  const score = tf.customGrad((...args) => {
    const hidden = args[0] as tf.Tensor2D;
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [parts, pulls, kept]: [tf.Tensor1D[], tf.Tensor2D[], tf.Tensor2D[]] = [[], [], []];
    for (const [chunk, rows] of rowsOf(hidden, chunks).entries()) {
      const logits = logitsOf(after(rows, pulls.slice(-1)));
      const probabilities = tf.softmax(logits);
      // log p = (x − max x) + log max p: a target's own probability may be too small for a float32. Their sum is not quite 1. The
      // difference first, which is exact near the largest logit: what is added to a large logit is rounded as that is.
      const most = tf.div<tf.Tensor1D>(tf.max(probabilities, 1), sumByParts(probabilities));
      const below = tf.sub<tf.Tensor1D>(ofTargets(logits, chunk), tf.max(logits, 1));
      const logps: tf.Tensor1D = tf.add(below, tf.log(most));
      const excess = excessOf(probabilities, chunkTargets[chunk] as tf.Tensor1D, logps);
      parts.push(logps);
      pulls.push(tf.matMul(excess, output));
      if (learns === 'keptProbabilities') kept.push(excess);
    }
    const logps = joined(parts);
    save([hidden, output, logps, joined(pulls), ...chunkTargets, ...kept]);
    return {
      value: logps,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [hidden, output, logps, pull] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D];
        const targets = saved.slice(4, 4 + chunks) as tf.Tensor1D[];
        const kept = saved.slice(4 + chunks) as tf.Tensor2D[];
        const down: tf.Tensor2D = tf.neg(tf.reshape(dy, [-1, 1]));
        const byHidden = tf.mul<tf.Tensor2D>(pull, down);
        if (!learnsOutput) return [byHidden];
        const given = {down, logps, targets, kept, earlier: [byHidden]};
        return [byHidden, outputGradient(hidden, output, given)];
      },
    };
  });
  return score(hidden, ...(learnsOutput ? [output] : [])) as tf.Tensor1D;
}

/** e = p − onehot(t), [n, V]: what a hidden state's log-probability falls by with each logit. */
function excessOf(probabilities: tf.Tensor2D, targets: tf.Tensor1D, logps: tf.Tensor1D): tf.Tensor2D {
  const values = tf.sub<tf.Tensor1D>(tf.exp(logps), 1);
  const [result] = fused('SetInRows', [probabilities, targets, values], {}, [like(probabilities)], () => [
    tf.tensorScatterUpdate(probabilities, places(targets), values),
  ]);
  return result as tf.Tensor2D;
}

/**
 * With s = dy at each position: dW = eᵀ (−s ∘ h), [V, D]. The sum over several chunks grows as its transpose: that product, with
 * the vocabulary as its columns, takes three quarters of the time of the other, more than turning the sum round takes at the end.
 */
function outputGradient(
  hidden: tf.Tensor2D,
  output: tf.Tensor2D,
  given: {
    /** −s [N, 1]. */
    readonly down: tf.Tensor2D;
    readonly logps: tf.Tensor1D;
    /** Of each chunk. */
    readonly targets: readonly tf.Tensor1D[];
    /** e of each chunk; none where they are to be made again. */
    readonly kept: readonly tf.Tensor2D[];
    readonly earlier: readonly tf.Tensor[];
  },
): tf.Tensor2D {
  const {down, logps, targets, kept, earlier} = given;
  const chunks = targets.length;
  const scaled = rowsOf(tf.mul<tf.Tensor2D>(hidden, down), chunks);
  const logpParts = entriesOf(logps, chunks);
  let sum: tf.Tensor2D | undefined;
  for (const [chunk, rows] of rowsOf(hidden, chunks).entries()) {
    const again = (): tf.Tensor2D => {
      const logits: tf.Tensor2D = tf.matMul(
        after(rows, [...earlier, ...(sum ? [sum] : [])]),
        output,
        false,
        true,
      );
      return excessOf(tf.softmax(logits), targets[chunk] as tf.Tensor1D, logpParts[chunk] as tf.Tensor1D);
    };
    const excess = kept[chunk] ?? again();
    if (chunks === 1) return tf.matMul(excess, scaled[0] as tf.Tensor2D, true, false);
    sum = plusProduct(scaled[chunk] as tf.Tensor2D, excess, sum);
  }
  if (sum === undefined) throw new Error('no positions to score');
  return tf.transpose(sum);
}

/** aᵀ b + c, or aᵀ b. */
function plusProduct(a: tf.Tensor2D, b: tf.Tensor2D, c: tf.Tensor2D | undefined): tf.Tensor2D {
  if (c === undefined) return tf.matMul(a, b, true, false);
  const [result] = fused('PlusProduct', [a, b, c], {}, [like(c)], () => [
    tf.add(tf.matMul(a, b, true, false), c),
  ]);
  return result as tf.Tensor2D;
}

function joined<T extends tf.Tensor1D | tf.Tensor2D>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new Error('no positions to score');
  return parts.length === 1 ? first : (tf.concat([...parts], 0) as T);
}

/**
 * Σ over the vocabulary, [N, V] → [N], by parts of about √V. One float32 sum over it loses what is small beside what it has come to:
 * of SmolLM2's 49,152 tokens so much that each log-probability was 1e-5 too high, in ONNX Runtime's softmax as in torch's.
 */
function sumByParts(x: tf.Tensor2D): tf.Tensor1D {
  const [rows, width] = x.shape;
  const part = partOf(width);
  if (part <= LARGEST_PART) return tf.sum(tf.sum(tf.reshape(x, [rows, width / part, part]), 2), 1);
  const rest = width % PART;
  const [most, last] = tf.split(x, [width - rest, rest], 1) as [tf.Tensor2D, tf.Tensor2D];
  return tf.add(sumByParts(most), tf.sum(last, 1));
}

const PART = 256;
const LARGEST_PART = 2048;

/** The divisor that is nearest above the root. */
function partOf(width: number): number {
  let part = Math.ceil(Math.sqrt(width));
  while (width % part !== 0) part++;
  return part;
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
