/** config.json of every family, as transformers 4 and 5 write it. */
import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {type ModelConfig, readModelConfig} from '../../../../runtime/model/files/config.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

/** A folder with a golden model's configuration, some fields changed; undefined removes one. */
async function changed(
  t: ExecutionContext,
  family: string,
  fields: Record<string, unknown>,
): Promise<string> {
  const folder = temporaryFolder(t);
  const config: unknown = JSON.parse(await readFile(goldenPath(`${family}/config.json`), 'utf8'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(Object.assign({}, config, fields)));
  return folder;
}

for (const family of ['llama', 'llama3-rope', 'qwen2']) {
  test(`${family}: transformers 4 and 5 write the same model`, async (t) => {
    const folder = temporaryFolder(t);
    await cp(goldenPath(`${family}/config.v4.json`), join(folder, 'config.json'));
    t.deepEqual(await readModelConfig(folder), await readModelConfig(goldenPath(family)));
  });
}

test('each family has its own biases, norms and head sizes', async (t) => {
  const read = (family: string) => readModelConfig(goldenPath(family));
  t.like(await read('llama'), {family: 'llama', headDim: 16, queryKeyValueBias: false, tiedEmbeddings: true});
  t.like(await read('mistral'), {family: 'mistral', queryKeyNorm: false, tiedEmbeddings: false});
  t.like(await read('qwen2'), {family: 'qwen2', queryKeyValueBias: true, outputBias: false});
  t.like(await read('qwen3'), {family: 'qwen3', headDim: 32, queryKeyNorm: true});
  t.deepEqual((await read('llama3-rope')).rotary, {
    theta: 500_000,
    scaling: {
      kind: 'llama3',
      factor: 8,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalMaxPositions: 64,
    },
  });
});

test('fields that are absent or null mean what they mean to transformers', async (t) => {
  const accepted: [family: string, fields: Record<string, unknown>, config: Partial<ModelConfig>][] = [
    ['llama', {head_dim: undefined}, {headDim: 16}],
    ['llama', {head_dim: null}, {headDim: 16}],
    ['mistral', {head_dim: null}, {headDim: 16}],
    ['qwen2', {head_dim: 24}, {headDim: 24}],
    ['qwen3', {head_dim: undefined}, {headDim: 128}],
    ['qwen3', {head_dim: null}, {headDim: 128}],
    ['llama', {num_key_value_heads: undefined}, {keyValueHeadCount: 4}],
    ['mistral', {num_key_value_heads: null}, {keyValueHeadCount: 4}],
    ['mistral', {num_key_value_heads: undefined, num_attention_heads: 16}, {keyValueHeadCount: 8}],
    ['qwen2', {num_key_value_heads: undefined, num_attention_heads: 32}, {keyValueHeadCount: 32}],
    ['llama', {rms_norm_eps: undefined}, {normEpsilon: 1e-6}],
    ['llama', {rope_parameters: undefined}, {rotary: {theta: 10_000, scaling: undefined}}],
    ['qwen2', {rope_parameters: null, rope_theta: 1e6}, {rotary: {theta: 1e6, scaling: undefined}}],
    [
      'llama',
      {rope_parameters: {}, rope_theta: 5e5, rope_scaling: {type: 'linear', factor: 2}},
      {rotary: {theta: 5e5, scaling: {kind: 'linear', factor: 2}}},
    ],
    ['llama', {tie_word_embeddings: undefined}, {tiedEmbeddings: false}],
    ['qwen2', {tie_word_embeddings: undefined}, {tiedEmbeddings: false}],
    ['llama', {hidden_act: 'swish', pretraining_tp: 2, attention_dropout: null}, {family: 'llama'}],
    ['llama', {attention_bias: true}, {queryKeyValueBias: true, outputBias: true, feedForwardBias: false}],
    ['llama', {mlp_bias: true}, {queryKeyValueBias: false, outputBias: false, feedForwardBias: true}],
    ['qwen3', {attention_bias: true}, {queryKeyValueBias: true, outputBias: true}],
    ['qwen2', {attention_bias: false}, {queryKeyValueBias: true, outputBias: false}],
    [
      'llama',
      {logits_scaling: 1, attn_logit_softcapping: null, quantization_config: null, auto_map: {}},
      {family: 'llama'},
    ],
    [
      'llama',
      {some_new_field: 3, initializer_range: 0.1, use_cache: false, architectures: null},
      {family: 'llama'},
    ],
  ];
  for (const [family, fields, config] of accepted) {
    t.like(await readModelConfig(await changed(t, family, fields)), config, `${family} ${inspect(fields)}`);
  }
});

test('a sliding window bounds the length only where a layer of the family has one', async (t) => {
  const sliding = {sliding_window: 96, use_sliding_window: true};
  const mixed = ['full_attention', 'sliding_attention'];
  const bounds: [family: string, fields: Record<string, unknown>, maxPositions: number][] = [
    ['mistral', {sliding_window: 96}, 96],
    ['mistral', {max_position_embeddings: 9000, sliding_window: undefined}, 4096],
    ['mistral', {max_position_embeddings: 9000, sliding_window: null}, 9000],
    ['qwen2', {sliding_window: 96}, 1024],
    ['qwen2', {...sliding, layer_types: mixed}, 96],
    ['qwen2', {...sliding, layer_types: ['full_attention', 'full_attention']}, 1024],
    ['qwen2', {...sliding, layer_types: null}, 1024],
    ['qwen3', {...sliding, layer_types: null, max_window_layers: 1}, 96],
    ['qwen3', {...sliding, layer_types: null, max_window_layers: 2}, 1024],
    ['llama', {sliding_window: null}, 1024],
  ];
  for (const [family, fields, maxPositions] of bounds) {
    const config = await readModelConfig(await changed(t, family, fields));
    t.is(config.maxPositions, maxPositions, `${family} ${inspect(fields)}`);
  }
});

const llama3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 64,
};
const refused: [family: string, fields: Record<string, unknown>, message: RegExp][] = [
  ['llama', {model_type: 'gemma2'}, /"model_type" is "gemma2"; supported are llama, mistral, qwen2, qwen3/],
  ['llama', {architectures: ['LlamaForSequenceClassification']}, /"architectures" .* LlamaForCausalLM/],
  ['llama', {hidden_act: 'gelu'}, /"hidden_act" is "gelu"/],
  ['llama', {attention_dropout: 0.1}, /"attention_dropout" is 0.1/],
  ['mistral', {attention_bias: true}, /"attention_bias" is true; a mistral model of transformers has no/],
  ['qwen2', {attention_bias: true}, /"attention_bias" is true/],
  ['qwen3', {mlp_bias: true}, /"mlp_bias" is true/],
  ['llama', {rope_parameters: {rope_type: 'yarn', factor: 4}}, /"rope_parameters.rope_type" is "yarn"/],
  ['llama', {rope_parameters: {rope_type: 'longrope'}}, /"rope_parameters.rope_type" is "longrope"/],
  ['llama', {rope_parameters: {rope_type: 'proportional'}}, /"rope_parameters.rope_type" is "proportional"/],
  [
    'llama',
    {rope_parameters: {rope_type: 'llama3', factor: 8}},
    /"rope_parameters.low_freq_factor" is missing/,
  ],
  [
    'llama',
    {rope_parameters: {...llama3, original_max_position_embeddings: undefined}},
    /"rope_parameters.original_max_position_embeddings" is missing/,
  ],
  ['llama', {rope_parameters: {...llama3, high_freq_factor: 1}}, /"rope_parameters.high_freq_factor" is 1/],
  [
    'llama',
    {rope_parameters: llama3, original_max_position_embeddings: 128},
    /"original_max_position_embeddings" is 128; "rope_parameters" says 64/,
  ],
  ['llama', {rope_parameters: null, rope_scaling: {type: 'linear'}}, /"rope_scaling.factor" is missing/],
  [
    'llama',
    {rope_parameters: null, rope_scaling: {type: 'dynamic', factor: 2}},
    /"rope_scaling.rope_type" is "dynamic"/,
  ],
  ['llama', {rope_parameters: {factor: 8}}, /"rope_parameters.factor" is 8; .* type default/],
  [
    'llama',
    {rope_parameters: {rope_type: 'linear', factor: 8, attention_factor: 2}},
    /"rope_parameters.attention_factor" is 2/,
  ],
  ['llama', {rope_parameters: {rope_type: 'default', type: 'linear'}}, /"rope_parameters.type" is "linear"/],
  ['llama', {rope_scaling: {type: 'linear', factor: 2}}, /"rope_scaling" .* "rope_parameters" says it/],
  ['llama', {rope_theta: 5e5}, /"rope_theta" is 500000; "rope_parameters.rope_theta" is 10000/],
  [
    'qwen3',
    {rope_parameters: {full_attention: {rope_theta: 1e6, rope_type: 'default'}}},
    /"rope_parameters.full_attention" is/,
  ],
  ['llama', {partial_rotary_factor: 0.5}, /"partial_rotary_factor" is 0.5/],
  ['llama', {quantization_config: {bits: 4}}, /"quantization_config"/],
  ['llama', {num_key_value_heads: 3}, /"num_key_value_heads" is 3; it must divide "num_attention_heads", 4/],
  ['qwen2', {num_key_value_heads: undefined}, /"num_key_value_heads" is 32/],
  ['llama', {head_dim: 15}, /"head_dim" is 15/],
  [
    'llama',
    {head_dim: null, num_attention_heads: 6, num_key_value_heads: 2},
    /"hidden_size" is 64; "num_attention_heads", 6, must divide it/,
  ],
  ['qwen2', {layer_types: ['linear_attention']}, /"layer_types" is "linear_attention"/],
  ['qwen2', {layer_types: ['full_attention']}, /"layer_types" .* "num_hidden_layers" is 2/],
  ['qwen2', {layer_types: ['full_attention', 'sliding_attention']}, /"layer_types" .* name no window/],
  ['llama', {layer_types: ['full_attention', 'sliding_attention']}, /"layer_types"/],
  ['llama', {sliding_window: 96}, /"sliding_window" is 96; a llama model has none/],
  ['llama', {attn_logit_softcapping: 50}, /"attn_logit_softcapping" is 50; a llama model computes nothing/],
  ['mistral', {final_logit_softcapping: 30}, /"final_logit_softcapping" is 30/],
  ['llama', {embedding_multiplier: 12}, /"embedding_multiplier" is 12/],
  ['llama', {no_rope_layers: [1, 0]}, /"no_rope_layers"/],
  ['qwen3', {num_experts: 128}, /"num_experts" is 128/],
  ['llama', {per_layer_config: {0: {intermediate_size: 8}}}, /"per_layer_config"/],
  ['llama', {is_causal: false}, /"is_causal" is false/],
  ['llama', {use_bidirectional_attention: true}, /"use_bidirectional_attention" is true/],
  ['llama', {auto_map: {AutoModelForCausalLM: 'modeling.Other'}}, /"auto_map" .* code of their own/],
  ['llama', {hidden_size: '64'}, /"hidden_size": /],
  [
    'llama',
    {text_config: {vocab_size: 8}, vocab_size: undefined},
    /"text_config" is the language model's configuration inside/,
  ],
  ['llama', {vocab_size: undefined}, /"vocab_size": /],
];

/** What is of the right form, and of which no number would come. */
const absurd: Record<string, unknown[]> = {
  rms_norm_eps: [1e308, 1e-308, 0, -1e-6, '1e-6'],
  rope_theta: [0, -10_000, 1e-300, 1e308, '10000'],
  'rope_parameters.rope_theta': [0, -10_000, 1e308],
  'rope_parameters.factor': [0, -8, 1e308, 1e-308],
  head_dim: [0, -16, 1.5, '16'],
  hidden_size: [0, -64, 64.5, true],
  intermediate_size: [0, -1],
  vocab_size: [0, -512, '512'],
  num_hidden_layers: [0, -2, 1e308],
  num_attention_heads: [0, -4, '4'],
  num_key_value_heads: [0, -2],
  max_position_embeddings: [0, -1, 1e308],
  tie_word_embeddings: ['no', 0, 'false'],
  attention_bias: ['no', 0],
  mlp_bias: ['false'],
  attention_dropout: [-1, '0'],
  hidden_act: [0, ['silu']],
  model_type: [7, null],
};
for (const [field, values] of Object.entries(absurd)) {
  test(`${field} of ${values.map((value) => inspect(value)).join(', ')}: one line with file, field and remedy`, async (t) => {
    for (const value of values) {
      const [outer = '', inner] = field.split('.');
      const fields =
        inner === undefined
          ? {rope_parameters: undefined, [outer]: value}
          : {[outer]: {rope_type: 'linear', factor: 2, [inner]: value}};
      const folder = await changed(t, 'llama', fields);
      const {message} = (await t.throwsAsync(readModelConfig(folder), {instanceOf: TerminalError})) ?? {
        message: '',
      };
      t.true(message.startsWith(`${join(folder, 'config.json')}: "${field}"`), message);
      t.regex(message, /^[^\n]+; [^\n]+$/);
    }
  });
}

for (const [family, fields, message] of refused) {
  test(`${family} with ${inspect(fields)} is refused by name`, async (t) => {
    const folder = await changed(t, family, fields);
    const error = await t.throwsAsync(readModelConfig(folder), {instanceOf: TerminalError, message});
    t.true(error?.message.startsWith(join(folder, 'config.json')));
  });
}

test('a folder without config.json, or with half of one, is refused by the file’s name', async (t) => {
  const folder = temporaryFolder(t);
  await t.throwsAsync(readModelConfig(folder), {
    instanceOf: TerminalError,
    message: /config\.json is not there; give a Hugging Face folder/,
  });
  await writeFile(join(folder, 'config.json'), '{"model_type": "lla');
  await t.throwsAsync(readModelConfig(folder), {
    instanceOf: TerminalError,
    message: /config\.json: not valid JSON/,
  });
});
