/** `anchorage merge`, as a person runs it. */
import {existsSync} from 'node:fs';
import {cp, mkdir, readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {loadAdapter, mergeAdapter} from '../../../../runtime/model/files/adapter.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {goldenPath, tensorOf} from '../../../helpers/goldens.js';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const MODEL = goldenPath('llama');
const ADAPTER = goldenPath('lora-trained');
const argumentsOf = (out: string, {model = MODEL, adapter = ADAPTER} = {}) => [
  ...['merge', '--model', model],
  ...['--adapter', adapter],
  ...['--out', out],
];

test('the merged folder holds the model with the adapter added, and its tokenizer', async (t) => {
  const out = join(temporaryFolder(t), 'models', 'aligned');
  const {code, stdout, stderr} = await anchorage(t, argumentsOf(out));
  t.deepEqual({code, stdout, stderr}, {code: 0, stdout: `written: ${out} (float32)\n`, stderr: ''});
  const base = await loadCheckpoint(MODEL);
  const merged = await loadCheckpoint(out);
  t.deepEqual(merged.config, base.config);
  t.deepEqual(merged.tokenizer.encode('Hello'), base.tokenizer.encode('Hello'));
  t.deepEqual(merged.weights, mergeAdapter(base.weights, await loadAdapter(ADAPTER, base.config)));
});

test('--dtype bfloat16 halves the file and says so in config.json', async (t) => {
  const parent = temporaryFolder(t);
  const whole = join(parent, 'whole');
  const half = join(parent, 'half');
  await typed(argumentsOf(whole));
  const {code, stdout} = await typed([...argumentsOf(half), '--dtype', 'bfloat16']);
  t.is(code, 0);
  t.is(stdout, `written: ${half} (bfloat16)\n`);
  t.like(JSON.parse(await readFile(join(half, 'config.json'), 'utf8')), {dtype: 'bfloat16'});
  const [all, halved] = await Promise.all(
    [whole, half].map(async (folder) => (await stat(join(folder, 'model.safetensors'))).size),
  );
  t.true((halved ?? 0) < 0.6 * (all ?? 0), `${halved} of ${all} bytes`);
  const {weights} = await loadCheckpoint(whole);
  for (const [name, {data}] of (await loadCheckpoint(half)).weights) {
    const exact = tensorOf(weights, name).data;
    t.true(data.every((value, i) => Math.abs(value - (exact[i] ?? 0)) <= Math.abs(exact[i] ?? 0) * 2 ** -8));
  }
});

test('bad input is one line and leaves nothing behind', async (t) => {
  const parent = temporaryFolder(t);
  const out = join(parent, 'out');
  const full = join(parent, 'full');
  await mkdir(full);
  await writeFile(join(full, 'precious.txt'), '');
  const file = join(parent, 'file');
  await writeFile(file, '');
  const cut = join(parent, 'cut');
  await cp(MODEL, cut, {recursive: true});
  await truncate(join(cut, 'model.safetensors'), 4000);
  const cases: [args: string[], line: RegExp][] = [
    [
      argumentsOf(out, {model: join(parent, 'none')}),
      /none\/config\.json is not there; give a Hugging Face folder/,
    ],
    [argumentsOf(out, {adapter: join(parent, 'none')}), /none\/adapter_config\.json: no such file/],
    [argumentsOf(out, {model: goldenPath('qwen3')}), /q_proj\.lora_B\.weight" is float32 \[64,8\]/],
    [argumentsOf(out, {model: cut}), /cut\/model\.safetensors: truncated/],
    [argumentsOf(full), /full: is there already; give the path of a new folder/],
    [argumentsOf(file), /file: is there already/],
  ];
  for (const [args, line] of cases) {
    const {code, stdout, stderr} = await typed(args);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, line);
    t.regex(stderr, /^[^\n]+\n$/);
  }
  t.false(existsSync(out));
  t.deepEqual(await readdir(full), ['precious.txt']);
  t.deepEqual((await readdir(parent)).toSorted(), ['cut', 'file', 'full']);
});

test('a missing option and an unknown type are said with what there is', async (t) => {
  const missing = await typed(['merge', '--model', MODEL]);
  t.is(missing.code, 1);
  t.regex(missing.stderr, /required option '--adapter <folder>' not specified/);
  const unknown = await typed([...argumentsOf('out'), '--dtype', 'int8']);
  t.is(unknown.code, 1);
  t.regex(unknown.stderr, /'int8' is invalid\. Allowed choices are float32, bfloat16, float16/);
  const help = await typed(['merge', '--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /Example:\n {2}anchorage merge/);
});
