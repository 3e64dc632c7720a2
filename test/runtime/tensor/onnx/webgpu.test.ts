/**
 * The exactness suite on a GPU: logits, greedy continuations, gradients and training steps against transformers and TRL.
 * It needs a device: `npm run webgpu` runs it, on a software one unless told otherwise.
 */
import * as tf from '@tensorflow/tfjs-core';
import baseTest, {type Implementation} from 'ava';
import * as z from 'zod';
import {createLearner} from '../../../../runtime/learning/learner.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {createGenerator} from '../../../../runtime/model/generation/generation.js';
import {hiddenStates, logits} from '../../../../runtime/model/layers/transformer.js';
import type {Executor, HostTensor} from '../../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {
  goldenModel,
  goldenPath,
  goldenTokens,
  readGolden,
  tensorOf,
  withReference,
} from '../../../helpers/goldens.js';

/** One after another, since they share the device; without one, a single line says what is left out. */
const test: (title: string, claim: Implementation<[]>) => void =
  process.env.ANCHORAGE_WEBGPU === '1' ? baseTest.serial : () => undefined;
if (process.env.ANCHORAGE_WEBGPU !== '1')
  baseTest.skip('the exactness suite on a GPU: npm run webgpu', (t) => t.fail());
const FAMILIES = ['llama', 'llama3-rope', 'mistral', 'qwen2', 'qwen3'];
const BETA = 0.1;

const openGpu = async (): Promise<Executor> =>
  (await openExecutor({backend: 'onnx', device: 'webgpu', threads: 1})).executor;
const openCpu = async (): Promise<Executor> => (await openExecutor({backend: 'onnx', threads: 2})).executor;

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  largest(Array.from(a, (value, index) => value - (b[index] ?? Number.NaN)));

const floats = (...values: number[]): HostTensor => ({
  shape: [values.length],
  dtype: 'float32',
  data: Float32Array.from(values),
});

const counting = {
  name: 'counting',
  inputs: {step: {shape: [2], dtype: 'float32'}},
  body: ({step}: {readonly step: tf.Tensor}, state: Readonly<Record<string, tf.Tensor>>) => ({
    outputs: {before: tf.mul(state.count as tf.Tensor, tf.scalar(1))},
    state: {count: tf.add(state.count as tf.Tensor, step)},
  }),
} as const;

test('each run reads the state that the run before it left, and what is written between', async (t) => {
  const executor = await openGpu();
  const state = executor.createState([['count', floats(1, 10)]]);
  const program = await executor.compile(counting, state);
  for (const [step, wanted] of [
    [1, [1, 10]],
    [2, [2, 9]],
  ] as const) {
    const {before} = await program.run({step: Float32Array.of(step, -step)});
    t.deepEqual([...before.data], wanted);
  }
  t.deepEqual(await state.read('count'), floats(4, 7));
  state.write('count', floats(5, 6));
  const running = program.run({step: Float32Array.of(1, 1)});
  state.write('count', floats(50, 60));
  t.deepEqual((await running).before, floats(5, 6));
  t.deepEqual(await state.read('count'), floats(50, 60), 'written during a run, it stays as written');
  await program.dispose();
  state.dispose();
});

test('reading while a run is under way gives what the run leaves', async (t) => {
  const executor = await openGpu();
  const state = executor.createState([['count', floats(0, 0)]]);
  const program = await executor.compile(counting, state);
  const step = Float32Array.of(1, 2);
  await program.run({step});
  const [, read] = await Promise.all([program.run({step}), state.read('count')]);
  t.deepEqual(read, floats(2, 4));
  const first = program.run({step});
  await t.throwsAsync(program.run({step}), {
    message: /counting was run while counting runs on the same state/,
  });
  await first;
  await program.dispose();
  state.dispose();
});

for (const family of FAMILIES) {
  test(`${family}: transformers' logits to 1e-5 of the largest`, async (t) => {
    const executor = await openGpu();
    const {config, weights} = await loadCheckpoint(goldenPath(family));
    const [expected] = (await readSafetensors(goldenPath(`${family}/expected-logits.safetensors`))).values();
    const pair = (await goldenTokens())[1];
    if (expected === undefined || pair === undefined) throw new Error('a golden is missing');
    const tokens = Int32Array.from([...pair.promptIds, ...pair.chosenIds]);
    const state = executor.createState(weights);
    const program = await executor.compile(
      {
        name: 'logits',
        inputs: {tokens: {shape: [1, tokens.length], dtype: 'int32'}},
        body: (inputs, tensors) => {
          const hidden = hiddenStates(config, tensors, inputs.tokens as tf.Tensor2D);
          const flat: tf.Tensor2D = tf.reshape(hidden, [tokens.length, config.hiddenSize]);
          return {outputs: {logits: logits(config, tensors, flat)}};
        },
      },
      state,
    );
    const actual = (await program.run({tokens})).logits;
    const error = apart(expected.data, actual.data) / largest(expected.data);
    t.log(`worst difference ${error.toExponential(1)} of the largest logit`);
    t.true(error < 1e-5, `${error}`);
    await program.dispose();
    state.dispose();
  });

  test(`${family}: goes on greedily as transformers does, 24 tokens`, async (t) => {
    const model = await loadCheckpoint(goldenPath(family));
    const generator = await createGenerator(model, await openGpu(), {rows: 2, maxTokens: 72});
    const schema = z.record(z.string(), z.object({greedy_24: z.array(z.int())}));
    const expected = (await readGolden('expected-forward.json', schema))[family]?.greedy_24;
    const promptIds = (await goldenTokens())[1]?.promptIds ?? [];
    const options = {temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 24};
    const [generation] = await generator.generate([{...options, promptIds}]);
    t.deepEqual(generation?.completionIds, expected);
    await generator.dispose();
  });
}

test('gradients of APO-zero are autograd’s to 1e-4 of each tensor’s largest entry', async (t) => {
  const trained = await goldenModel('trained-apo_zero.safetensors');
  const pairs = (await withReference(await goldenTokens(), await goldenModel(), await openCpu())).slice(
    0,
    16,
  );
  const wanted = await readSafetensors(goldenPath('gradient-apo_zero.safetensors'));
  const options = {objective: 'apo_zero', batchSize: 16, maxGradNorm: 1e9, maxTokens: 192} as const;
  const learner = await createLearner(trained, await openGpu(), options);
  await learner.step(pairs, {beta: BETA, learningRate: 1e-3});
  // RMSProp's first step keeps (1 - .99) g² and moves each weight against g's sign.
  const [weights, squares] = [await learner.weights(), await learner.optimizerState()];
  for (const [name, {data}] of wanted) {
    const before = tensorOf(trained.weights, name).data;
    const after = tensorOf(weights, name).data;
    const square = tensorOf(squares, `optimizer.square_avg.${name}`).data;
    const gradient = Array.from(square, (value, index) => {
      return Math.sqrt(value / 0.01) * Math.sign((before[index] ?? 0) - (after[index] ?? 0));
    });
    const error = apart(gradient, data) / largest(data);
    t.true(error < 1e-4, `${name}: ${error}`);
  }
  await learner.dispose();
});

test('three steps go as with TRL’s apo_zero', async (t) => {
  const row = z.object({
    loss: z.number(),
    grad_norm: z.number(),
    learning_rate: z.number(),
    'logps/chosen': z.number(),
  });
  const schema = z.record(z.string(), z.object({steps: z.array(row)}));
  const steps = (await readGolden('expected-training.json', schema)).apo_zero?.steps.slice(0, 3) ?? [];
  const pairs = await withReference(await goldenTokens(), await goldenModel(), await openCpu());
  const options = {objective: 'apo_zero', batchSize: 16, maxGradNorm: 1, maxTokens: 192} as const;
  const learner = await createLearner(await goldenModel(), await openGpu(), options);
  t.is(steps.length, 3);
  for (const [step, wanted] of steps.entries()) {
    const begin = performance.now();
    const metrics = await learner.step(pairs.slice(16 * step, 16 * step + 16), {
      beta: BETA,
      learningRate: wanted.learning_rate,
    });
    t.log(`step ${step}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    // TRL's APO losses are the paper's plus 1.
    t.true(Math.abs(metrics.loss + 1 - wanted.loss) <= 1e-3 * wanted.loss, `loss ${metrics.loss}`);
    t.true(Math.abs(metrics.grad_norm - wanted.grad_norm) <= 1e-3 * wanted.grad_norm);
    t.true(Math.abs(metrics['logps/chosen'] - wanted['logps/chosen']) <= 2e-2);
  }
  await learner.dispose();
});
