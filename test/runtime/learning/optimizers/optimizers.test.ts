/** Optimizers against numbers worked out by hand, for three steps of one weight and of another that never moves. */
import '../../../../runtime/tensor/cpu.js';
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {adam, adamScales, initialAdam} from '../../../../runtime/learning/optimizers/adam.js';
import {clipByGlobalNorm} from '../../../../runtime/learning/optimizers/clip.js';
import {initialRmsprop, rmsprop} from '../../../../runtime/learning/optimizers/rmsprop.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';

const weights: ReadonlyMap<string, HostTensor> = new Map([
  ['w', {shape: [2], dtype: 'float32', data: Float32Array.of(1, 0.5)}],
]);
/** The second entry's gradient is always 0. */
const gradients = [2, -1, 0.5];

type NamedTensors = Record<string, tf.Tensor>;

const tensorsOf = (host: Iterable<readonly [string, HostTensor]>): NamedTensors =>
  Object.fromEntries([...host].map(([name, {data, shape}]) => [name, tf.tensor(data, [...shape])]));

const first = (state: NamedTensors, name: string): number => state[name]?.dataSync()[0] ?? Number.NaN;
const second = (state: NamedTensors, name: string): number => state[name]?.dataSync()[1] ?? Number.NaN;

function near(t: ExecutionContext, actual: number, wanted: number): void {
  t.true(Math.abs(actual - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)), `${actual} is not ${wanted}`);
}

test.serial('RMSProp takes the steps of torch.optim.RMSprop', (t) => {
  let state = tensorsOf([...weights, ...initialRmsprop(weights)]);
  t.deepEqual(Object.keys(state), ['w', 'optimizer.square_avg.w']);
  // v: .01·4 = .04; .99·.04 + .01·1 = .0496; .99·.0496 + .01·.25 = .051604.
  // w at rate .1: 1 − .1·2/.2 = 0; 0 + .1/√.0496; that − .05/√.051604.
  const squares = [0.04, 0.0496, 0.051604];
  const values = [0, 0.449013255, 0.228909092];
  for (const [step, gradient] of gradients.entries()) {
    state = rmsprop({state, gradients: {w: tf.tensor1d([gradient, 0])}, learningRate: tf.scalar(0.1)});
    near(t, first(state, 'optimizer.square_avg.w'), squares[step] ?? Number.NaN);
    near(t, first(state, 'w'), values[step] ?? Number.NaN);
    t.is(second(state, 'w'), 0.5);
  }
});

test.serial(
  'RMSProp adds its ε to the root, so that a tiny gradient moves a weight by less than ten rates',
  (t) => {
    const state = tensorsOf([...weights, ...initialRmsprop(weights)]);
    // √v = .1 · 1e-7 = 1e-8, as large as ε: half of ten rates.
    const next = rmsprop({state, gradients: {w: tf.tensor1d([1e-7, 0])}, learningRate: tf.scalar(0.01)});
    near(t, first(next, 'w'), 1 - 0.05);
  },
);

test.serial('Adam takes the steps of torch.optim.Adam', (t) => {
  let state = tensorsOf([...weights, ...initialAdam(weights)]);
  t.deepEqual(Object.keys(state), ['w', 'optimizer.exp_avg.w', 'optimizer.exp_avg_sq.w']);
  // m: .2; .9·.2 − .1 = .08; .9·.08 + .05 = .122.  v: .004; .999·.004 + .001 = .004996; .999·.004996 + .00025.
  // Corrected: 2 and 4; .08/.19 and .004996/.001999; .122/.271 and .005241004/.002997001. Rate .1.
  const m = [0.2, 0.08, 0.122];
  const v = [0.004, 0.004996, 0.005241004];
  const change = [
    2 / 2,
    0.08 / 0.19 / Math.sqrt(0.004996 / 0.001999),
    0.122 / 0.271 / Math.sqrt(0.005241004 / 0.002997001),
  ];
  let wanted = 1;
  for (const [step, gradient] of gradients.entries()) {
    const scales = adamScales(0.1, step);
    const learningRate = tf.scalar(scales.learningRate);
    const correction = tf.scalar(scales.correction);
    state = adam({state, gradients: {w: tf.tensor1d([gradient, 0])}, learningRate, correction});
    wanted -= 0.1 * (change[step] ?? Number.NaN);
    near(t, first(state, 'optimizer.exp_avg.w'), m[step] ?? Number.NaN);
    near(t, first(state, 'optimizer.exp_avg_sq.w'), v[step] ?? Number.NaN);
    near(t, first(state, 'w'), wanted);
    t.is(second(state, 'w'), 0.5);
  }
});

test.serial('gradients longer than the norm allowed are scaled together, shorter ones stay', (t) => {
  const given = {a: tf.tensor1d([3]), b: tf.tensor2d([[0, 4]])};
  const long = clipByGlobalNorm(given, 1);
  t.is(long.norm.dataSync()[0], 5);
  near(t, first(long.gradients, 'a'), 3 / 5.000001);
  near(t, second(long.gradients, 'b'), 4 / 5.000001);
  const short = clipByGlobalNorm(given, 10);
  t.is(short.norm.dataSync()[0], 5);
  t.is(first(short.gradients, 'a'), 3);
  t.is(second(short.gradients, 'b'), 4);
});

test.serial('gradients that are all 0 are clipped to 0, not to NaN', (t) => {
  const {gradients: clipped, norm} = clipByGlobalNorm({a: tf.zeros([2])}, 1);
  t.is(norm.dataSync()[0], 0);
  t.deepEqual([...(clipped.a?.dataSync() ?? [])], [0, 0]);
});
