/** Hugging Face folders: loaded, saved, damaged. */
import {cp, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  loadCheckpoint,
  loadWeights,
  saveCheckpoint,
} from '../../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors, writeSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const copyOf = async (t: ExecutionContext, family = 'llama'): Promise<string> => {
  const folder = join(temporaryFolder(t), family);
  await cp(goldenPath(family), folder, {recursive: true});
  return folder;
};
const jsonOf = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));

test('a saved folder loads as the model it was, and the same weights give the same digest', async (t) => {
  const model = await loadCheckpoint(goldenPath('qwen2'));
  const folder = join(temporaryFolder(t), 'runs', 'step-1');
  const weights = new Map([...model.weights].reverse());
  const {weightsSha256} = await saveCheckpoint(folder, model, weights);
  const saved = await loadCheckpoint(folder, weightsSha256);
  t.is(saved.weightsSha256, weightsSha256);
  t.deepEqual(saved.config, model.config);
  t.deepEqual([...saved.weights], [...model.weights]);
  t.deepEqual(saved.tokenizer.encode('Hello'), model.tokenizer.encode('Hello'));
  t.deepEqual((await readdir(folder)).sort(), [
    'chat_template.jinja',
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  t.deepEqual(await saveCheckpoint(`${folder}-again`, model, model.weights), {weightsSha256});
});

test('the weights carry the metadata that transformers asks for, and the configuration says float32', async (t) => {
  const source = await copyOf(t);
  const config = Object.assign({}, await jsonOf(join(source, 'config.v4.json')), {torch_dtype: 'bfloat16'});
  await writeFile(join(source, 'config.json'), JSON.stringify(config));
  await rm(join(source, 'generation_config.json'));
  const model = await loadCheckpoint(source);
  const folder = join(temporaryFolder(t), 'saved');
  await saveCheckpoint(folder, model, model.weights);
  t.deepEqual(await jsonOf(join(folder, 'config.json')), {...config, torch_dtype: 'float32'});
  t.deepEqual(await jsonOf(join(folder, 'generation_config.json')), {
    bos_token_id: 0,
    eos_token_id: 4,
    pad_token_id: 5,
  });
  t.regex(
    (await readFile(join(folder, 'model.safetensors'), 'latin1')).slice(8, 60),
    /"__metadata__":\{"format":"pt"\}/,
  );
});

test('an existing folder is replaced as a whole, and nothing is left beside it', async (t) => {
  const model = await loadCheckpoint(goldenPath('llama'));
  const parent = temporaryFolder(t);
  const folder = join(parent, 'step-1');
  await mkdir(folder);
  await writeFile(join(folder, 'stale.txt'), '');
  await saveCheckpoint(folder, model, model.weights);
  t.false((await readdir(folder)).includes('stale.txt'));
  t.deepEqual(await readdir(parent), ['step-1']);
});

test('weights that are not the model’s are not saved, and the old folder stays', async (t) => {
  const model = await loadCheckpoint(goldenPath('llama'));
  const parent = temporaryFolder(t);
  const folder = join(parent, 'step-1');
  const {weightsSha256} = await saveCheckpoint(folder, model, model.weights);
  const weights = new Map(model.weights);
  weights.delete('model.norm.weight');
  await t.throwsAsync(saveCheckpoint(folder, model, weights), {
    message: /tensor "model\.norm\.weight" is missing/,
  });
  await t.notThrowsAsync(loadCheckpoint(folder, weightsSha256));
  t.deepEqual(await readdir(parent), ['step-1']);
});

test('sharded weights load as the single file they were', async (t) => {
  const single = await loadCheckpoint(goldenPath('mistral'));
  const folder = await copyOf(t, 'mistral');
  await rm(join(folder, 'model.safetensors'));
  const entries = [...single.weights];
  const shards = {
    'model-00001-of-00002.safetensors': entries.slice(0, 9),
    'model-00002-of-00002.safetensors': entries.slice(9),
  };
  const fileOf: Record<string, string> = {};
  for (const [name, tensors] of Object.entries(shards)) {
    await writeSafetensors(join(folder, name), tensors, {metadata: {format: 'pt'}});
    for (const [tensor] of tensors) fileOf[tensor] = name;
  }
  await writeFile(
    join(folder, 'model.safetensors.index.json'),
    JSON.stringify({metadata: {}, weight_map: fileOf}),
  );
  const sharded = await loadCheckpoint(folder);
  t.deepEqual([...sharded.weights], entries);
  t.not(sharded.weightsSha256, single.weightsSha256);
  await rm(join(folder, 'model-00002-of-00002.safetensors'));
  await t.throwsAsync(loadCheckpoint(folder), {
    instanceOf: TerminalError,
    message: /model-00002-of-00002\.safetensors: no such file/,
  });
});

for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']) {
  test(`a folder without ${name} is refused by that name`, async (t) => {
    const folder = await copyOf(t);
    await rename(join(folder, name), join(folder, `${name}.gone`));
    const error = await t.throwsAsync(loadCheckpoint(folder), {
      instanceOf: TerminalError,
      message: name === 'config.json' ? / is not there; give a Hugging Face folder/ : /no such file/,
    });
    t.true(error?.message.startsWith(join(folder, name)));
  });
}

test('truncated weights are refused with the tensor that is cut', async (t) => {
  const folder = await copyOf(t);
  const path = join(folder, 'model.safetensors');
  await truncate(path, (await stat(path)).size - 1);
  await t.throwsAsync(loadCheckpoint(folder), {
    instanceOf: TerminalError,
    message: /model\.safetensors: truncated in tensor "model\.\S+"/,
  });
});

test('weights altered after they were published are refused by their digest', async (t) => {
  const folder = await copyOf(t);
  const {weightsSha256} = await loadCheckpoint(folder);
  const path = join(folder, 'model.safetensors');
  const bytes = await readFile(path);
  bytes[bytes.length - 1] = 1 ^ (bytes.at(-1) ?? 0);
  await writeFile(path, bytes);
  await t.throwsAsync(loadCheckpoint(folder, weightsSha256), {
    instanceOf: TerminalError,
    message: /model\.safetensors: altered since the run was given it/,
  });
});

test('weights are loaded alone where the configuration is known, and held to their digest', async (t) => {
  const folder = await copyOf(t);
  const {config, weights, weightsSha256} = await loadCheckpoint(folder);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) await rm(join(folder, name));
  t.deepEqual(await loadWeights(folder, config, weightsSha256), {weights, weightsSha256});
  await t.throwsAsync(loadWeights(folder, config, 'another'), {
    instanceOf: TerminalError,
    message: /altered since the run was given it/,
  });
});

test('tensors that the configuration does not expect are refused, rotary tables and tied copies are not', async (t) => {
  const folder = await copyOf(t);
  const path = join(folder, 'model.safetensors');
  const tensors = await readSafetensors(path);
  const embedding = tensors.get('model.embed_tokens.weight');
  const norm = tensors.get('model.norm.weight');
  if (embedding === undefined || norm === undefined) throw new Error('the golden model has other tensors');
  tensors.set('lm_head.weight', embedding);
  tensors.set('model.layers.0.self_attn.rotary_emb.inv_freq', norm);
  await writeSafetensors(path, tensors);
  t.false((await loadCheckpoint(folder)).weights.has('lm_head.weight'));
  tensors.set('model.layers.0.self_attn.q_norm.weight', norm);
  await writeSafetensors(path, tensors);
  await t.throwsAsync(loadCheckpoint(folder), {
    message: /tensor "model\.layers\.0\.self_attn\.q_norm\.weight" has no place/,
  });
  tensors.delete('model.layers.0.self_attn.q_norm.weight');
  tensors.set('model.norm.weight', embedding);
  await writeSafetensors(path, tensors);
  await t.throwsAsync(loadCheckpoint(folder), {
    message: /tensor "model\.norm\.weight" is float32 \[512,64\]/,
  });
});
