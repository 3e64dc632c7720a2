/** LoRA adapters: PEFT's folders read, written and merged, against PEFT's own numbers. */
import {cp, mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  adapterShapes,
  initialAdapter,
  loadAdapter,
  mergeAdapter,
  saveAdapter,
} from '../../../../runtime/model/files/adapter.js';
import {ALL_LINEAR} from '../../../../runtime/model/files/adapter-config.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {readSafetensors, writeSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {goldenModel, goldenPath, goldenTokens, tensorOf} from '../../../helpers/goldens.js';
import {logitsOf, relativeError} from '../../../helpers/logits.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const TRAINED = goldenPath('lora-trained');
const llama = () => readModelConfig(goldenPath('llama'));
const jsonOf = async (path: string): Promise<Record<string, unknown>> =>
  Object.assign({}, JSON.parse(await readFile(path, 'utf8')));

/** The trained adapter's folder with fields of adapter_config.json changed; undefined removes one. */
async function changed(t: ExecutionContext, fields: Record<string, unknown>): Promise<string> {
  const folder = join(temporaryFolder(t), 'adapter');
  await cp(TRAINED, folder, {recursive: true});
  const path = join(folder, 'adapter_config.json');
  await writeFile(path, JSON.stringify({...(await jsonOf(path)), ...fields}));
  return folder;
}

test('an adapter that PEFT wrote is read by the names of the model', async (t) => {
  const adapter = await loadAdapter(TRAINED, await llama());
  t.like(adapter, {rank: 8, alpha: 16, dropout: 0});
  t.deepEqual([...adapter.targetModules].toSorted(), [...ALL_LINEAR].toSorted());
  t.is(adapter.tensors.size, 2 * 2 * 7);
  t.deepEqual([...adapter.tensors.keys()].slice(0, 2), [
    'model.layers.0.self_attn.q_proj.lora_A.weight',
    'model.layers.0.self_attn.q_proj.lora_B.weight',
  ]);
  t.deepEqual(tensorOf(adapter.tensors, 'model.layers.1.mlp.down_proj.lora_A.weight').shape, [8, 160]);
  t.deepEqual(tensorOf(adapter.tensors, 'model.layers.1.mlp.down_proj.lora_B.weight').shape, [64, 8]);
});

test('a model with its adapter merged in gives PEFT’s logits to 1e-5 of the largest', async (t) => {
  const model = await goldenModel();
  const weights = mergeAdapter(model.weights, await loadAdapter(TRAINED, model.config));
  const [, pair] = await goldenTokens();
  const ids = [...(pair?.promptIds ?? []), ...(pair?.chosenIds ?? [])];
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const actual = await logitsOf(executor, {...model, weights}, ids);
  const expected = tensorOf(await readSafetensors(join(TRAINED, 'expected-logits.safetensors')), 'logits');
  t.deepEqual(actual.shape, expected.shape);
  t.true(relativeError(actual, expected) < 1e-5);
  t.true(relativeError(await logitsOf(executor, model, ids), expected) > 0.1);
});

test('merging adds alpha / rank times B A, and leaves the other weights themselves', (t) => {
  const tensor = (shape: readonly number[], ...data: number[]): HostTensor => ({
    shape,
    dtype: 'float32',
    data: Float32Array.from(data),
  });
  const norm = tensor([2], 1, 1);
  const weights = new Map([
    ['q_proj.weight', tensor([2, 3], 1, 2, 3, 4, 5, 6)],
    ['norm.weight', norm],
  ]);
  const merged = mergeAdapter(weights, {
    rank: 2,
    alpha: 6,
    dropout: 0.1,
    targetModules: ['q_proj'],
    tensors: new Map([
      ['q_proj.lora_A.weight', tensor([2, 3], 1, 0, 2, 0, 1, 0)],
      ['q_proj.lora_B.weight', tensor([2, 2], 1, 2, 0, -1)],
    ]),
  });
  // B A = [1 2 2; 0 -1 0], times 3.
  t.deepEqual(merged.get('q_proj.weight')?.data, Float32Array.of(4, 8, 9, 4, 2, 6));
  t.is(merged.get('norm.weight'), norm);
  t.deepEqual(weights.get('q_proj.weight')?.data, Float32Array.of(1, 2, 3, 4, 5, 6));
});

test('a saved adapter has PEFT’s files, fields and names, and is read back as it was', async (t) => {
  const config = await llama();
  const adapter = await loadAdapter(TRAINED, config);
  const folder = join(temporaryFolder(t), 'runs', 'adapter');
  const {adapterSha256} = await saveAdapter(folder, adapter, 'some/Base-Model');
  t.deepEqual((await readdir(folder)).toSorted(), ['adapter_config.json', 'adapter_model.safetensors']);
  t.deepEqual(await readdir(join(folder, '..')), ['adapter']);
  t.deepEqual(await loadAdapter(folder, config), adapter);

  const theirs = await jsonOf(join(TRAINED, 'adapter_config.json'));
  const {base_model_name_or_path: base, ...ours} = await jsonOf(join(folder, 'adapter_config.json'));
  t.is(base, 'some/Base-Model');
  t.like(theirs, ours);
  const stored = await readSafetensors(join(folder, 'adapter_model.safetensors'));
  const expected = await readSafetensors(join(TRAINED, 'adapter_model.safetensors'));
  t.is(stored.size, expected.size);
  for (const [name, tensor] of expected) t.deepEqual(stored.get(name), tensor, name);
  t.deepEqual(await saveAdapter(folder, adapter, 'some/Base-Model'), {adapterSha256});
});

test('a new adapter is PEFT’s: A uniform in ±1/√in, B zero, the same for the same seed', async (t) => {
  const config = await llama();
  const options = {rank: 8, alpha: 16, dropout: 0, targetModules: 'all-linear'} as const;
  const adapter = initialAdapter(config, options, 1);
  const theirs = await readSafetensors(goldenPath('lora-initial.safetensors'));
  t.is(adapter.tensors.size, theirs.size);
  for (const [name, {shape, data}] of adapter.tensors) {
    // In PEFT's memory the adapter's own name stands before the last part.
    const peft = tensorOf(theirs, `base_model.model.${name.replace(/weight$/, 'default.weight')}`);
    t.deepEqual(shape, peft.shape);
    if (name.endsWith('lora_B.weight')) {
      t.true(data.every((value) => value === 0) && peft.data.every((value) => value === 0));
      continue;
    }
    const bound = 1 / Math.sqrt(shape[1] ?? 0);
    for (const values of [data, peft.data]) {
      t.true(values.every((value) => Math.abs(value) <= bound));
      const square =
        Array.from(values, (value) => value ** 2).reduce((sum, value) => sum + value, 0) / values.length;
      // A uniform's variance is bound²/3; 512 values and more leave it within 15%.
      t.true(Math.abs((3 * square) / bound ** 2 - 1) < 0.15, `${name}: ${square}`);
    }
  }
  t.deepEqual(initialAdapter(config, options, 1), adapter);
  t.notDeepEqual(initialAdapter(config, options, 2), adapter);
  const few = initialAdapter(config, {...options, targetModules: ['v_proj']}, 1);
  const name = 'model.layers.1.self_attn.v_proj.lora_A.weight';
  t.deepEqual(few.tensors.get(name), adapter.tensors.get(name));
});

test('targets are matched as PEFT matches them, by the last parts of a name or the whole', async (t) => {
  const config = await llama();
  const linearsOf = (...targetModules: string[]) =>
    [...adapterShapes(config, {rank: 4, targetModules}).keys()]
      .filter((name) => name.includes('lora_A'))
      .map((name) => name.slice('model.layers.'.length, -'.lora_A.weight'.length));
  t.deepEqual(linearsOf('v_proj', 'mlp.up_proj'), [
    '0.self_attn.v_proj',
    '0.mlp.up_proj',
    '1.self_attn.v_proj',
    '1.mlp.up_proj',
  ]);
  t.deepEqual(linearsOf('model.layers.1.mlp.down_proj'), ['1.mlp.down_proj']);
  for (const stray of ['proj', 'lm_head', 'embed_tokens', 'input_layernorm', '_proj']) {
    t.throws(() => linearsOf('q_proj', stray), {
      instanceOf: TerminalError,
      message: new RegExp(`target module "${stray}" is no linear layer .* q_proj, k_proj`),
    });
  }
});

test('fields that change nothing are accepted, and the scale of a rank-stabilized adapter is kept', async (t) => {
  const config = await llama();
  const accepted: Record<string, unknown>[] = [
    {target_modules: 'all-linear'},
    {task_type: null, init_lora_weights: 'gaussian', lora_dropout: 0.05, revision: 'main'},
    {rank_pattern: {}, modules_to_save: [], exclude_modules: null, use_qalora: false, eva_config: {rho: 2}},
    {a_field_of_tomorrow: null, lora_bias: undefined, use_dora: undefined, bias: undefined},
  ];
  for (const fields of accepted) {
    const {rank, alpha} = await loadAdapter(await changed(t, fields), config);
    t.deepEqual({rank, alpha}, {rank: 8, alpha: 16}, inspect(fields));
  }
  const stabilized = await loadAdapter(await changed(t, {use_rslora: true}), config);
  t.true(Math.abs(stabilized.alpha / stabilized.rank / (16 / Math.sqrt(8)) - 1) < 1e-15);
});

const refused: [fields: Record<string, unknown>, message: RegExp][] = [
  [{peft_type: 'IA3'}, /"peft_type" is "IA3"; only LORA/],
  [{task_type: 'SEQ_CLS'}, /"task_type" is "SEQ_CLS"/],
  [{bias: 'all'}, /"bias" is "all"/],
  [{bias: 'lora_only'}, /"bias" is "lora_only"/],
  [{use_dora: true}, /"use_dora" is true/],
  [{lora_bias: true}, /"lora_bias" is true/],
  [{fan_in_fan_out: true}, /"fan_in_fan_out" is true/],
  [{rank_pattern: {q_proj: 4}}, /"rank_pattern" is \{"q_proj":4\}/],
  [{alpha_pattern: {q_proj: 4}}, /"alpha_pattern"/],
  [{modules_to_save: ['lm_head']}, /"modules_to_save" is \["lm_head"\]/],
  [{layers_to_transform: [0]}, /"layers_to_transform"/],
  [{layers_to_transform: 0}, /"layers_to_transform" is 0/],
  [{layers_pattern: 'layers'}, /"layers_pattern"/],
  [{exclude_modules: ['q_proj']}, /"exclude_modules"/],
  [{target_parameters: ['experts.gate']}, /"target_parameters"/],
  [{trainable_token_indices: [1]}, /"trainable_token_indices"/],
  [{layer_replication: [[0, 2]]}, /"layer_replication"/],
  [{alora_invocation_tokens: [1, 2]}, /"alora_invocation_tokens"/],
  [{use_qalora: true}, /"use_qalora"/],
  [{use_bdlora: {nblocks: 2}}, /"use_bdlora"/],
  [{arrow_config: {top_k: 2}}, /"arrow_config"/],
  [{kasa_config: {beta: 1}}, /"kasa_config"/],
  [{velora_config: {num_groups: 2}}, /"velora_config"/],
  [{monteclora_config: {n: 2}}, /"monteclora_config"/],
  [{megatron_config: {tp: 2}}, /"megatron_config"/],
  [{init_lora_weights: 'pissa'}, /"init_lora_weights" is "pissa"; it changes the base model/],
  [{init_lora_weights: 'olora'}, /"init_lora_weights" is "olora"/],
  [{a_field_of_tomorrow: 1}, /"a_field_of_tomorrow" is 1; it is not supported/],
  [{target_modules: '.*attn.*'}, /"target_modules" is "\.\*attn\.\*"; patterns are not supported/],
  [{target_modules: []}, /"target_modules"/],
  [{target_modules: ['q_proj', 'w1']}, /"target_modules": target module "w1" is no linear layer/],
  [{target_modules: ['lm_head']}, /"target_modules": target module "lm_head"/],
  [{r: 0}, /"r": /],
  [{r: undefined}, /"r": /],
  [{lora_alpha: undefined}, /"lora_alpha": /],
  [{lora_dropout: 1}, /"lora_dropout": /],
];
for (const [fields, message] of refused) {
  test(`an adapter with ${inspect(fields)} is refused by name`, async (t) => {
    const folder = await changed(t, fields);
    const error = await t.throwsAsync(loadAdapter(folder, await llama()), {
      instanceOf: TerminalError,
      message,
    });
    t.true(error?.message.startsWith(join(folder, 'adapter_config.json')));
    t.notRegex(error?.message ?? '', /\n/);
  });
}

const Q_A = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
const damaged: [claim: string, change: (tensors: Map<string, HostTensor>) => void, message: RegExp][] = [
  ['lacks a tensor', (tensors) => tensors.delete(Q_A), /q_proj\.lora_A\.weight" is missing; adapter_config/],
  [
    'has another shape',
    (tensors) => tensors.set(Q_A, tensorOf(tensors, Q_A.replace('q_proj.lora_A', 'q_proj.lora_B'))),
    /q_proj\.lora_A\.weight" is float32 \[64,8\]; .* ask for float32 \[8,64\]/,
  ],
  [
    'has a tensor of no adapted layer',
    (tensors) => tensors.set('base_model.model.model.embed_tokens.weight', tensorOf(tensors, Q_A)),
    /"base_model\.model\.model\.embed_tokens\.weight" is not of a linear layer/,
  ],
];
for (const [claim, change, message] of damaged) {
  test(`an adapter whose file ${claim} is refused by the tensor’s name`, async (t) => {
    const folder = await changed(t, {});
    const path = join(folder, 'adapter_model.safetensors');
    const tensors = await readSafetensors(path);
    change(tensors);
    await writeSafetensors(path, tensors);
    const error = await t.throwsAsync(loadAdapter(folder, await llama()), {
      instanceOf: TerminalError,
      message,
    });
    t.true(error?.message.startsWith(path));
  });
}

test('a folder without an adapter’s files is refused by their names', async (t) => {
  const config = await llama();
  const folder = await changed(t, {});
  await rename(join(folder, 'adapter_model.safetensors'), join(folder, 'adapter_model.bin'));
  await t.throwsAsync(loadAdapter(folder, config), {
    instanceOf: TerminalError,
    message: /adapter_model\.safetensors: no such file; save adapter_model\.bin again, as safetensors/,
  });
  await rm(folder, {recursive: true});
  await mkdir(folder);
  await t.throwsAsync(loadAdapter(folder, config), {
    instanceOf: TerminalError,
    message: /adapter_config\.json: no such file; the folder of a PEFT adapter needs it/,
  });
});
