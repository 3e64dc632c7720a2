/**
 * The language model: Llama and its relatives (Mistral, Qwen2, Qwen3), from token ids to hidden states and logits.
 *
 * Shapes: N tokens in one stream, of B rows of T; D hidden size, V vocabulary.
 */
import * as tf from '@tensorflow/tfjs-core';
import {TerminalError} from '../../errors.js';
import type {ModelConfig} from '../files/config.js';
import {layerPrefix, outputMatrixName} from '../files/parameters.js';
import {
  attend,
  gated,
  type HeadTensors,
  MASKED,
  type Rotation,
  rmsNorm,
  rotate,
  type Tensors,
  tensorOf,
} from './layers.js';
import {type AdapterUse, linear} from './linear.js';
import {recomputed} from './recompute.js';
import {rotaryTables} from './rotary.js';
import {keepRows, type RowChoice} from './row-choice.js';

/** Mixes positions in one layer: [B, heads, T, headDim] of attended values. */
export type Mixer = (layer: number, heads: HeadTensors) => tf.Tensor4D;

/** What a pass over the layers is told besides its tokens. */
export interface DecoderOptions {
  readonly rotations: Rotations;
  readonly mix: Mixer;
  /** The rows in which tokens attend; those of `tokens`, unless given. */
  readonly seating?: Seating | undefined;
  /** The rows whose hidden states are wanted; past the last attention, others are not computed. All, unless given. */
  readonly wanted?: RowChoice | undefined;
  readonly adapter?: AdapterUse | undefined;
  /**
   * Names of the tensors that learn, where each layer's intermediate values are to be computed again in the backward pass
   * instead of being kept: a third more work for a fraction of the memory.
   */
  readonly recomputeFor?: readonly string[] | undefined;
}

/** Rows in which the tokens of a stream attend to each other. A token may sit in several, so that it is seen in each. */
export interface Seating {
  /** B rows of T seats. */
  readonly shape: readonly [number, number];
  /** From the stream to the seats, [B · T]: of queries, whose gradient comes from one seat of each token, and of keys and values. */
  readonly queries: RowChoice;
  readonly keys: RowChoice;
  /** From the seats back to the stream: what a token attended to from that one. */
  readonly attended: RowChoice;
}

/** Rotary tables for the tokens of a stream: those of queries divide by √headDim too. */
export interface Rotations {
  readonly queries: Rotation;
  readonly keys: Rotation;
}

/**
 * Hidden states after the last norm, [B · T, D], of sequences padded on the right: attention is causal, so what follows
 * a token never matters to it.
 * @param tokens [B, T] int32
 * @throws TerminalError where T is beyond the model's positions
 */
export function hiddenStates(config: ModelConfig, state: Tensors, tokens: tf.Tensor2D): tf.Tensor2D {
  const [batch, length] = tokens.shape;
  assertLength(config, length);
  const mask = causalMask(length);
  const places = Int32Array.from({length: batch * length}, (_, index) => index % length);
  return decoder(config, state, tokens, {
    rotations: rotationsAt(config, length, tf.tensor1d(places, 'int32')),
    mix: (_, heads) => attendAmong(config, heads, mask),
  });
}

/** Throws a TerminalError where a model cannot place that many tokens. */
export function assertLength(config: ModelConfig, length: number): void {
  if (length > config.maxPositions) {
    throw new TerminalError(
      `sequences of ${length} tokens are beyond the model's ${config.maxPositions} positions (config.json "max_position_embeddings" or "sliding_window"); lower the token limits`,
    );
  }
}

/** Logits [N, V] of hidden states [N, D]. */
export const logits = (config: ModelConfig, state: Tensors, hidden: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(hidden, tensorOf(state, outputMatrixName(config)) as tf.Tensor2D, false, true);

/** All layers over tokens [B, T] int32: hidden states [B · T, D], or [U, D] of the rows that are wanted. */
export function decoder(
  config: ModelConfig,
  state: Tensors,
  tokens: tf.Tensor2D,
  options: DecoderOptions,
): tf.Tensor2D {
  const {recomputeFor, wanted} = options;
  const [batch, length] = tokens.shape;
  const embedding = tensorOf(state, 'model.embed_tokens.weight');
  let x = tf.gather(embedding, tf.reshape(tokens, [batch * length])) as tf.Tensor2D;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const rows = layer === config.layerCount - 1 ? wanted : undefined;
    const run = (x: tf.Tensor2D, state: Tensors): tf.Tensor2D =>
      decoderLayer(config, state, layer, x, [batch, length], {...options, wanted: rows});
    const learned = recomputeFor?.filter((name) => name.startsWith(`${layerPrefix(layer)}.`));
    x = learned === undefined ? run(x, state) : recomputed(run, x, state, learned);
  }
  return rmsNorm(x, tensorOf(state, 'model.norm.weight'), config.normEpsilon);
}

function decoderLayer(
  config: ModelConfig,
  state: Tensors,
  layer: number,
  x: tf.Tensor2D,
  shape: readonly [number, number],
  {rotations, mix, seating, wanted, adapter}: DecoderOptions,
): tf.Tensor2D {
  const {normEpsilon, headCount, headDim} = config;
  const prefix = layerPrefix(layer);
  const apply = (name: string, x: tf.Tensor2D): tf.Tensor2D => linear(state, `${prefix}.${name}`, x, adapter);
  const norm = (name: string, x: tf.Tensor2D): tf.Tensor2D =>
    rmsNorm(x, tensorOf(state, `${prefix}.${name}.weight`), normEpsilon);
  const choose = (x: tf.Tensor2D): tf.Tensor2D => (wanted === undefined ? x : keepRows(x, wanted));

  const forHeads = norm('input_layernorm', x);
  const heads = projectHeads(config, state, layer, forHeads, shape, {rotations, seating, adapter});
  const mixed = tf.transpose(mix(layer, heads), [0, 2, 1, 3]);
  const bySeat: tf.Tensor2D = tf.reshape(mixed, [-1, headCount * headDim]);
  const joined = seating === undefined ? bySeat : keepRows(bySeat, seating.attended);
  const attended: tf.Tensor2D = tf.add(choose(x), apply('self_attn.o_proj', choose(joined)));
  const forGate = norm('post_attention_layernorm', attended);
  const active = gated(apply('mlp.gate_proj', forGate), apply('mlp.up_proj', forGate));
  return tf.add(attended, apply('mlp.down_proj', active));
}

/** Attention of the T tokens of each row among themselves. */
function attendAmong(
  {keyValueHeadCount, headDim}: ModelConfig,
  {queries, keys, values}: HeadTensors,
  mask: tf.Tensor,
): tf.Tensor4D {
  const [batch, , length] = queries.shape;
  const flat: [number, number, number] = [batch * keyValueHeadCount, length, headDim];
  return attend(queries, tf.reshape(keys, flat), tf.reshape(values, flat), mask);
}

/** 0 where position s is at or before t, else MASKED; [T, T]. */
export function causalMask(length: number): tf.Tensor2D {
  const mask = new Float32Array(length * length);
  for (let t = 0; t < length; t++) mask.fill(MASKED, t * length + t + 1, (t + 1) * length);
  return tf.tensor2d(mask, [length, length]);
}

/** @param count places that a sequence has; positions [N] int32 are below it. */
export function rotationsAt(config: ModelConfig, count: number, positions: tf.Tensor1D): Rotations {
  const table = (scale: number): Rotation => {
    const {cosines, sines} = rotaryTables(config, count, scale);
    const shape: [number, number] = [count, config.headDim / 2];
    return {positions, cosines: tf.tensor2d(cosines, shape), sines: tf.tensor2d(sines, shape)};
  };
  return {queries: table(config.headDim ** -0.5), keys: table(1)};
}

function projectHeads(
  config: ModelConfig,
  state: Tensors,
  layer: number,
  x: tf.Tensor2D,
  shape: readonly [number, number],
  {rotations, seating, adapter}: Pick<DecoderOptions, 'rotations' | 'seating' | 'adapter'>,
): HeadTensors {
  const prefix = `${layerPrefix(layer)}.self_attn`;
  const {headDim, headCount, keyValueHeadCount, queryKeyNorm, normEpsilon} = config;
  const project = (name: string): tf.Tensor2D => linear(state, `${prefix}.${name}`, x, adapter);
  const normalize = (name: string, x: tf.Tensor2D): tf.Tensor2D => {
    if (!queryKeyNorm) return x;
    const heads: tf.Tensor2D = tf.reshape(x, [-1, headDim]);
    return tf.reshape(rmsNorm(heads, tensorOf(state, `${prefix}.${name}.weight`), normEpsilon), x.shape);
  };
  const [batch, length] = seating?.shape ?? shape;
  const byHead = (x: tf.Tensor2D, heads: number, choice: RowChoice | undefined): tf.Tensor4D => {
    const rows = choice === undefined ? x : keepRows(x, choice);
    return tf.transpose(tf.reshape(rows, [batch, length, heads, headDim]), [0, 2, 1, 3]) as tf.Tensor4D;
  };
  const queries = rotate(normalize('q_norm', project('q_proj')), rotations.queries);
  const keys = rotate(normalize('k_norm', project('k_proj')), rotations.keys);
  return {
    queries: byHead(queries, headCount, seating?.queries),
    keys: byHead(keys, keyValueHeadCount, seating?.keys),
    values: byHead(project('v_proj'), keyValueHeadCount, seating?.keys),
  };
}
