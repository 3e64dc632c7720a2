/** Weights that are read when they are needed are those that are read at once, whatever becomes of their folder meanwhile. */
import {appendFileSync, cpSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {initialAdapter, mergeAdapter} from '../../../../runtime/model/files/adapter.js';
import {mergeLazily, openCheckpoint, openLazyWeights} from '../../../../runtime/model/files/lazy-weights.js';
import {loadCheckpoint, saveCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {openSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {createGenerator} from '../../../../runtime/model/generation/generation.js';
import {allLoaded, releaseGiven} from '../../../../runtime/tensor/given.js';
import {openOn} from '../../../helpers/executors.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const MATRIX = 'model.layers.0.mlp.down_proj.weight';
const greedy = {maxNewTokens: 12, temperature: 0, topP: 1, topK: 0, seed: 0};
const requests = [{promptIds: [1, 2, 3], ...greedy}];

function copied(t: ExecutionContext, model = 'llama'): string {
  const folder = join(temporaryFolder(t), 'model');
  cpSync(goldenPath(model), folder, {recursive: true});
  return folder;
}

for (const model of ['llama', 'mistral', 'qwen2']) {
  test(`${model} is the same, read at once or when it is needed`, async (t) => {
    const whole = await loadCheckpoint(goldenPath(model));
    const {weights, weightsSha256} = await openCheckpoint(goldenPath(model), whole.weightsSha256);
    t.is(weightsSha256, whole.weightsSha256);
    t.deepEqual(await allLoaded(weights), whole.weights);
  });
}

test('so are shards, and halves, which are in no file as they are in memory', async (t) => {
  const source = await loadCheckpoint(goldenPath('llama'));
  for (const options of [{maxShardBytes: 100_000}, {dtype: 'bfloat16'}, {dtype: 'float16'}] as const) {
    const folder = join(temporaryFolder(t), 'model');
    await saveCheckpoint(folder, source, source.weights, options);
    const whole = await loadCheckpoint(folder);
    const {weights, weightsSha256} = await openLazyWeights(folder, whole.config);
    t.is(weightsSha256, whole.weightsSha256);
    t.is((await weights.get(MATRIX)?.inFile?.()) === undefined, 'dtype' in options);
    t.deepEqual(await allLoaded(weights), whole.weights);
  }
});

test('a folder that is gone, or another by now, is read from the file that was opened', async (t) => {
  const folder = copied(t);
  const {weights, config} = await loadCheckpoint(folder);
  const lazy = await openLazyWeights(folder, config);
  t.truthy(await lazy.weights.get(MATRIX)?.inFile?.());
  renameSync(folder, `${folder}-away`);
  cpSync(`${folder}-away`, folder, {recursive: true});
  t.is(await lazy.weights.get(MATRIX)?.inFile?.(), undefined);
  rmSync(folder, {recursive: true});
  rmSync(`${folder}-away`, {recursive: true});
  t.is(await lazy.weights.get(MATRIX)?.inFile?.(), undefined);
  t.deepEqual(await allLoaded(lazy.weights), weights);
});

test('a file that is written to while a program is built of it is refused by its name', async (t) => {
  const folder = copied(t);
  const {config} = await loadCheckpoint(folder);
  const {weights} = await openLazyWeights(folder, config);
  const place = await weights.get(MATRIX)?.inFile?.();
  await place?.verify();
  appendFileSync(join(folder, 'model.safetensors'), 'more');
  const message = /model\.safetensors: altered while it was read/;
  await t.throwsAsync(async () => place?.verify(), {message});
  await t.throwsAsync(async () => weights.get(MATRIX)?.load(), {message});
  releaseGiven(weights);
});

test('weights of another digest, or no numbers, are refused as those that are read at once', async (t) => {
  const {config, weights} = await loadCheckpoint(goldenPath('llama'));
  await t.throwsAsync(openLazyWeights(goldenPath('llama'), config, '0'.repeat(64)), {
    message: /altered since the run was given it/,
  });
  const matrix = weights.get(MATRIX);
  if (matrix === undefined) throw new Error('llama has a first layer');
  const data = matrix.data.slice();
  data[5] = Number.NaN;
  const folder = join(temporaryFolder(t), 'model');
  await t.throwsAsync(
    async () => {
      await saveCheckpoint(
        folder,
        await loadCheckpoint(goldenPath('llama')),
        new Map([...weights, [MATRIX, {...matrix, data}]]),
      );
      await openLazyWeights(folder, config);
    },
    {message: /down_proj\.weight" \[.*\] holds NaN, at 5/},
  );
});

test('an adapter is added to each weight as it is loaded, with the same bits', async (t) => {
  const {config, weights} = await loadCheckpoint(goldenPath('llama'));
  const options = {rank: 2, alpha: 8, dropout: 0, targetModules: ['q_proj', 'down_proj']};
  const adapter = initialAdapter(config, options, 1);
  for (const {data} of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] = Math.sin(i);
  const lazy = mergeLazily((await openLazyWeights(goldenPath('llama'), config)).weights, adapter);
  t.is(lazy.get(MATRIX)?.inFile, undefined);
  t.truthy(lazy.get('model.layers.0.mlp.up_proj.weight')?.inFile);
  t.deepEqual(await allLoaded(lazy), mergeAdapter(weights, adapter));
});

for (const backend of ['onnx', 'eager'] as const) {
  test(`a generator answers the same by weights that are read when they are needed, the first and newer ones, on ${backend}`, async (t) => {
    const executor = await openOn(backend);
    const cache = {rows: 2, maxTokens: 64};
    const whole = await loadCheckpoint(goldenPath('llama'));
    const options = {rank: 2, alpha: 64, dropout: 0, targetModules: ['down_proj']};
    const adapter = initialAdapter(whole.config, options, 1);
    for (const {data} of adapter.tensors.values())
      for (let i = 0; i < data.length; i++) data[i] = Math.sin(i);
    const merged = await createGenerator(
      {...whole, weights: mergeAdapter(whole.weights, adapter)},
      executor,
      cache,
    );
    const expected = await merged.generate(requests);
    await merged.dispose();
    const plain = await createGenerator(await openCheckpoint(goldenPath('llama')), executor, cache);
    const before = await plain.generate(requests);
    const {weights} = await openLazyWeights(goldenPath('llama'), whole.config);
    plain.reload(mergeLazily(weights, adapter), 1);
    t.deepEqual((await plain.generate(requests))[0]?.completionIds, expected[0]?.completionIds);
    plain.reload((await openLazyWeights(goldenPath('llama'), whole.config)).weights, 2);
    t.deepEqual((await plain.generate(requests))[0]?.completionIds, before[0]?.completionIds);
    t.notDeepEqual(before[0]?.completionIds, expected[0]?.completionIds);
    await plain.dispose();
  });
}

test('a generator that looks its embedding up in the file says the same, and does not load it', async (t) => {
  const executor = await openOn('onnx');
  const cache = {rows: 2, maxTokens: 64};
  const drawn = [...requests, {promptIds: [4, 5], ...greedy, temperature: 1, seed: 3}];
  const held = await createGenerator(await loadCheckpoint(goldenPath('llama')), executor, cache);
  const expected = await held.generate(drawn);
  await held.dispose();

  const opened = await openCheckpoint(goldenPath('llama'));
  const file = await openSafetensors(join(goldenPath('llama'), 'model.safetensors'));
  const [name, table] = [...opened.weights].find(([key]) => key.endsWith('embed_tokens.weight')) ?? [];
  if (name === undefined || table === undefined) return t.fail();
  let looks = 0;
  const readRows = (rows: Int32Array) => {
    looks += 1;
    return file.readRows(name, rows);
  };
  const load = async () => t.fail('loaded') as never;
  const weights = new Map([...opened.weights, [name, {...table, load, readRows}]]);
  const generator = await createGenerator({...opened, weights}, executor, cache);
  t.deepEqual(await generator.generate(drawn), expected);
  t.true(looks > 0);
  await generator.dispose();
  await file.close();
});
