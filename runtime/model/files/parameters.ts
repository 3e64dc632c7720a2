/** The tensors of a model: their Hugging Face names and shapes, as its configuration says. */
import {sizeOf} from '../../tensor/graph/graph.js';
import type {ModelConfig} from './config.js';

export const EMBEDDING = 'model.embed_tokens.weight';
export const OUTPUT = 'lm_head.weight';

/** Name → shape, in the order in which checkpoints list them. Matrices are [out, in]. */
export function parameterShapes(config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const {hiddenSize, intermediateSize, headDim, vocabSize} = config;
  const queryWidth = config.headCount * headDim;
  const keyValueWidth = config.keyValueHeadCount * headDim;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, outputs: number, inputs: number, hasBias: boolean) => {
    shapes.set(`${name}.weight`, [outputs, inputs]);
    if (hasBias) shapes.set(`${name}.bias`, [outputs]);
  };
  shapes.set(EMBEDDING, [vocabSize, hiddenSize]);
  for (let layer = 0; layer < config.layerCount; layer++) {
    const prefix = layerPrefix(layer);
    shapes.set(`${prefix}.input_layernorm.weight`, [hiddenSize]);
    linear(`${prefix}.self_attn.q_proj`, queryWidth, hiddenSize, config.queryKeyValueBias);
    linear(`${prefix}.self_attn.k_proj`, keyValueWidth, hiddenSize, config.queryKeyValueBias);
    linear(`${prefix}.self_attn.v_proj`, keyValueWidth, hiddenSize, config.queryKeyValueBias);
    if (config.queryKeyNorm) {
      shapes.set(`${prefix}.self_attn.q_norm.weight`, [headDim]);
      shapes.set(`${prefix}.self_attn.k_norm.weight`, [headDim]);
    }
    linear(`${prefix}.self_attn.o_proj`, hiddenSize, queryWidth, config.outputBias);
    shapes.set(`${prefix}.post_attention_layernorm.weight`, [hiddenSize]);
    linear(`${prefix}.mlp.gate_proj`, intermediateSize, hiddenSize, config.feedForwardBias);
    linear(`${prefix}.mlp.up_proj`, intermediateSize, hiddenSize, config.feedForwardBias);
    linear(`${prefix}.mlp.down_proj`, hiddenSize, intermediateSize, config.feedForwardBias);
  }
  shapes.set('model.norm.weight', [hiddenSize]);
  if (!config.tiedEmbeddings) shapes.set(OUTPUT, [vocabSize, hiddenSize]);
  return shapes;
}

export const layerPrefix = (layer: number): string => `model.layers.${layer}`;

/** The matrix [V, D] that turns hidden states into logits. */
export const outputMatrixName = (config: ModelConfig): string => (config.tiedEmbeddings ? EMBEDDING : OUTPUT);

/** Tensors that some exporters add and no computation needs: tied copies and rotary tables. */
export const isRedundantParameter = (config: ModelConfig, name: string): boolean =>
  name.endsWith('.rotary_emb.inv_freq') || (config.tiedEmbeddings && name === OUTPUT);

/** Names of the two matrices, [rank, in] and [out, rank], that an adapter has for a linear layer. */
export const adapterNames = (linear: string): {readonly a: string; readonly b: string} => ({
  a: `${linear}.lora_A.weight`,
  b: `${linear}.lora_B.weight`,
});

/** Of tensors in memory, which are float32 there. */
export const shapeBytes = (shapes: ReadonlyMap<string, readonly number[]>): number =>
  [...shapes.values()].reduce((sum, shape) => sum + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0);

/** Of a model's weights. */
export const parameterBytes = (config: ModelConfig): number => shapeBytes(parameterShapes(config));

/** A number of parameters as people say it, such as `134.5M`. */
export const parametersText = (parameters: number): string => {
  if (parameters < 1e6) return `${Math.round(parameters / 1e3)}K`;
  return parameters < 1e9 ? `${(parameters / 1e6).toFixed(1)}M` : `${(parameters / 1e9).toFixed(1)}B`;
};
