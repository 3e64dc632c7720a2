/**
 * The language model: Llama and its relatives (Mistral, Qwen2, Qwen3), from token ids to hidden states and logits.
 *
 * Shapes: B sequences of T tokens, N = B · T positions, D hidden size, V vocabulary.
 */
import * as tf from '@tensorflow/tfjs-core';
import {TerminalError} from '../errors.js';
import type {ModelConfig} from './config.js';
import {
  attend,
  gated,
  type HeadTensors,
  linear,
  MASKED,
  type Rotation,
  rmsNorm,
  rotate,
  type Tensors,
  tensorOf,
} from './layers.js';
import {layerPrefix, outputMatrixName} from './parameters.js';
import {rotaryTables} from './rotary.js';

/** Mixes positions in one layer: [B, heads, T, headDim] of attended values. */
export type Mixer = (layer: number, heads: HeadTensors) => tf.Tensor4D;

/**
 * Hidden states after the last norm, [B, T, D], of sequences padded on the right: attention is causal, so what follows
 * a token never matters to it.
 * @param tokens [B, T] int32
 * @throws TerminalError where T is beyond the model's positions
 */
export function hiddenStates(config: ModelConfig, state: Tensors, tokens: tf.Tensor2D): tf.Tensor3D {
  const [batch, length] = tokens.shape;
  assertLength(config, length);
  const mask = causalMask(length);
  return decoder(config, state, tokens, rotationTable(config, length), (_, heads) =>
    attendAmong(config, batch, length, heads, mask),
  );
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

/** All layers over tokens [B, T], each mixing positions as `mix` says. */
export function decoder(
  config: ModelConfig,
  state: Tensors,
  tokens: tf.Tensor2D,
  rotation: Rotation,
  mix: Mixer,
): tf.Tensor3D {
  const [batch, length] = tokens.shape;
  const {hiddenSize, normEpsilon, headCount, headDim} = config;
  const embedding = tensorOf(state, 'model.embed_tokens.weight');
  let x = tf.gather(embedding, tf.reshape(tokens, [batch * length])) as tf.Tensor2D;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const prefix = layerPrefix(layer);
    const forAttention = rmsNorm(x, tensorOf(state, `${prefix}.input_layernorm.weight`), normEpsilon);
    const heads = projectHeads(config, state, layer, forAttention, [batch, length], rotation);
    const mixed = tf.transpose(mix(layer, heads), [0, 2, 1, 3]);
    const joined: tf.Tensor2D = tf.reshape(mixed, [batch * length, headCount * headDim]);
    x = tf.add(x, linear(state, `${prefix}.self_attn.o_proj`, joined));
    const forGate = rmsNorm(x, tensorOf(state, `${prefix}.post_attention_layernorm.weight`), normEpsilon);
    const gate = linear(state, `${prefix}.mlp.gate_proj`, forGate);
    const up = linear(state, `${prefix}.mlp.up_proj`, forGate);
    x = tf.add(x, linear(state, `${prefix}.mlp.down_proj`, gated(gate, up)));
  }
  const normed = rmsNorm(x, tensorOf(state, 'model.norm.weight'), normEpsilon);
  return tf.reshape(normed, [batch, length, hiddenSize]);
}

/** Causal attention of T tokens among themselves. */
export function attendAmong(
  config: ModelConfig,
  batch: number,
  length: number,
  {queries, keys, values}: HeadTensors,
  mask: tf.Tensor2D,
): tf.Tensor4D {
  const flat: [number, number, number] = [batch * config.keyValueHeadCount, length, config.headDim];
  return attend(queries, tf.reshape(keys, flat), tf.reshape(values, flat), mask);
}

/** 0 where position s is at or before t, else MASKED; [T, T]. */
export function causalMask(length: number): tf.Tensor2D {
  const mask = new Float32Array(length * length);
  for (let t = 0; t < length; t++) mask.fill(MASKED, t * length + t + 1, (t + 1) * length);
  return tf.tensor2d(mask, [length, length]);
}

/** The rotation of positions 0 to T − 1: [T, 1, 2, headDim/2]. */
export function rotationTable(config: ModelConfig, length: number): Rotation {
  const {cosines, sines} = rotaryTables(config, length);
  const shape: [number, number, number, number] = [length, 1, 2, config.headDim / 2];
  return {cosines: tf.tensor4d(cosines, shape), sines: tf.tensor4d(sines, shape)};
}

function projectHeads(
  config: ModelConfig,
  state: Tensors,
  layer: number,
  x: tf.Tensor2D,
  [batch, length]: readonly [number, number],
  rotation: Rotation,
): HeadTensors {
  const prefix = `${layerPrefix(layer)}.self_attn`;
  const {headDim, headCount, keyValueHeadCount} = config;
  const project = (name: string, heads: number): tf.Tensor4D =>
    tf.reshape(linear(state, `${prefix}.${name}`, x), [batch, length, heads, headDim]);
  const normalize = (name: string, heads: tf.Tensor4D): tf.Tensor4D => {
    if (!config.queryKeyNorm) return heads;
    const rows: tf.Tensor2D = tf.reshape(heads, [-1, headDim]);
    return tf.reshape(
      rmsNorm(rows, tensorOf(state, `${prefix}.${name}.weight`), config.normEpsilon),
      heads.shape,
    );
  };
  const byHead = (heads: tf.Tensor): tf.Tensor4D => tf.transpose(heads, [0, 2, 1, 3]) as tf.Tensor4D;
  const queries = normalize('q_norm', project('q_proj', headCount));
  const keys = normalize('k_norm', project('k_proj', keyValueHeadCount));
  return {
    queries: byHead(rotate(queries, rotation)),
    keys: byHead(rotate(keys, rotation)),
    values: byHead(project('v_proj', keyValueHeadCount)),
  };
}
