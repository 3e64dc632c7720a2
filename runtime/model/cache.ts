/**
 * The key and value cache, and the two graphs that fill it: prefill, for the prompts of some rows, and decode, for the
 * next token of every row.
 *
 * Each layer keeps two tensors [rows · keyValueHeads · maxTokens, headDim] in the state: one line for the key, or value, of
 * a row's head at a position. Who runs the graphs says which lines a run writes; lines beyond a row's length hold
 * leftovers, and the mask keeps them out until they are written.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {HostTensor, TensorFunction} from '../tensor/executor.js';
import type {ModelConfig} from './config.js';
import {attendCached, type HeadTensors, type Tensors, tensorOf} from './layers.js';
import {attendAmong, causalMask, decoder, logits, rotationsAt} from './transformer.js';

export interface CacheShape {
  /** Sequences decoded at once. */
  readonly rows: number;
  /** Positions of each row. */
  readonly maxTokens: number;
}

const keysName = (layer: number): string => `cache.${layer}.keys`;
const valuesName = (layer: number): string => `cache.${layer}.values`;

/** The cache's tensors, all zero. */
export function* emptyCache(config: ModelConfig, cache: CacheShape): Generator<[string, HostTensor]> {
  const shape = [cacheLine(config, cache, cache.rows, 0, 0), config.headDim];
  const data = new Float32Array(cacheLine(config, cache, cache.rows, 0, 0) * config.headDim);
  for (let layer = 0; layer < config.layerCount; layer++) {
    yield [keysName(layer), {shape, dtype: 'float32', data}];
    yield [valuesName(layer), {shape, dtype: 'float32', data}];
  }
}

/** The line of a row's head at a position. */
export const cacheLine = (
  {keyValueHeadCount}: ModelConfig,
  {maxTokens}: CacheShape,
  row: number,
  head: number,
  position: number,
): number => (row * keyValueHeadCount + head) * maxTokens + position;

/**
 * Runs `prompts` padded prompts of `length` tokens and writes their keys and values.
 *
 * Inputs: tokens [prompts, length]; lines [prompts · keyValueHeads · length, 1], where each key goes, in the order prompt,
 * head, position; last [prompts], the index in tokens of each prompt's last token. Output: logits [prompts, V] after it.
 */
export const prefillFunction = (
  config: ModelConfig,
  prompts: number,
  length: number,
): TensorFunction<'tokens' | 'lines' | 'last', 'logits'> => ({
  name: `prefill ${prompts}x${length}`,
  inputs: {
    tokens: {shape: [prompts, length], dtype: 'int32'},
    lines: {shape: [prompts * config.keyValueHeadCount * length, 1], dtype: 'int32'},
    last: {shape: [prompts], dtype: 'int32'},
  },
  body: ({tokens, lines, last}, state) => {
    const written: Record<string, tf.Tensor> = {};
    const mask = causalMask(length);
    const places = Int32Array.from({length: prompts * length}, (_, index) => index % length);
    const rotations = rotationsAt(config, length, tf.tensor1d(places, 'int32'));
    const mix = (layer: number, heads: HeadTensors): tf.Tensor4D => {
      writeLines(config, state, layer, heads, lines, written);
      return attendAmong(config, heads, mask);
    };
    const hidden = decoder(config, state, tokens as tf.Tensor2D, {rotations, mix});
    const ends = tf.gather(hidden, last as tf.Tensor1D) as tf.Tensor2D;
    return {outputs: {logits: logits(config, state, ends)}, state: written};
  },
});

/**
 * Runs one token of every row.
 *
 * Inputs: tokens [rows]; positions [rows], of those tokens; lines [rows · keyValueHeads, 1], where each key goes;
 * mask [rows, maxTokens], 0 at the positions before, else `MASKED`. Output: logits [rows, V].
 */
export const decodeFunction = (
  config: ModelConfig,
  {rows, maxTokens}: CacheShape,
): TensorFunction<'tokens' | 'positions' | 'lines' | 'mask', 'logits'> => ({
  name: `decode ${rows}x${maxTokens}`,
  inputs: {
    tokens: {shape: [rows], dtype: 'int32'},
    positions: {shape: [rows], dtype: 'int32'},
    lines: {shape: [rows * config.keyValueHeadCount, 1], dtype: 'int32'},
    mask: {shape: [rows, maxTokens], dtype: 'float32'},
  },
  body: ({tokens, positions, lines, mask}, state) => {
    const written: Record<string, tf.Tensor> = {};
    const caches: [number, number, number] = [rows * config.keyValueHeadCount, maxTokens, config.headDim];
    const maskByRow = tf.reshape(mask, [rows, 1, 1, maxTokens]);
    const rotations = rotationsAt(config, maxTokens, positions as tf.Tensor1D);
    const mix = (layer: number, heads: HeadTensors): tf.Tensor4D => {
      writeLines(config, state, layer, heads, lines, written);
      const keys: tf.Tensor3D = tf.reshape(tensorOf(state, keysName(layer)), caches);
      const values: tf.Tensor3D = tf.reshape(tensorOf(state, valuesName(layer)), caches);
      return attendCached(heads, keys, values, maskByRow);
    };
    const hidden = decoder(config, state, tf.reshape(tokens, [rows, 1]), {rotations, mix});
    return {outputs: {logits: logits(config, state, hidden)}, state: written};
  },
});

/** What one layer's cache becomes. The graph itself reads the cache as it was: an executor may then write in place. */
function writeLines(
  {headDim}: ModelConfig,
  state: Tensors,
  layer: number,
  {keys, values}: HeadTensors,
  lines: tf.Tensor,
  written: Record<string, tf.Tensor>,
): void {
  const write = (name: string, heads: tf.Tensor4D): void => {
    written[name] = tf.tensorScatterUpdate(tensorOf(state, name), lines, tf.reshape(heads, [-1, headDim]));
  };
  write(keysName(layer), keys);
  write(valuesName(layer), values);
}
