/** config.json of every family, as transformers 4 and 5 write it. */
import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {readModelConfig} from '../../../runtime/model/config.js';
import {goldenPath} from '../../helpers/goldens.js';
import {temporaryFolder} from '../../helpers/temporary.js';

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

test('a missing head_dim is hidden_size over heads, and 128 for qwen3', async (t) => {
  t.is((await readModelConfig(await changed(t, 'llama', {head_dim: undefined}))).headDim, 16);
  t.is((await readModelConfig(await changed(t, 'qwen3', {head_dim: null}))).headDim, 128);
});

test('a sliding window bounds the length only where the family uses it', async (t) => {
  t.is((await readModelConfig(await changed(t, 'mistral', {sliding_window: 96}))).maxPositions, 96);
  t.is((await readModelConfig(await changed(t, 'qwen2', {sliding_window: 96}))).maxPositions, 1024);
  const long = {max_position_embeddings: 9000, sliding_window: undefined};
  t.is((await readModelConfig(await changed(t, 'mistral', long))).maxPositions, 4096);
  t.is(
    (await readModelConfig(await changed(t, 'mistral', {...long, sliding_window: null}))).maxPositions,
    9000,
  );
  const used = {sliding_window: 96, use_sliding_window: true};
  t.is((await readModelConfig(await changed(t, 'qwen2', used))).maxPositions, 96);
});

const refused: [family: string, fields: Record<string, unknown>, message: RegExp][] = [
  ['llama', {model_type: 'gemma2'}, /"model_type" is "gemma2"; supported are llama, mistral, qwen2, qwen3/],
  ['llama', {architectures: ['LlamaForSequenceClassification']}, /"architectures" .* LlamaForCausalLM/],
  ['llama', {hidden_act: 'gelu'}, /"hidden_act" is "gelu"/],
  ['llama', {attention_dropout: 0.1}, /"attention_dropout" is 0.1/],
  ['llama', {rope_parameters: {rope_type: 'yarn', factor: 4}}, /"rope_parameters.rope_type" is "yarn"/],
  [
    'llama',
    {rope_parameters: {rope_type: 'llama3', factor: 8}},
    /"rope_parameters.low_freq_factor" is missing/,
  ],
  [
    'llama',
    {rope_parameters: null, rope_scaling: {type: 'dynamic'}},
    /"rope_scaling.rope_type" is "dynamic"/,
  ],
  ['llama', {partial_rotary_factor: 0.5}, /"partial_rotary_factor" is 0.5/],
  ['llama', {quantization_config: {bits: 4}}, /"quantization_config"/],
  ['llama', {num_key_value_heads: 3}, /"num_key_value_heads" is 3; it must divide "num_attention_heads", 4/],
  ['llama', {head_dim: 15}, /"head_dim" is 15/],
  ['qwen2', {layer_types: ['linear_attention']}, /"layer_types" is "linear_attention"/],
  ['llama', {hidden_size: '64'}, /"hidden_size": /],
  ['llama', {vocab_size: undefined}, /"vocab_size": /],
];
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
    message: /config\.json: no such file/,
  });
  await writeFile(join(folder, 'config.json'), '{"model_type": "lla');
  await t.throwsAsync(readModelConfig(folder), {
    instanceOf: TerminalError,
    message: /config\.json: not valid JSON/,
  });
});
