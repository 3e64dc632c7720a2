/** Optimizers against numbers worked out by hand, for three steps of one weight and of another that never moves. */
import '../../../../runtime/tensor/cpu.js';
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {clipByGlobalNorm} from '../../../../runtime/learning/optimizers/clip.js';
import type {Optimizer, StepScalars} from '../../../../runtime/learning/optimizers/optimizer.js';
import {optimizers} from '../../../../runtime/learning/optimizers/optimizers.js';
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

/** One step of an optimizer, its scalars in float32 as an executor takes them. */
function stepOf(optimizer: Optimizer, state: NamedTensors, gradient: tf.Tensor, options: StepScalars) {
  const values = optimizer.scalars(options);
  const scalars = Object.entries(values).map(([name, value]) => [name, tf.scalar(value)]);
  return {
    ...state,
    ...optimizer.step({state, gradients: {w: gradient}, scalars: Object.fromEntries(scalars)}),
  };
}

const {rmsprop, adamw, sgd} = optimizers;

test.serial('RMSProp takes the steps of torch.optim.RMSprop', (t) => {
  let state = tensorsOf([...weights, ...rmsprop.initial(weights)]);
  t.deepEqual(Object.keys(state), ['w', 'optimizer.square_avg.w']);
  // v: .01·4 = .04; .99·.04 + .01·1 = .0496; .99·.0496 + .01·.25 = .051604.
  // w at rate .1: 1 − .1·2/.2 = 0; 0 + .1/√.0496; that − .05/√.051604.
  const squares = [0.04, 0.0496, 0.051604];
  const values = [0, 0.449013255, 0.228909092];
  for (const [stepsDone, gradient] of gradients.entries()) {
    state = stepOf(rmsprop, state, tf.tensor1d([gradient, 0]), {learningRate: 0.1, stepsDone});
    near(t, first(state, 'optimizer.square_avg.w'), squares[stepsDone] ?? Number.NaN);
    near(t, first(state, 'w'), values[stepsDone] ?? Number.NaN);
    t.is(second(state, 'w'), 0.5);
  }
});

test.serial(
  'RMSProp adds its ε to the root, so that a tiny gradient moves a weight by less than ten rates',
  (t) => {
    const state = tensorsOf([...weights, ...rmsprop.initial(weights)]);
    // √v = .1 · 1e-7 = 1e-8, as large as ε: half of ten rates.
    const next = stepOf(rmsprop, state, tf.tensor1d([1e-7, 0]), {learningRate: 0.01, stepsDone: 0});
    near(t, first(next, 'w'), 1 - 0.05);
  },
);

test.serial('AdamW without weight decay takes the steps of torch.optim.Adam', (t) => {
  let state = tensorsOf([...weights, ...adamw.initial(weights)]);
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
  for (const [stepsDone, gradient] of gradients.entries()) {
    state = stepOf(adamw, state, tf.tensor1d([gradient, 0]), {learningRate: 0.1, stepsDone});
    wanted -= 0.1 * (change[stepsDone] ?? Number.NaN);
    near(t, first(state, 'optimizer.exp_avg.w'), m[stepsDone] ?? Number.NaN);
    near(t, first(state, 'optimizer.exp_avg_sq.w'), v[stepsDone] ?? Number.NaN);
    near(t, first(state, 'w'), wanted);
    t.is(second(state, 'w'), 0.5);
  }
});

test.serial('AdamW decays a matrix as torch.optim.AdamW does, by the rate times the decay', (t) => {
  const matrix: ReadonlyMap<string, HostTensor> = new Map([
    ['w', {shape: [1, 2], dtype: 'float32', data: Float32Array.of(1, 0.5)}],
  ]);
  let state = tensorsOf([...matrix, ...adamw.initial(matrix)]);
  // torch.optim.AdamW(lr=0.1, weight_decay=0.1) in float64; without a gradient w is .99 of what it was.
  const wanted = [
    [0.8900000005, 0.495],
    [0.8544662967, 0.49005],
    [0.8118787192, 0.4851495],
  ];
  for (const [stepsDone, gradient] of gradients.entries()) {
    const options = {learningRate: 0.1, stepsDone, weightDecay: 0.1};
    state = stepOf(adamw, state, tf.tensor2d([[gradient, 0]]), options);
    near(t, first(state, 'w'), wanted[stepsDone]?.[0] ?? Number.NaN);
    near(t, second(state, 'w'), wanted[stepsDone]?.[1] ?? Number.NaN);
  }
});

test.serial('AdamW leaves vectors undecayed: biases and norms', (t) => {
  const state = tensorsOf([...weights, ...adamw.initial(weights)]);
  const options = {learningRate: 0.1, stepsDone: 0, weightDecay: 0.1};
  t.is(second(stepOf(adamw, state, tf.tensor1d([2, 0]), options), 'w'), 0.5);
});

test.serial(
  'a step of AdamW late in a run is corrected without loss, since its scalars are worked out in float64',
  (t) => {
    const {stepSize, correction, keep} = adamw.scalars({
      learningRate: 1e-6,
      stepsDone: 999,
      weightDecay: 0.01,
    });
    near(t, Number(stepSize) * 1e6, 1 / (1 - 0.9 ** 1000));
    near(t, Number(correction), 0.795175814);
    near(t, Number(keep), 1 - 1e-8);
  },
);

test.serial('SGD takes the steps of torch.optim.SGD and keeps nothing', (t) => {
  t.deepEqual([...sgd.initial(weights)], []);
  let state = tensorsOf(weights);
  const values = [0.8, 0.9, 0.85];
  for (const [stepsDone, gradient] of gradients.entries()) {
    state = stepOf(sgd, state, tf.tensor1d([gradient, 0]), {learningRate: 0.1, stepsDone});
    near(t, first(state, 'w'), values[stepsDone] ?? Number.NaN);
    t.is(second(state, 'w'), 0.5);
  }
});

test('every optimizer gives exactly the scalars that it names', (t) => {
  for (const optimizer of Object.values<Optimizer>(optimizers)) {
    t.deepEqual(Object.keys(optimizer.scalars({learningRate: 1, stepsDone: 0})), optimizer.scalarNames);
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
