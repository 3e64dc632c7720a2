import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {countingExecutor, forwardFlop, stepFlop} from '../../../../runtime/bench/learner/flops.js';
import {configOf} from '../../../../runtime/bench/workload/sizes.js';
import {makePairs} from '../../../../runtime/bench/workload/workload.js';
import {parameterShapes} from '../../../../runtime/model/files/parameters.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';

test('a forward pass costs 2 for each weight of a matrix and token, and attention over the whole square', (t) => {
  // 0.4M: two layers of 128·(2·128 + 2·64 + 3·352) = 184,320 weights, 128·256 = 32,768 of the output matrix.
  // 10 tokens: 20 · 401,408; attention 2 · 4 · 100 · 128.
  t.is(forwardFlop(configOf('0.4M'), 10), 20 * 401_408 + 102_400);
});

test('a step of 16 pairs of 96 tokens is three forward passes of 32 sequences', (t) => {
  const pairs = makePairs({kind: 'clair', pairs: 16, tokens: 96, vocabSize: 256});
  t.is(stepFlop(configOf('0.4M'), pairs), 96 * forwardFlop(configOf('0.4M'), 96));
});

test('what is counted is the products of every run', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const counting = countingExecutor(executor);
  const state = counting.executor.createState([
    ['w', {shape: [7, 5], dtype: 'float32', data: new Float32Array(35)}],
  ]);
  const program = await counting.executor.compile(
    {
      name: 'product',
      inputs: {x: {shape: [3, 5], dtype: 'float32'}},
      body: ({x}, {w}) => ({outputs: {y: tf.matMul(x, w as tf.Tensor2D, false, true)}}),
    },
    state,
  );
  for (let run = 0; run < 4; run++) await program.run({x: new Float32Array(15)});
  t.is(counting.flop(), 4 * 2 * 3 * 5 * 7);
  await program.dispose();
});

test('sizes have the parameters that their names say', (t) => {
  const counts = (['0.4M', '0.9M', '3M', '10M', '30M', '135M'] as const).map((size) =>
    [...parameterShapes(configOf(size)).values()].reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    ),
  );
  // What transformers counts for the same configurations.
  t.deepEqual(counts, [402_048, 885_696, 3_033_344, 9_638_784, 27_795_968, 134_515_008]);
});
