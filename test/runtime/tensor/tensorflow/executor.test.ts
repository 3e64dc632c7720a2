/** What is TensorFlow's alone: whose memory is whose, what is left behind, and products in bfloat16. */
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import anyTest from 'ava';
import '../../../../runtime/tensor/tensorflow.js';
import {packageRoot} from '../../../../runtime/paths.js';
import type {HostTensor, TensorFunction} from '../../../../runtime/tensor/executor.js';
import {loadAddon} from '../../../../runtime/tensor/tensorflow/addon.js';
import {openOn, presentExecutors} from '../../../helpers/executors.js';
import {floats, integers} from '../both.js';

// One after the other, since some count what all of them make.
const test = presentExecutors().includes('tensorflow') ? anyTest.serial : anyTest.skip;

/** Descent on |weight · input|², lines of a cache written, and what the cache was before. */
const stepping: TensorFunction<'x' | 'line', 'loss'> = {
  name: 'stepping',
  inputs: {x: {shape: [2, 3], dtype: 'float32'}, line: {shape: [1, 1], dtype: 'int32'}},
  body: ({x, line}, {weight, cache}) => {
    const loss = (w: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.matMul(x, w)));
    const {value, grad} = tf.valueAndGrad(loss)(weight as tf.Tensor);
    return {
      outputs: {loss: value},
      state: {
        weight: tf.sub(weight as tf.Tensor, tf.mul(grad, 0.001)),
        before: tf.reshape(cache as tf.Tensor, [6]),
        cache: tf.tensorScatterUpdate(cache as tf.Tensor, line, tf.slice(x, 0, 1)),
      },
    };
  },
};
const initial: readonly (readonly [string, HostTensor])[] = [
  ['weight', floats([3, 2], [1, 2, 3, 4, 5, 6])],
  ['cache', floats([2, 3], [0, 0, 0, 0, 0, 0])],
  ['before', floats([6], [9, 9, 9, 9, 9, 9])],
];

test('500 runs leave as many tensors as one, and disposing leaves none', async (t) => {
  const executor = await openOn('tensorflow');
  const addon = loadAddon(1);
  const [tensors, models] = [addon.getNumOfTensors(), addon.getNumOfSavedModels()];
  const state = executor.createState(initial);
  const program = await executor.compile(stepping, state);
  const inputs = {x: Float32Array.of(1, 2, 3, 4, 5, 6), line: Int32Array.of(1)};
  const counts = new Set<number>();
  for (let run = 0; run < 500; run++) {
    await program.run(inputs);
    counts.add(addon.getNumOfTensors());
  }
  t.deepEqual([...counts], [tensors + initial.length]);
  t.is(addon.getNumOfSavedModels(), models + 1);
  await program.dispose();
  state.dispose();
  t.is(addon.getNumOfTensors(), tensors);
  t.is(addon.getNumOfSavedModels(), models);
});

test('lines written into a cache do not reach a tensor that was made of it', async (t) => {
  const executor = await openOn('tensorflow');
  const state = executor.createState(initial);
  const program = await executor.compile(stepping, state);
  await program.run({x: Float32Array.of(1, 2, 3, 0, 0, 0), line: Int32Array.of(0)});
  t.deepEqual(await state.read('before'), floats([6], [0, 0, 0, 0, 0, 0]));
  await program.run({x: Float32Array.of(4, 5, 6, 0, 0, 0), line: Int32Array.of(1)});
  t.deepEqual(await state.read('before'), floats([6], [1, 2, 3, 0, 0, 0]));
  t.deepEqual(await state.read('cache'), floats([2, 3], [1, 2, 3, 4, 5, 6]));
  await program.run({x: Float32Array.of(7, 8, 9, 0, 0, 0), line: Int32Array.of(0)});
  t.deepEqual(await state.read('before'), floats([6], [1, 2, 3, 4, 5, 6]));
});

test('what a caller does to its inputs after the call is not seen by the run', async (t) => {
  const executor = await openOn('tensorflow');
  const state = executor.createState([['kept', floats([4], [0, 0, 0, 0])]]);
  const keep: TensorFunction<'x', never> = {
    name: 'keeping',
    inputs: {x: {shape: [4], dtype: 'float32'}},
    body: ({x}) => ({outputs: {}, state: {kept: x}}),
  };
  const program = await executor.compile(keep, state);
  const x = Float32Array.of(1, 2, 3, 4);
  const running = program.run({x});
  x.fill(9);
  await running;
  t.deepEqual(await state.read('kept'), floats([4], [1, 2, 3, 4]));
});

test('what TensorFlow refuses is said with the program’s name, and the next run goes on', async (t) => {
  const executor = await openOn('tensorflow');
  const state = executor.createState([['table', floats([2, 2], [1, 2, 3, 4])]]);
  const look: TensorFunction<'row', 'line'> = {
    name: 'looking up',
    inputs: {row: {shape: [1], dtype: 'int32'}},
    body: ({row}, {table}) => ({outputs: {line: tf.gather(table as tf.Tensor, row as tf.Tensor1D)}}),
  };
  const program = await executor.compile(look, state);
  await t.throwsAsync(program.run({row: Int32Array.of(7)}), {
    message: /^looking up failed in TensorFlow: .*not in \[0, 2\)/s,
  });
  t.deepEqual((await program.run({row: Int32Array.of(1)})).line, floats([1, 2], [3, 4]));
});

test('with precision bfloat16 products of matrices are rounded to 8 bits, and nothing else is', async (t) => {
  // Nearest to 1 and to 3 among numbers of 8 significant bits; their sum and the products are of more.
  const [one, three] = [1 + 2 ** -9, 3 + 2 ** -8];
  const both: TensorFunction<'x' | 'i', 'product' | 'entries' | 'whole'> = {
    name: 'multiplying',
    inputs: {x: {shape: [1, 2], dtype: 'float32'}, i: {shape: [1, 1], dtype: 'int32'}},
    body: ({x, i}) => ({
      outputs: {
        product: tf.matMul(x, tf.tensor2d([[1], [1]])),
        entries: tf.mul(x, x),
        whole: tf.matMul(i, i),
      },
    }),
  };
  const inputs = {x: Float32Array.of(one, three), i: Int32Array.of(1001)};
  const run = async (precision: 'float32' | 'bfloat16') => {
    const executor = await openOn('tensorflow', 1, precision);
    return (await executor.compile(both, executor.createState([]))).run(inputs);
  };
  const [float32, bfloat16] = [await run('float32'), await run('bfloat16')];
  t.deepEqual(float32.product, floats([1, 1], [one + three]));
  t.deepEqual(bfloat16.product, floats([1, 1], [4]));
  t.deepEqual(bfloat16.entries, floats([1, 2], [Math.fround(one ** 2), Math.fround(three ** 2)]));
  t.deepEqual(bfloat16.whole, integers([1, 1], [1002001]));
});

test('loading the library prints nothing', async (t) => {
  const {TF_CPP_MIN_LOG_LEVEL: _, ...env} = process.env;
  const addon = pathToFileURL(join(packageRoot, 'dist/runtime/tensor/tensorflow/addon.js')).href;
  const script = `const {loadAddon} = await import('${addon}'); loadAddon(1); console.error('last');`;
  const {stdout, stderr} = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {env},
  );
  t.deepEqual([stdout, stderr], ['', 'last\n']);
});
