/** The shipped policy and its tokenizer. */
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {Tokenizer} from '@huggingface/tokenizers';
import test from 'ava';
import {drawCorpus} from '../../../runtime/demo/corpus.js';
import {initialWeights} from '../../../runtime/demo/initial-weights.js';
import {MAX_COMPLETION_TOKENS, MAX_PROMPT_TOKENS, policyFiles} from '../../../runtime/demo/policy-files.js';
import {scorePolicy} from '../../../runtime/demo/policy-score.js';
import {readModelConfig} from '../../../runtime/model/files/config.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {encodeCompletion} from '../../../runtime/model/text/encode.js';
import {packageRoot} from '../../../runtime/paths.js';
import {openExecutor} from '../../../runtime/tensor/open.js';

const folder = join(packageRoot, 'runtime/demo/policy');
const contentOf = (name: string): object => JSON.parse(policyFiles.get(name) ?? '{}') as object;

test('the folder holds what Hugging Face expects, in under 2 MB', async (t) => {
  const names = (await readdir(folder)).sort();
  t.deepEqual(names, [
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  t.true(sizes.reduce((sum, size) => sum + size, 0) < 2_000_000);
});

test('the files beside the weights are those that the sources say', async (t) => {
  for (const [name, content] of policyFiles) {
    t.deepEqual(JSON.parse(await readFile(join(folder, name), 'utf8')), JSON.parse(content), name);
  }
});

test('it has 377,472 parameters', async (t) => {
  const {weights} = await loadCheckpoint(folder);
  t.is(
    [...weights.values()].reduce((sum, {data}) => sum + data.length, 0),
    377_472,
  );
});

test('pretraining begins with norms of 1 and normal matrices, the same ones for the same seed', async (t) => {
  const config = await readModelConfig(folder);
  const weights = initialWeights(config, 0);
  const valuesOf = (name: string) => [...(weights.get(name)?.data ?? [])];
  t.deepEqual([...new Set(valuesOf('model.norm.weight'))], [1]);
  const matrix = valuesOf('model.layers.1.mlp.up_proj.weight');
  t.is(matrix.length, 352 * 128);
  const mean = matrix.reduce((sum, value) => sum + value, 0) / matrix.length;
  const deviation = Math.sqrt(matrix.reduce((sum, value) => sum + (value - mean) ** 2, 0) / matrix.length);
  // 45,056 draws: standard errors of 9.4e-5 and 6.7e-5.
  t.true(Math.abs(mean) < 4e-4, String(mean));
  t.true(Math.abs(deviation - 0.02) < 3e-4, String(deviation));
  t.deepEqual(initialWeights(config, 0), weights);
  t.notDeepEqual(initialWeights(config, 1), weights);
});

test('every character is one token, and what is encoded comes back', (t) => {
  const tokenizer = new Tokenizer(contentOf('tokenizer.json'), contentOf('tokenizer_config.json'));
  // Ids: 0 pad, 1 end, 2 unknown, then the digits from 3, * + - at 13 to 15, the space at 16, > at 17, the comma and the dot.
  t.deepEqual(tokenizer.encode('34*7 2>9,1.\n').ids, [6, 7, 13, 10, 16, 5, 17, 12, 18, 4, 19, 1]);
  t.deepEqual(tokenizer.encode('4é').ids, [7, 2]);
  const rows = drawCorpus(0);
  for (let row = 0; row < 200; row++) {
    const {prompt, completion} = rows.next().value;
    const {ids} = tokenizer.encode(`${prompt}${completion}\n`);
    t.is(ids.length, prompt.length + completion.length + 1);
    t.is(tokenizer.decode(ids, {skip_special_tokens: true}), prompt + completion);
  }
});

test('no prompt and no answer is longer than the limits, and an answer ends with the end token', async (t) => {
  const {tokenizer} = await loadCheckpoint(folder);
  const limits = {format: 'plain', maxPromptTokens: 100, maxCompletionTokens: 100} as const;
  const encode = (completion: string) =>
    encodeCompletion(tokenizer, '34*7 21+9 40-8 17*7>', completion, limits);
  const {promptIds, completionIds} = encode('=441 =441 =441 =441 ok.');
  t.is(promptIds.length, MAX_PROMPT_TOKENS);
  t.is(completionIds.length, MAX_COMPLETION_TOKENS);
  t.deepEqual(completionIds.slice(-1), [...tokenizer.endTokenIds]);
});

test('of 300 held-out prompts it answers .20 to .26 right, greedily and at temperature 1 within its noise', async (t) => {
  const {executor} = await openExecutor({backend: 'auto', threads: 1});
  const {greedy, sampled} = await scorePolicy(await loadCheckpoint(folder), executor, 300);
  t.true(greedy >= 0.2 && greedy <= 0.26, String(greedy));
  t.true(sampled > 0.12 && sampled < 0.32, String(sampled));
});
