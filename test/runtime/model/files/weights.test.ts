/** Weights of a folder: shards and their index, tied matrices, and the types they are saved in. */
import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  loadCheckpoint,
  type ModelCheckpoint,
  saveCheckpoint,
} from '../../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors, writeSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {openWeights} from '../../../../runtime/model/files/weights.js';
import {goldenPath, tensorOf} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const INDEX = 'model.safetensors.index.json';
const indexSchema = z.object({
  metadata: z.object({total_size: z.int()}),
  weight_map: z.record(z.string(), z.string()),
});
const indexOf = async (folder: string) =>
  indexSchema.parse(JSON.parse(await readFile(join(folder, INDEX), 'utf8')));

/** The golden model of a family in shards of 150 kB. */
async function sharded(
  t: ExecutionContext,
  family = 'mistral',
): Promise<{folder: string; model: ModelCheckpoint; sha256: string}> {
  const model = await loadCheckpoint(goldenPath(family));
  const folder = join(temporaryFolder(t), family);
  const {weightsSha256: sha256} = await saveCheckpoint(folder, model, model.weights, {
    maxShardBytes: 150_000,
  });
  return {folder, model, sha256};
}

test('weights above a shard’s size are saved in shards that load as the model they were', async (t) => {
  const {folder, model, sha256} = await sharded(t);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  t.deepEqual(files.toSorted(), [
    'model-00001-of-00005.safetensors',
    'model-00002-of-00005.safetensors',
    'model-00003-of-00005.safetensors',
    'model-00004-of-00005.safetensors',
    'model-00005-of-00005.safetensors',
  ]);
  const {metadata, weight_map} = await indexOf(folder);
  t.deepEqual(Object.keys(weight_map), [...model.weights.keys()]);
  t.is(
    metadata.total_size,
    [...model.weights.values()].reduce((sum, {data}) => sum + data.byteLength, 0),
  );
  const loaded = await loadCheckpoint(folder, sha256);
  t.deepEqual([...loaded.weights], [...model.weights]);
});

/** Changes where the index places a tensor; undefined takes it off the list. */
const relist = async (folder: string, tensor: string, file: string | undefined) => {
  const {metadata, weight_map} = await indexOf(folder);
  const changed = {metadata, weight_map: {...weight_map, [tensor]: file}};
  await writeFile(join(folder, INDEX), JSON.stringify(changed));
};
const NORM = 'model.norm.weight';
const EMBEDDING = 'model.embed_tokens.weight';

const damaged: [claim: string, damage: (folder: string) => Promise<void>, message: RegExp][] = [
  [
    'a shard is missing',
    (folder) => rm(join(folder, 'model-00002-of-00005.safetensors')),
    /model-00002-of-00005\.safetensors: no such file/,
  ],
  [
    'the index names a shard that is nowhere',
    (folder) => relist(folder, NORM, 'model-00009-of-00009.safetensors'),
    /"model\.norm\.weight" is here, but model\.safetensors\.index\.json places it in model-00009/,
  ],
  [
    'the index places a tensor in a shard that lacks it',
    (folder) => relist(folder, 'model.layers.0.extra', 'model-00001-of-00005.safetensors'),
    /tensor "model\.layers\.0\.extra" is missing; model\.safetensors\.index\.json places it here/,
  ],
  [
    'a shard holds a tensor that the index does not list',
    (folder) => relist(folder, NORM, undefined),
    /tensor "model\.norm\.weight" is here, but model\.safetensors\.index\.json does not list it/,
  ],
  [
    'two shards hold one tensor',
    async (folder) => {
      const path = join(folder, 'model-00002-of-00005.safetensors');
      const norm = tensorOf(await readSafetensors(join(folder, 'model-00004-of-00005.safetensors')), NORM);
      await writeSafetensors(path, [...(await readSafetensors(path)), [NORM, norm]]);
    },
    /model-00002.*"model\.norm\.weight" is here, but .* places it in model-00004/,
  ],
  [
    'the index leads out of the folder',
    (folder) => relist(folder, NORM, '../other.safetensors'),
    /"\.\.\/other\.safetensors" is not a file of this folder/,
  ],
  [
    'the index is no JSON',
    (folder) => writeFile(join(folder, INDEX), '{"weight_map": '),
    /index\.json: not valid/,
  ],
  ['the index has no map', (folder) => writeFile(join(folder, INDEX), '{}'), /index\.json: "weight_map"/],
];
for (const [claim, damage, message] of damaged) {
  test(`sharded weights are refused in one line where ${claim}`, async (t) => {
    const {folder} = await sharded(t);
    await damage(folder);
    const error = await t.throwsAsync(loadCheckpoint(folder), {instanceOf: TerminalError, message});
    t.notRegex(error?.message ?? '', /\n/);
  });
}

for (const [dtype, bits] of [
  ['bfloat16', 8],
  ['float16', 11],
] as const) {
  test(`weights saved in ${dtype} take half the bytes and are within half a last place of what they were`, async (t) => {
    const model = await loadCheckpoint(goldenPath('qwen2'));
    const folder = join(temporaryFolder(t), 'saved');
    const {weightsSha256} = await saveCheckpoint(folder, model, model.weights, {dtype});
    const loaded = await loadCheckpoint(folder, weightsSha256);
    for (const [name, {data}] of model.weights) {
      const saved = tensorOf(loaded.weights, name).data;
      const errorOf = (value: number, i: number) =>
        Math.abs((saved[i] ?? Number.NaN) - value) / (Math.abs(value) + 1e-4);
      const worst = Math.max(...Array.from(data, errorOf));
      t.true(worst <= 2 ** -bits, `${name}: ${worst}`);
    }
    const config = z
      .looseObject({dtype: z.string()})
      .parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
    t.is(config.dtype, dtype);
    // What is a 16-bit value already is saved as itself.
    const again = await saveCheckpoint(`${folder}-again`, loaded, loaded.weights, {dtype});
    t.is(again.weightsSha256, weightsSha256);
  });
}

test('a weight beyond float16 is not saved as infinity', async (t) => {
  const model = await loadCheckpoint(goldenPath('llama'));
  const norm = tensorOf(model.weights, NORM);
  const weights = new Map(model.weights).set(NORM, {...norm, data: norm.data.map(() => 7e4)});
  const parent = temporaryFolder(t);
  await t.throwsAsync(saveCheckpoint(join(parent, 'saved'), model, weights, {dtype: 'float16'}), {
    instanceOf: TerminalError,
    message: /tensor "model\.norm\.weight" holds 70000, beyond F16/,
  });
  t.deepEqual(await readdir(parent), []);
});

test('an output matrix that differs from the embedding it is tied to is refused, and may stand in for it', async (t) => {
  const model = await loadCheckpoint(goldenPath('llama'));
  const folder = join(temporaryFolder(t), 'llama');
  await saveCheckpoint(folder, model, model.weights);
  const path = join(folder, 'model.safetensors');
  const tensors = await readSafetensors(path);
  const embedding = tensorOf(tensors, EMBEDDING);
  const other = {...embedding, data: embedding.data.map((value, i) => (i === 9 ? value + 1 : value))};
  await writeSafetensors(path, [...tensors, ['lm_head.weight', other]]);
  const message = /"lm_head\.weight" differs from "model\.embed_tokens\.weight", which config\.json ties/;
  await t.throwsAsync(loadCheckpoint(folder), {instanceOf: TerminalError, message});
  const weights = await openWeights(folder, model.config);
  await t.throwsAsync(weights.read(EMBEDDING), {instanceOf: TerminalError, message});
  await weights.close();

  tensors.delete(EMBEDDING);
  await writeSafetensors(path, [...tensors, ['lm_head.weight', embedding]]);
  const loaded = await loadCheckpoint(folder);
  t.deepEqual(tensorOf(loaded.weights, EMBEDDING), embedding);
  t.false(loaded.weights.has('lm_head.weight'));
});
