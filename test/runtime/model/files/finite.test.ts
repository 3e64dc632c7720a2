/** Weights that are NaN or infinite are refused by file and tensor, by every command that reads or only checks a model. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {loadAdapter, saveAdapter} from '../../../../runtime/model/files/adapter.js';
import {requireFinite} from '../../../../runtime/model/files/finite.js';
import {loadCheckpoint, saveCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import type {WeightsDtype} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {openWeights} from '../../../../runtime/model/files/weights.js';
import {goldenPath, tensorOf} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const TENSOR = 'model.layers.1.mlp.up_proj.weight';

/** The golden Llama with one value of one tensor put otherwise. */
const spoilt = async (
  t: ExecutionContext,
  value: number,
  {dtype = 'float32', maxShardBytes = 5e9}: {dtype?: WeightsDtype; maxShardBytes?: number} = {},
) => {
  const model = await loadCheckpoint(goldenPath('llama'));
  const folder = join(temporaryFolder(t), 'model');
  tensorOf(model.weights, TENSOR).data[70] = value;
  await saveCheckpoint(folder, model, model.weights, {dtype, maxShardBytes});
  return {folder, config: model.config};
};
const refused = (file: string, value: number): RegExp =>
  new RegExp(
    `^[^\\n]*${file}: tensor "${TENSOR}" \\[160,64\\] holds ${value}, at 70; copy the file again, [^\\n]+$`,
  );

for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
  for (const dtype of ['float32', 'bfloat16', 'float16'] as const) {
    test(`${value} in ${dtype} weights is refused where it is read, and where it is only looked for`, async (t) => {
      const {folder, config} = await spoilt(t, value, {dtype});
      const expected = {instanceOf: TerminalError, message: refused('model.safetensors', value)};
      await t.throwsAsync(loadCheckpoint(folder), expected);
      const weights = await openWeights(folder, config);
      await t.throwsAsync(weights.read(TENSOR), expected);
      await t.throwsAsync(weights.check(), expected);
      await weights.close();
    });
  }
}

test('the shard is named that holds the value', async (t) => {
  const {folder} = await spoilt(t, Number.NaN, {maxShardBytes: 150_000});
  await t.throwsAsync(loadCheckpoint(folder), {
    message: refused(String.raw`model-0000\d-of-0000\d\.safetensors`, Number.NaN),
  });
});

test('an adapter’s matrix is held to the same', async (t) => {
  const {config} = await loadCheckpoint(goldenPath('llama'));
  const adapter = await loadAdapter(goldenPath('lora-trained'), config);
  const [[name, {data}] = ['', {data: new Float32Array()}]] = adapter.tensors;
  data[3] = Number.NaN;
  const folder = join(temporaryFolder(t), 'adapter');
  await saveAdapter(folder, adapter, 'base');
  const {message} = (await t.throwsAsync(loadAdapter(folder, config), {instanceOf: TerminalError})) ?? {
    message: '',
  };
  t.true(
    message.startsWith(`${join(folder, 'adapter_model.safetensors')}: tensor "base_model.model.${name}" [`),
    message,
  );
});

test('every other float32 passes: the largest, the smallest, and both zeros', (t) => {
  const largest = 3.4028234663852886e38;
  const data = Float32Array.of(largest, -largest, 2 ** -149, -(2 ** -149), 0, -0, 1);
  t.notThrows(() => requireFinite('file', 'tensor', {shape: [7], dtype: 'float32', data}));
  t.throws(() =>
    requireFinite('file', 'tensor', {shape: [7], dtype: 'float32', data: data.map((each) => each * 2)}),
  );
});

test('up, doctor, train, generate, logps and merge end with the line', async (t) => {
  const {folder} = await spoilt(t, Number.NaN);
  const cwd = temporaryFolder(t);
  const model = ['--model', folder];
  const pairs = ['--pairs', goldenPath('pairs.jsonl')];
  writeFileSync(join(cwd, 'prompts.jsonl'), '{"prompt": "2+2="}\n');
  writeFileSync(
    join(cwd, 'fleet.yaml'),
    `prompts: {demo: true, count: 64}
policy: {model: ${folder}, maxPromptTokens: 64, maxCompletionTokens: 64}
objective: {name: apo_zero, learningRate: 1.0e-5}
training: {steps: 4}
endpoints: {teacher: {demo: true}}
actors: {reviser: {endpoint: teacher, model: reviser}}
`,
  );
  const commands = [
    ['up', 'fleet.yaml'],
    ['up', 'fleet.yaml', '--dry-run'],
    ['doctor', 'fleet.yaml'],
    ['train', ...model, ...pairs, '--objective', 'apo_zero', '--out', 'out'],
    ['generate', ...model, '--prompts', 'prompts.jsonl', '--out', 'answers.jsonl'],
    ['logps', ...model, ...pairs, '--out', 'logps.jsonl'],
    ['merge', ...model, '--adapter', goldenPath('lora-trained'), '--out', 'merged'],
  ];
  for (const command of commands) {
    const {code, stdout, stderr} = await typed(command, {cwd});
    t.is(code, 1, command.join(' '));
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(TENSOR));
    t.is(lines.length, 1, `${command.join(' ')}: ${stdout}${stderr}`);
    t.regex(
      lines[0] ?? '',
      /model\.safetensors: tensor "[^"]+" \[160,64\] holds NaN, at 70; copy the file again/,
    );
  }
});
