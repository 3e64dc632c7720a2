/** Log-probabilities of completions: inside a graph that differentiates them, and as a service over loaded weights. */
import * as tf from '@tensorflow/tfjs-core';
import {inOrder} from '../in-order.js';
import type {Executor, TensorFunction} from '../tensor/executor.js';
import {programsByShape} from '../tensor/programs.js';
import type {ModelCheckpoint} from './checkpoint.js';
import type {ModelConfig} from './config.js';
import type {EncodedCompletion} from './encode.js';
import type {Tensors} from './layers.js';
import {lengthBucket} from './length-buckets.js';
import {packRows} from './rows.js';
import {chunksFor, tokenLogps} from './token-logps.js';
import {assertLength, hiddenStates} from './transformer.js';

export interface SequenceInputs {
  /** [B, T] int32: prompt, completion, padding. */
  readonly tokens: tf.Tensor2D;
  /** [B, T] float32: 1 at the completion's tokens. The first token of a sequence has no log-probability: 0 there. */
  readonly completionMask: tf.Tensor2D;
}

/** log π(y|x) [B], summed over the completion tokens of each sequence. */
export function completionLogps(config: ModelConfig, state: Tensors, inputs: SequenceInputs): tf.Tensor1D {
  const [batch, length] = inputs.tokens.shape;
  const predicting = length - 1;
  // A token is predicted by the position before it, so the last position is never run.
  const tokens: tf.Tensor2D = tf.slice(inputs.tokens, [0, 0], [batch, predicting]);
  const targets: tf.Tensor1D = tf.reshape(tf.slice(inputs.tokens, [0, 1], [batch, predicting]), [
    batch * predicting,
  ]);
  const mask = tf.slice(inputs.completionMask, [0, 1], [batch, predicting]);
  const hidden = hiddenStates(config, state, tokens);
  const logps = tf.reshape(inChunks(config, state, hidden, targets), [batch, predicting]);
  return tf.sum(tf.mul(logps, mask), 1);
}

/** `tokenLogps` of any number of positions: filled up to whole chunks. */
function inChunks(
  config: ModelConfig,
  state: Tensors,
  hidden: tf.Tensor2D,
  targets: tf.Tensor1D,
): tf.Tensor1D {
  const [count] = hidden.shape;
  const chunks = chunksFor(count, config);
  const fillers = Math.ceil(count / chunks) * chunks - count;
  if (fillers === 0) return tokenLogps(config, state, hidden, tf.reshape(targets, [chunks, count / chunks]));
  const filled: tf.Tensor2D = tf.reshape(tf.pad(targets, [[0, fillers]]), [
    chunks,
    (count + fillers) / chunks,
  ]);
  const rows: tf.Tensor2D = tf.pad(hidden, [
    [0, fillers],
    [0, 0],
  ]);
  return tf.slice1d(tokenLogps(config, state, rows, filled), 0, count);
}

/** Scores completions under fixed weights. */
export interface Scorer {
  /** log π(y|x) of each sequence, nats, in order. A sequence's value does not depend on its neighbours. */
  logps(sequences: readonly EncodedCompletion[]): Promise<number[]>;
  dispose(): Promise<void>;
}

export interface ScorerOptions {
  /** Sequences of one run of the graph; fewer are filled up. */
  readonly rows: number;
  /** Prompt and completion of the longest sequence. */
  readonly maxTokens: number;
}

/**
 * A scorer of the model's weights, whose arrays are taken over: they must not change afterwards. One graph a length,
 * compiled on first use.
 */
export async function createScorer(
  {config, tokenizer, weights}: ModelCheckpoint,
  executor: Executor,
  {rows, maxTokens}: ScorerOptions,
): Promise<Scorer> {
  assertLength(config, maxTokens);
  const state = executor.createState(weights, true);
  const programs = programsByShape((length: number) =>
    executor.compile(scoringFunction(config, rows, length), state),
  );

  async function logpsOf(sequences: readonly EncodedCompletion[]): Promise<number[]> {
    const results: number[] = new Array(sequences.length);
    for (const [length, indices] of byLength(sequences, maxTokens)) {
      const program = await programs.at(length);
      for (let begin = 0; begin < indices.length; begin += rows) {
        const batch = indices.slice(begin, begin + rows);
        const filled = Array.from({length: rows}, (_, row) => sequences[batch[row] ?? -1]);
        const {logps} = await program.run(packRows(filled, length, tokenizer.padTokenId));
        batch.forEach((index, row) => {
          results[index] = logps.data[row] ?? Number.NaN;
        });
      }
    }
    return results;
  }

  // Runs of one state must not overlap, whoever calls.
  const alone = inOrder();
  return {
    logps: (sequences) => alone(() => logpsOf(sequences)),
    dispose: () =>
      alone(async () => {
        await programs.dispose();
        state.dispose();
      }),
  };
}

const scoringFunction = (
  config: ModelConfig,
  rows: number,
  length: number,
): TensorFunction<'tokens' | 'completionMask', 'logps'> => ({
  name: `score ${rows}x${length}`,
  inputs: {
    tokens: {shape: [rows, length], dtype: 'int32'},
    completionMask: {shape: [rows, length], dtype: 'float32'},
  },
  body: ({tokens, completionMask}, state) => {
    const inputs = {tokens: tokens as tf.Tensor2D, completionMask: completionMask as tf.Tensor2D};
    return {outputs: {logps: completionLogps(config, state, inputs)}};
  },
});

/** Indices of the sequences of each padded length: a length depends on its own sequence only. */
function byLength(sequences: readonly EncodedCompletion[], maxTokens: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  sequences.forEach(({promptIds, completionIds}, index) => {
    const length = lengthBucket(promptIds.length + completionIds.length, maxTokens);
    const group = groups.get(length);
    if (group === undefined) groups.set(length, [index]);
    else group.push(index);
  });
  return groups;
}
