/** LoRA in the commands without a fleet, as processes: PEFT's trajectory, and an adapter that is part of the policy. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {loadAdapter, saveAdapter} from '../../../../runtime/model/files/adapter.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {readSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {goLikeTrl, rowsOf} from '../../../helpers/training-rows.js';
import {typed} from '../../../helpers/typed.js';

const model = ['--model', goldenPath('llama')];
// ONNX Runtime starts sooner than TensorFlow, which `auto` takes in the first test, where it is there.
const pairs = ['--pairs', goldenPath('pairs.jsonl'), '--cache', 'cache', '--backend', 'onnx'];

const run = async (t: ExecutionContext, cwd: string, args: readonly string[]): Promise<string> => {
  const {code, stdout, stderr} = await anchorage(t, args, {cwd});
  t.is(code, 0, stderr);
  return stdout;
};

/** The goldens' adapter before training, as the folder that PEFT would have left. */
const initialAdapter = async (cwd: string): Promise<string> => {
  const trained = await loadAdapter(goldenPath('lora-trained'), await readModelConfig(goldenPath('llama')));
  const named = [...(await readSafetensors(goldenPath('lora-initial.safetensors')))].map(
    ([name, tensor]) => [name.replace('base_model.model.', '').replace('.default', ''), tensor] as const,
  );
  await saveAdapter(join(cwd, 'initial'), {...trained, tensors: new Map(named)}, 'llama');
  return 'initial';
};

test('twelve steps of an adapter go as with TRL and PEFT, and leave the adapter alone', async (t) => {
  const cwd = temporaryFolder(t);
  const recipe = ['--objective', 'apo_zero', '--learning-rate', '1e-3', '--no-shuffle', '--steps', '12'];
  const start = ['--init-adapter', await initialAdapter(cwd), '--save-every', '6', '--backend', 'auto'];
  await run(t, cwd, ['train', ...model, ...pairs, ...recipe, ...start, '--out', 'out']);
  await goLikeTrl(t, join(cwd, 'out/metrics.jsonl'), 'apo_zero_lora');
  t.deepEqual(readdirSync(join(cwd, 'out')).toSorted(), [
    'adapter_config.json',
    'adapter_model.safetensors',
    'checkpoint-6',
    'metrics.jsonl',
    'training.json',
  ]);
  const config = await readModelConfig(goldenPath('llama'));
  const [ours, wanted] = [
    await loadAdapter(join(cwd, 'out'), config),
    await loadAdapter(goldenPath('lora-trained'), config),
  ];
  t.deepEqual([ours.rank, ours.alpha], [wanted.rank, wanted.alpha]);
  for (const [name, {data}] of wanted.tensors) {
    const found = ours.tensors.get(name)?.data ?? [];
    // Not entry by entry: the first steps of RMSProp have the gradient's sign alone, and where there is hardly any
    // gradient that goes either way. They moved by about 0.015.
    const squares = Array.from(data, (value, index) => (value - (found[index] ?? Number.NaN)) ** 2);
    const apart = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    t.true(apart < 2e-4, `${name} is ${apart} apart`);
  }
});

test('the reference of a given adapter is the model without it', async (t) => {
  const cwd = temporaryFolder(t);
  const adapter = goldenPath('lora-trained');
  const recipe = ['--objective', 'dpo', '--steps', '1', '--no-shuffle', '--init-adapter', adapter];
  await run(t, cwd, ['train', ...model, ...pairs, ...recipe, '--out', 'out']);
  await run(t, cwd, ['logps', ...model, ...pairs, '--out', 'base.jsonl']);
  await run(t, cwd, ['logps', ...model, ...pairs, '--adapter', adapter, '--out', 'adapted.jsonl']);
  const [base, adapted] = ['base.jsonl', 'adapted.jsonl'].map((file) => firstBatchOf(join(cwd, file)));
  const [row] = rowsOf(join(cwd, 'out/metrics.jsonl'));
  const reward = 0.1 * ((adapted ?? Number.NaN) - (base ?? Number.NaN));
  t.true(Math.abs(reward) > 0.1, `${reward}`);
  t.true(Math.abs((row?.['rewards/chosen'] ?? Number.NaN) - reward) < 1e-4, `${reward}`);
});

/** The mean chosen log-probability of the first 16 pairs. */
const firstBatchOf = (file: string): number => {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(0, 16);
  const sum = lines.reduce((total, line) => total + Number(JSON.parse(line).chosen_logps), 0);
  return sum / 16;
};

test('a new adapter has the rank, alpha and targets that were asked for, and learns', async (t) => {
  const cwd = temporaryFolder(t);
  const shape = ['--lora', '4', '--lora-targets', 'q_proj,v_proj', '--lora-dropout', '0.1'];
  const recipe = ['--objective', 'apo_zero+0.1*sft', '--optimizer', 'adamw', '--schedule', 'cosine'];
  await run(t, cwd, ['train', ...model, ...pairs, ...recipe, ...shape, '--micro-batch', '4', '--out', 'out']);
  const adapter = await loadAdapter(join(cwd, 'out'), await readModelConfig(goldenPath('llama')));
  t.deepEqual([adapter.rank, adapter.alpha, adapter.dropout], [4, 8, 0.1]);
  t.deepEqual([...adapter.targetModules].toSorted(), ['q_proj', 'v_proj']);
  for (const [name, {data}] of adapter.tensors)
    t.true(
      data.some((value) => value !== 0),
      name,
    );
});

test('an adapter that cannot be is refused before a pair is read or scored', async (t) => {
  const cwd = temporaryFolder(t);
  const args = ['train', ...model, ...pairs, '--objective', 'dpo', '--out', 'out'];
  for (const wrong of [
    ['--lora', '4', '--lora-targets', 'c_attn'],
    ['--init-adapter', 'nowhere'],
  ]) {
    const {code, stdout} = await typed([...args, ...wrong], {cwd});
    t.is(code, 1);
    t.notRegex(stdout, /^(pairs|scored)/m);
  }
});

test('log-probabilities and answers are those of the model with its adapter', async (t) => {
  const cwd = temporaryFolder(t);
  const adapter = ['--adapter', goldenPath('lora-trained')];
  await run(t, cwd, ['logps', ...model, ...pairs, '--out', 'base.jsonl']);
  const said = await run(t, cwd, ['logps', ...model, ...adapter, ...pairs, '--out', 'adapted.jsonl']);
  t.regex(said, /^scored {5}48 pairs/m);
  t.notDeepEqual(readFileSync(join(cwd, 'adapted.jsonl')), readFileSync(join(cwd, 'base.jsonl')));
  const prompts = ['--prompts', goldenPath('pairs.jsonl'), '--max-new-tokens', '8', '--temperature', '1'];
  await run(t, cwd, ['generate', ...model, ...prompts, '--out', 'base-answers.jsonl']);
  await run(t, cwd, ['generate', ...model, ...adapter, ...prompts, '--out', 'adapted-answers.jsonl']);
  t.notDeepEqual(
    readFileSync(join(cwd, 'adapted-answers.jsonl')),
    readFileSync(join(cwd, 'base-answers.jsonl')),
  );
});
