/**
 * A model's configuration: config.json as transformers 4 and 5 write it, checked against what the transformer computes.
 *
 * What would change the numbers and is not computed here is refused by name; what changes nothing is ignored. A structure
 * that needs other tensors is also met by the weights, each of which must have its place.
 */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {changesNothing, checked, readJson} from '../../json/json-file.js';
import {refuseForeignFields} from './foreign-fields.js';
import {modelRemedy} from './no-model.js';
import {type Refuse, type Rotary, rotaryFields, rotaryOf} from './rotary-config.js';

export type Family = 'llama' | 'mistral' | 'qwen2' | 'qwen3';

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

/** The sizes are held to the tensors that are there; until then, names and shapes are made of them. */
const count = z.int().positive().max(1e9);
const layers = z.int().positive().max(10_000);

const configSchema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  model_type: z.string(),
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: layers,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: z.string().default('silu'),
  /** Outside of it, float32 norms are 0, or divide by 0. */
  rms_norm_eps: z.number().min(1e-30).max(1).default(1e-6),
  max_position_embeddings: count,
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  attention_dropout: z.number().nullish(),
  ...rotaryFields,
  sliding_window: count.nullish(),
  use_sliding_window: z.boolean().default(false),
  max_window_layers: z.int().nonnegative().default(28),
  layer_types: z.array(z.string()).nullish(),
});
type ConfigFile = z.infer<typeof configSchema>;

/** What sets a family apart: transformers' class, its defaults, and which of the fields its layers read. */
interface Traits {
  readonly architecture: string;
  /** Where `num_key_value_heads` is absent; null says as many as there are heads. */
  readonly keyValueHeads: number | null;
  /** Where `head_dim` is absent; null derives it. */
  readonly headDim: number | null;
  /** Which layers have sliding windows: all, those that the file names, or none. */
  readonly windows: 'all' | 'some' | 'none';
  readonly reads: readonly ('attention_bias' | 'mlp_bias')[];
}

const FAMILIES: Readonly<Record<Family, Traits>> = {
  llama: {
    architecture: 'LlamaForCausalLM',
    keyValueHeads: null,
    headDim: null,
    windows: 'none',
    reads: ['attention_bias', 'mlp_bias'],
  },
  mistral: {
    architecture: 'MistralForCausalLM',
    keyValueHeads: 8,
    headDim: null,
    windows: 'all',
    reads: [],
  },
  qwen2: {
    architecture: 'Qwen2ForCausalLM',
    keyValueHeads: 32,
    headDim: null,
    windows: 'some',
    reads: [],
  },
  qwen3: {
    architecture: 'Qwen3ForCausalLM',
    keyValueHeads: 32,
    headDim: 128,
    windows: 'some',
    reads: ['attention_bias'],
  },
};
const isFamily = (name: string): name is Family => Object.hasOwn(FAMILIES, name);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Reads config.json of a model folder. Throws a TerminalError that names the file and the field it cannot honour. */
export async function readModelConfig(directory: string): Promise<ModelConfig> {
  const path = join(directory, 'config.json');
  if (!existsSync(path)) throw new TerminalError(`${path} is not there; ${modelRemedy(directory)}`);
  const file = await readJson(path, z.looseObject({}));
  const nested = ['text_config', 'llm_config', 'language_config'].find((name) => isObject(file[name]));
  if (nested !== undefined)
    throw new TerminalError(
      `${path}: "${nested}" is the language model's configuration inside that of a model of several kinds; save the language model alone`,
    );
  return modelConfig(path, checked(path, file, configSchema));
}

function modelConfig(path: string, file: ConfigFile): ModelConfig {
  const refuse: Refuse = (field, value, remedy) => {
    throw new TerminalError(`${path}: "${field}" is ${JSON.stringify(value)}; ${remedy}`);
  };
  const family = file.model_type;
  if (!isFamily(family))
    return refuse('model_type', family, `supported are ${Object.keys(FAMILIES).join(', ')}`);
  const traits = FAMILIES[family];
  const architecture = file.architectures?.[0];
  if (architecture !== undefined && architecture !== traits.architecture)
    refuse('architectures', file.architectures, `a ${family} model must be ${traits.architecture}`);
  // Two names of one function.
  if (!['silu', 'swish'].includes(file.hidden_act))
    refuse('hidden_act', file.hidden_act, 'only silu is supported');
  if (!changesNothing(file.attention_dropout) && file.attention_dropout !== 0)
    refuse('attention_dropout', file.attention_dropout, 'attention dropout is not supported: set it to 0');
  for (const field of ['attention_bias', 'mlp_bias'] as const) {
    if (file[field] && !traits.reads.includes(field))
      refuse(field, true, `a ${family} model of transformers has no such field: set it to false`);
  }
  refuseForeignFields(file, refuse);

  const headCount = file.num_attention_heads;
  const {num_key_value_heads: keyValueHeads = traits.keyValueHeads} = file;
  const keyValueHeadCount = keyValueHeads ?? headCount;
  if (headCount % keyValueHeadCount !== 0)
    refuse('num_key_value_heads', keyValueHeadCount, `it must divide "num_attention_heads", ${headCount}`);
  const headDim = file.head_dim ?? traits.headDim ?? file.hidden_size / headCount;
  if (!Number.isInteger(headDim))
    refuse('hidden_size', file.hidden_size, `"num_attention_heads", ${headCount}, must divide it`);
  if (headDim % 2 !== 0) refuse('head_dim', headDim, 'rotary embeddings need an even number');
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
    rotary: rotaryOf(path, file, refuse),
    maxPositions: Math.min(file.max_position_embeddings, slidingWindow(traits, file, refuse) ?? Infinity),
    tiedEmbeddings: file.tie_word_embeddings,
    queryKeyValueBias: family === 'qwen2' || file.attention_bias,
    outputBias: file.attention_bias,
    feedForwardBias: file.mlp_bias,
    queryKeyNorm: family === 'qwen3',
  };
}

/** Within one window, sliding attention is full attention, so the window only bounds the length. Undefined is no window. */
function slidingWindow({windows}: Traits, file: ConfigFile, refuse: Refuse): number | undefined {
  const types = file.layer_types ?? undefined;
  const stranger = types?.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (stranger !== undefined)
    refuse('layer_types', stranger, 'supported are full_attention and sliding_attention');
  if (types !== undefined && types.length !== file.num_hidden_layers)
    refuse('layer_types', types, `"num_hidden_layers" is ${file.num_hidden_layers}: give one for each`);
  const isNamed = types?.includes('sliding_attention') ?? false;
  // transformers' default where the field is absent; null is no window.
  const {sliding_window: window = windows === 'none' ? null : 4096} = file;
  switch (windows) {
    case 'none':
      if (window !== null) refuse('sliding_window', window, 'a llama model has none: set it to null');
      if (isNamed) refuse('layer_types', types, 'a llama model has full_attention alone');
      return undefined;
    case 'all':
      if (isNamed && window === null) refuse('layer_types', types, '"sliding_window" names no window');
      return window ?? undefined;
    case 'some': {
      const isUsed = file.use_sliding_window && window !== null;
      if (isNamed && !isUsed)
        refuse('layer_types', types, '"use_sliding_window" and "sliding_window" name no window');
      const isSliding = types === undefined ? file.max_window_layers < file.num_hidden_layers : isNamed;
      return isUsed && isSliding ? (window ?? undefined) : undefined;
    }
  }
}
