/** Log-probabilities of completions: inside a graph that differentiates them, and as a service over loaded weights. */
import * as tf from '@tensorflow/tfjs-core';
import type {Executor, Program, State} from '../tensor/executor.js';
import type {ModelCheckpoint} from './checkpoint.js';
import type {ModelConfig} from './config.js';
import type {EncodedCompletion} from './encode.js';
import type {Tensors} from './layers.js';
import {lengthBucket} from './length-buckets.js';
import {tokenLogps} from './token-logps.js';
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
  const hidden: tf.Tensor2D = tf.reshape(hiddenStates(config, state, {tokens}), [batch * predicting, -1]);
  const logps = tf.reshape(tokenLogps(config, state, hidden, targets), [batch, predicting]);
  return tf.sum(tf.mul(logps, mask), 1);
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

type ScoringProgram = Program<'tokens' | 'completionMask', 'logps'>;

/** A scorer over a copy of the model's weights. One graph a length, compiled on first use. */
export async function createScorer(
  {config, tokenizer, weights}: ModelCheckpoint,
  executor: Executor,
  {rows, maxTokens}: ScorerOptions,
): Promise<Scorer> {
  assertLength(config, maxTokens);
  const state = executor.createState(weights);
  const programs = new Map<number, Promise<ScoringProgram>>();
  const programFor = (length: number): Promise<ScoringProgram> => {
    const compiled = programs.get(length) ?? compileScoring(executor, state, config, rows, length);
    programs.set(length, compiled);
    return compiled;
  };

  async function logpsOf(sequences: readonly EncodedCompletion[]): Promise<number[]> {
    const results: number[] = new Array(sequences.length);
    for (const [length, indices] of byLength(sequences, maxTokens)) {
      const program = await programFor(length);
      for (let begin = 0; begin < indices.length; begin += rows) {
        const batch = indices.slice(begin, begin + rows);
        const {logps} = await program.run(
          pack(
            batch.map((index) => sequences[index]),
            rows,
            length,
            tokenizer.padTokenId,
          ),
        );
        batch.forEach((index, row) => {
          results[index] = logps.data[row] ?? Number.NaN;
        });
      }
    }
    return results;
  }

  // Runs of one state must not overlap, whoever calls.
  let last: Promise<unknown> = Promise.resolve();
  return {
    logps(sequences) {
      const result = last.then(() => logpsOf(sequences));
      last = result.catch(() => undefined);
      return result;
    },
    async dispose() {
      await last;
      for (const program of programs.values()) await (await program).dispose();
      state.dispose();
    },
  };
}

const compileScoring = (
  executor: Executor,
  state: State,
  config: ModelConfig,
  rows: number,
  length: number,
) =>
  executor.compile(
    {
      name: `score ${rows}x${length}`,
      inputs: {
        tokens: {shape: [rows, length], dtype: 'int32'},
        completionMask: {shape: [rows, length], dtype: 'float32'},
      },
      body: ({tokens, completionMask}, tensors) => {
        const inputs = {tokens: tokens as tf.Tensor2D, completionMask: completionMask as tf.Tensor2D};
        return {outputs: {logps: completionLogps(config, tensors, inputs)}};
      },
    },
    state,
  );

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

/** Rows of one run: prompt, completion, padding; rows without a sequence count nothing. */
function pack(
  sequences: readonly (EncodedCompletion | undefined)[],
  rows: number,
  length: number,
  padTokenId: number,
): {tokens: Int32Array; completionMask: Float32Array} {
  const tokens = new Int32Array(rows * length).fill(padTokenId);
  const completionMask = new Float32Array(rows * length);
  sequences.forEach((sequence, row) => {
    if (sequence === undefined) return;
    const {promptIds, completionIds} = sequence;
    const begin = row * length;
    tokens.set(promptIds, begin);
    tokens.set(completionIds, begin + promptIds.length);
    completionMask.fill(1, begin + promptIds.length, begin + promptIds.length + completionIds.length);
    // Nothing predicts the first token of a sequence without a prompt.
    completionMask[begin] = 0;
  });
  return {tokens, completionMask};
}
