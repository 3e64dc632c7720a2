/**
 * The graph of generation: rows that hold tokens are extended by new ones, prompts by many at once and answers by one.
 *
 * Keys and values are inputs, since they live in this process's memory (cache-rows.ts, cache-blocks.ts), and what a run adds is an output:
 * `lines` [2 · layers, N, keyValueHeads · headDim], the keys of every layer and then the values, for N tokens.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {SizedFunction, TensorSpec} from '../../tensor/executor.js';
import type {ModelConfig} from '../files/config.js';
import {attendSequences, type Sequences} from '../layers/attention.js';
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

/** The inputs of keys and values, in the order of `lines`. */
export const cacheNames = ({layerCount}: Pick<ModelConfig, 'layerCount'>): string[] => {
  const namesBy = (name: (layer: number) => string) =>
    Array.from({length: layerCount}, (_, layer) => name(layer));
  return [...namesBy(keysName), ...namesBy(valuesName)];
};

/**
 * Inputs: tokens and places [rows, length], the position of each; ends [rows], the position of each row's last token; total [1],
 * the largest end and 1; held and owners [blocks], order and counted [rows, reach], and keys and values of each layer [blocks,
 * keyValueHeads, span, headDim], as `Sequences` has them; wanted [W], which of the rows · length tokens to predict after; drawn [D], for which of those probabilities
 * are asked; temperatures [D], above 0. Where rows and length are both above 1, the rows must hold nothing.
 * Outputs: best [W], the id of the largest logit, the first of equals; sums [W] of the logits, no number where one of them is
 * none; probabilities [D, V], softmax(logits / temperature); lines of all tokens.
 */
export const extendFunction = (
  config: ModelConfig,
  maxTokens: number,
): SizedFunction<
  'rows' | 'length' | 'blocks' | 'span' | 'reach' | 'wanted' | 'drawn',
  string,
  'best' | 'sums' | 'probabilities' | 'lines'
> => ({
  name: 'extend',
  sizes: ['rows', 'length', 'blocks', 'span', 'reach', 'wanted', 'drawn'],
  at: ({rows, length, blocks, span, reach, wanted, drawn}) => ({
    name: `extend ${rows}x${length} over ${blocks}x${span}, ${wanted} wanted, ${drawn} drawn`,
    inputs: {
      tokens: {shape: [rows, length], dtype: 'int32'},
      places: {shape: [rows, length], dtype: 'int32'},
      ends: {shape: [rows], dtype: 'int32'},
      total: {shape: [1], dtype: 'int32'},
      held: {shape: [blocks], dtype: 'int32'},
      owners: {shape: [blocks], dtype: 'int32'},
      order: {shape: [rows, reach], dtype: 'int32'},
      counted: {shape: [rows, reach], dtype: 'float32'},
      wanted: {shape: [wanted], dtype: 'int32'},
      drawn: {shape: [drawn], dtype: 'int32'},
      temperatures: {shape: [drawn], dtype: 'float32'},
      ...cacheSpecs(config, blocks, span),
    },
    body: (inputs, state) => {
      const sequencesOf = (layer: number): Sequences => ({
        places: inputs.places as tf.Tensor2D,
        ends: inputs.ends as tf.Tensor1D,
        total: inputs.total as tf.Tensor1D,
        held: inputs.held as tf.Tensor1D,
        owners: inputs.owners as tf.Tensor1D,
        order: inputs.order as tf.Tensor2D,
        counted: inputs.counted as tf.Tensor2D,
        keys: inputs[keysName(layer)] as tf.Tensor4D,
        values: inputs[valuesName(layer)] as tf.Tensor4D,
      });
      const {hidden, lines} = run(config, maxTokens, state, inputs.tokens as tf.Tensor, sequencesOf);
      const scores = logits(config, state, tf.gather(hidden, inputs.wanted as tf.Tensor1D));
      const temperatures = tf.reshape(inputs.temperatures as tf.Tensor, [drawn, 1]);
      const chosen = tf.gather(scores, inputs.drawn as tf.Tensor1D);
      const probabilities = tf.softmax(tf.div(chosen, temperatures));
      return {outputs: {best: tf.argMax(scores, 1), sums: tf.sum(scores, 1), probabilities, lines}};
    },
  }),
});

function cacheSpecs(config: ModelConfig, blocks: number, span: number) {
  const {keyValueHeadCount, headDim} = config;
  const spec: TensorSpec = {shape: [blocks, keyValueHeadCount, span, headDim], dtype: 'float32'};
  return Object.fromEntries(cacheNames(config).map((name) => [name, spec]));
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
