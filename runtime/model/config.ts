/**
 * A model's configuration: config.json as transformers 4 and 5 write it, checked against what the transformer computes.
 *
 * What would change the numbers and is not computed here is refused by name; what changes nothing is ignored.
 */
import {join} from 'node:path';
import {z} from 'zod';
import {TerminalError} from '../errors.js';
import {readJson} from './json-file.js';

export type Family = 'llama' | 'mistral' | 'qwen2' | 'qwen3';

/** Llama 3's stretching of the slow rotary frequencies. */
export interface Llama3Scaling {
  readonly kind: 'llama3';
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalMaxPositions: number;
}

/** Every rotary frequency divided by one factor. */
export interface LinearScaling {
  readonly kind: 'linear';
  readonly factor: number;
}

export interface Rotary {
  readonly theta: number;
  readonly scaling: Llama3Scaling | LinearScaling | undefined;
}

export interface ModelConfig {
  readonly family: Family;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  /** Width of the gated feed-forward layer. */
  readonly intermediateSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  /** Key and value heads; each serves `headCount / keyValueHeadCount` query heads. */
  readonly keyValueHeadCount: number;
  readonly headDim: number;
  readonly normEpsilon: number;
  readonly rotary: Rotary;
  /** Tokens of the longest sequence: the trained length, or the sliding window where that is shorter. */
  readonly maxPositions: number;
  /** The output matrix is the embedding. */
  readonly tiedEmbeddings: boolean;
  readonly queryKeyValueBias: boolean;
  readonly outputBias: boolean;
  readonly feedForwardBias: boolean;
  /** RMS norms over each query and key head (Qwen3). */
  readonly queryKeyNorm: boolean;
}

const positive = z.number().positive();
const count = z.int().positive();

const rotarySchema = z.object({
  rope_theta: positive.optional(),
  rope_type: z.string().optional(),
  type: z.string().optional(),
  factor: positive.optional(),
  low_freq_factor: positive.optional(),
  high_freq_factor: positive.optional(),
  original_max_position_embeddings: count.optional(),
  partial_rotary_factor: z.number().optional(),
});

const configSchema = z.object({
  architectures: z.array(z.string()).optional(),
  model_type: z.string(),
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: z.string().default('silu'),
  rms_norm_eps: positive.default(1e-6),
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  attention_dropout: z.number().default(0),
  rope_theta: positive.optional(),
  rope_scaling: rotarySchema.nullish(),
  rope_parameters: rotarySchema.nullish(),
  partial_rotary_factor: z.number().nullish(),
  sliding_window: count.nullish(),
  use_sliding_window: z.boolean().default(false),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
});
type ConfigFile = z.infer<typeof configSchema>;

const ARCHITECTURES: Readonly<Record<Family, string>> = {
  llama: 'LlamaForCausalLM',
  mistral: 'MistralForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
};
const isFamily = (name: string): name is Family => Object.hasOwn(ARCHITECTURES, name);

/** Reads config.json of a model folder. Throws a TerminalError that names the file and the field it cannot honour. */
export async function readModelConfig(directory: string): Promise<ModelConfig> {
  const path = join(directory, 'config.json');
  return modelConfig(path, await readJson(path, configSchema));
}

function modelConfig(path: string, file: ConfigFile): ModelConfig {
  const refuse = (field: string, value: unknown, remedy: string): never => {
    throw new TerminalError(`${path}: "${field}" is ${JSON.stringify(value)}; ${remedy}`);
  };
  const family = file.model_type;
  if (!isFamily(family)) {
    return refuse('model_type', family, `supported are ${Object.keys(ARCHITECTURES).join(', ')}`);
  }
  const architecture = file.architectures?.[0];
  if (architecture !== undefined && architecture !== ARCHITECTURES[family]) {
    refuse('architectures', file.architectures, `a ${family} model must be ${ARCHITECTURES[family]}`);
  }
  if (file.hidden_act !== 'silu') refuse('hidden_act', file.hidden_act, 'only silu is supported');
  if (file.attention_dropout !== 0) {
    refuse('attention_dropout', file.attention_dropout, 'attention dropout is not supported: set it to 0');
  }
  if (file.quantization_config !== undefined && file.quantization_config !== null) {
    refuse(
      'quantization_config',
      '...',
      'quantized weights are not supported: save the model in float32 or bfloat16',
    );
  }
  const unknownLayer = file.layer_types?.find(
    (type) => type !== 'full_attention' && type !== 'sliding_attention',
  );
  if (unknownLayer !== undefined) {
    refuse('layer_types', unknownLayer, 'supported are full_attention and sliding_attention');
  }
  const headCount = file.num_attention_heads;
  const keyValueHeadCount = file.num_key_value_heads ?? headCount;
  if (headCount % keyValueHeadCount !== 0) {
    refuse('num_key_value_heads', keyValueHeadCount, `it must divide "num_attention_heads", ${headCount}`);
  }
  // Qwen3's own default; the other families derive the size.
  const headDim = file.head_dim ?? (family === 'qwen3' ? 128 : file.hidden_size / headCount);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    refuse('head_dim', headDim, 'rotary embeddings need an even whole number');
  }
  const hasAttentionBias = (family === 'llama' || family === 'qwen3') && file.attention_bias;
  return {
    family,
    vocabSize: file.vocab_size,
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    layerCount: file.num_hidden_layers,
    headCount,
    keyValueHeadCount,
    headDim,
    normEpsilon: file.rms_norm_eps,
    rotary: rotary(path, file, refuse),
    maxPositions: Math.min(file.max_position_embeddings, slidingWindow(family, file) ?? Infinity),
    tiedEmbeddings: file.tie_word_embeddings,
    queryKeyValueBias: family === 'qwen2' || hasAttentionBias,
    outputBias: hasAttentionBias,
    feedForwardBias: family === 'llama' && file.mlp_bias,
    queryKeyNorm: family === 'qwen3',
  };
}

/** Within one window, sliding attention is full attention, so the window only bounds the length. */
function slidingWindow(family: Family, file: ConfigFile): number | undefined {
  const used =
    family === 'mistral' || ((family === 'qwen2' || family === 'qwen3') && file.use_sliding_window);
  if (!used) return undefined;
  // Transformers' default where the field is absent; null is no window.
  const {sliding_window: window = 4096} = file;
  return window ?? undefined;
}

function rotary(
  path: string,
  file: ConfigFile,
  refuse: (field: string, value: unknown, remedy: string) => never,
): Rotary {
  // transformers 5 keeps both in `rope_parameters`; 4 had `rope_theta` beside `rope_scaling`.
  const field = file.rope_parameters ? 'rope_parameters' : 'rope_scaling';
  const given = file.rope_parameters ?? file.rope_scaling ?? {};
  const theta = given.rope_theta ?? file.rope_theta ?? 10_000;
  const partial = given.partial_rotary_factor ?? file.partial_rotary_factor ?? 1;
  if (partial !== 1) refuse('partial_rotary_factor', partial, 'only 1 is supported');
  const need = (
    key: 'factor' | 'low_freq_factor' | 'high_freq_factor' | 'original_max_position_embeddings',
  ) => {
    const value = given[key];
    if (value === undefined) throw new TerminalError(`${path}: "${field}.${key}" is missing`);
    return value;
  };
  const kind = given.rope_type ?? given.type ?? 'default';
  switch (kind) {
    case 'default':
      return {theta, scaling: undefined};
    case 'linear':
      return {theta, scaling: {kind, factor: need('factor')}};
    case 'llama3':
      return {
        theta,
        scaling: {
          kind,
          factor: need('factor'),
          lowFrequencyFactor: need('low_freq_factor'),
          highFrequencyFactor: need('high_freq_factor'),
          originalMaxPositions: need('original_max_position_embeddings'),
        },
      };
    default:
      return refuse(`${field}.rope_type`, kind, 'supported are default, linear and llama3');
  }
}
