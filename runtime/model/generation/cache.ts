/**
 * The two graphs of generation: prefill, which gives the keys and values of prompts, and decode, which runs the next token
 * of every row over what the rows hold and predicts the one after it.
 *
 * Keys and values are inputs, since they live in this process's memory (cache-rows.ts), and what a run adds is an output:
 * `lines` [2 · layers, N, keyValueHeads · headDim], the keys of every layer and then the values, for N tokens.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {SizedFunction, TensorSpec} from '../../tensor/executor.js';
import type {ModelConfig} from '../files/config.js';
import {attendSequences, type Past, type Sequences} from '../layers/attention.js';
import type {HeadTensors, Tensors} from '../layers/layers.js';
import {decoder, logits, rotationsAt} from '../layers/transformer.js';

export interface CacheShape {
  /** Sequences decoded at once. */
  readonly rows: number;
  /** Positions of each row. */
  readonly maxTokens: number;
}

export const keysName = (layer: number): string => `keys.${layer}`;
export const valuesName = (layer: number): string => `values.${layer}`;

/**
 * Inputs: tokens and places [prompts, length], padded on the right; ends [prompts], length − 1 each; total [1], length.
 * Output: lines of all tokens. Nothing is predicted: a prompt's last token is decoded like those after it.
 */
export const prefillFunction = (
  config: ModelConfig,
  maxTokens: number,
): SizedFunction<'prompts' | 'length', 'tokens' | 'places' | 'ends' | 'total', 'lines'> => ({
  name: 'prefill',
  sizes: ['prompts', 'length'],
  at: ({prompts, length}) => ({
    name: `prefill ${prompts}x${length}`,
    inputs: {
      tokens: {shape: [prompts, length], dtype: 'int32'},
      places: {shape: [prompts, length], dtype: 'int32'},
      ends: {shape: [prompts], dtype: 'int32'},
      total: {shape: [1], dtype: 'int32'},
    },
    body: ({tokens, places, ends, total}, state) => {
      const sequences = {
        places: places as tf.Tensor2D,
        ends: ends as tf.Tensor1D,
        total: total as tf.Tensor1D,
      };
      const {lines} = run(config, maxTokens, state, tokens, () => sequences);
      return {outputs: {lines}};
    },
  }),
});

/**
 * Inputs: tokens [rows]; lengths [rows], of what the rows hold; total [1], the longest of them and 1; temperatures [rows],
 * above 0; keys and values of each layer [rows, keyValueHeads, span, headDim].
 * Outputs: best [rows], the id of the largest logit, the first of equals; probabilities [rows, V], softmax(logits /
 * temperature); lines of the tokens.
 */
export const decodeFunction = (
  config: ModelConfig,
  maxTokens: number,
): SizedFunction<'rows' | 'span', string, 'best' | 'probabilities' | 'lines'> => ({
  name: 'decode',
  sizes: ['rows', 'span'],
  at: ({rows, span}) => ({
    name: `decode ${rows}x${span}`,
    inputs: {
      tokens: {shape: [rows], dtype: 'int32'},
      lengths: {shape: [rows], dtype: 'int32'},
      total: {shape: [1], dtype: 'int32'},
      temperatures: {shape: [rows], dtype: 'float32'},
      ...cacheSpecs(config, rows, span),
    },
    body: (inputs, state) => {
      const {tokens, temperatures} = inputs as Record<'tokens' | 'temperatures', tf.Tensor>;
      const lengths = inputs.lengths as tf.Tensor1D;
      const total = inputs.total as tf.Tensor1D;
      const places: tf.Tensor2D = tf.reshape(lengths, [rows, 1]);
      const pastOf = (layer: number): Past => ({
        keys: inputs[keysName(layer)] as tf.Tensor4D,
        values: inputs[valuesName(layer)] as tf.Tensor4D,
        lengths,
      });
      const {hidden, lines} = run(config, maxTokens, state, tokens, (layer) => ({
        places,
        ends: lengths,
        total,
        past: pastOf(layer),
      }));
      const scores = logits(config, state, hidden);
      const probabilities = tf.softmax(tf.div(scores, tf.reshape(temperatures, [rows, 1])));
      return {outputs: {best: tf.argMax(scores, 1), probabilities, lines}};
    },
  }),
});

function cacheSpecs({layerCount, keyValueHeadCount, headDim}: ModelConfig, rows: number, span: number) {
  const spec: TensorSpec = {shape: [rows, keyValueHeadCount, span, headDim], dtype: 'float32'};
  const names = Array.from({length: layerCount}, (_, layer) => [keysName(layer), valuesName(layer)]).flat();
  return Object.fromEntries(names.map((name) => [name, spec]));
}

/** All layers over N tokens, each a sequence of its own to the decoder: which of them attend to which is told by `sequencesOf`. */
function run(
  config: ModelConfig,
  maxTokens: number,
  state: Tensors,
  tokens: tf.Tensor,
  sequencesOf: (layer: number) => Sequences,
): {readonly hidden: tf.Tensor2D; readonly lines: tf.Tensor} {
  const keys: tf.Tensor[] = [];
  const values: tf.Tensor[] = [];
  const each: tf.Tensor2D = tf.reshape(tokens, [tokens.size, 1]);
  const places: tf.Tensor1D = tf.reshape(sequencesOf(0).places, [tokens.size]);
  const mix = (layer: number, heads: HeadTensors): tf.Tensor4D => {
    keys.push(tf.reshape(heads.keys, [1, tokens.size, -1]));
    values.push(tf.reshape(heads.values, [1, tokens.size, -1]));
    return attendSequences(config, heads, sequencesOf(layer));
  };
  const hidden = decoder(config, state, each, {rotations: rotationsAt(config, maxTokens, places), mix});
  return {hidden, lines: tf.concat([...keys, ...values], 0)};
}
