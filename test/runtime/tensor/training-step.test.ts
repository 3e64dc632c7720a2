/**
 * A training step as the project has them: embeddings, rotary attention with shared key heads, gated layers, a
 * preference loss, gradients by TensorFlow.js, a global norm and an optimizer over the state.
 */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import '../../../runtime/tensor/tensorflow.js';
import type {HostTensor} from '../../../runtime/tensor/executor.js';
import {presentExecutors} from '../../helpers/executors.js';
import {type Body, floats, integers, relativeError, runOn, wave} from './both.js';

const [LAYERS, VOCABULARY, WIDTH, HEADS, KEY_HEADS, HEAD, INNER, BATCH, LENGTH] = [
  2, 11, 16, 4, 2, 4, 24, 4, 7,
];

type Weights = Readonly<Record<string, tf.Tensor>>;

const matrices: Readonly<Record<string, readonly number[]>> = {
  embedding: [VOCABULARY, WIDTH],
  norm: [WIDTH],
  ...Object.fromEntries(
    Array.from({length: LAYERS}, (_, layer) => [
      [`${layer}.norm1`, [WIDTH]],
      [`${layer}.norm2`, [WIDTH]],
      [`${layer}.query`, [HEADS * HEAD, WIDTH]],
      [`${layer}.key`, [KEY_HEADS * HEAD, WIDTH]],
      [`${layer}.value`, [KEY_HEADS * HEAD, WIDTH]],
      [`${layer}.output`, [WIDTH, HEADS * HEAD]],
      [`${layer}.gate`, [INNER, WIDTH]],
      [`${layer}.up`, [INNER, WIDTH]],
      [`${layer}.down`, [WIDTH, INNER]],
    ]).flat() as [string, readonly number[]][],
  ),
};
const names = Object.keys(matrices);

const initial: Record<string, HostTensor> = Object.fromEntries(
  names.flatMap((name, i) => {
    const shape = matrices[name] ?? [];
    return [
      [name, wave(shape, i + 1, 0.4)],
      [`mean.${name}`, floats(shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(0))],
      [`square.${name}`, floats(shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(0))],
    ];
  }),
);

const inputs: Readonly<Record<string, HostTensor>> = {
  tokens: integers(
    [BATCH, LENGTH],
    Array.from({length: BATCH * LENGTH}, (_, i) => (i * i * 7 + 3) % VOCABULARY),
  ),
  mask: floats(
    [BATCH, LENGTH],
    Array.from({length: BATCH * LENGTH}, (_, i) => Number(i % LENGTH > 2)),
  ),
  rate: floats([], [0.01]),
};

const rmsNorm = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor =>
  tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5))), weight);

function rotary(x: tf.Tensor): tf.Tensor {
  const angles = tf.outerProduct(tf.range(0, LENGTH), tf.tensor1d([1, 0.01]));
  const [first, second] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  return tf.concat(
    [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))],
    -1,
  );
}

function attention(x: tf.Tensor, w: (name: string) => tf.Tensor): tf.Tensor {
  const heads = (name: string, count: number) =>
    tf.transpose(tf.reshape(tf.matMul(x, w(name), false, true), [BATCH, LENGTH, count, HEAD]), [0, 2, 1, 3]);
  // Each key head serves HEADS / KEY_HEADS query heads.
  const shared = (x: tf.Tensor) =>
    tf.reshape(tf.tile(tf.reshape(x, [BATCH * KEY_HEADS, 1, -1]), [1, HEADS / KEY_HEADS, 1]), [
      BATCH,
      HEADS,
      LENGTH,
      HEAD,
    ]);
  const scores = tf.matMul(
    rotary(heads('query', HEADS)),
    shared(rotary(heads('key', KEY_HEADS))),
    false,
    true,
  );
  const later = tf.greater(tf.expandDims(tf.range(0, LENGTH), 0), tf.expandDims(tf.range(0, LENGTH), 1));
  const probabilities = tf.softmax(
    tf.where(later, tf.fill([BATCH, HEADS, LENGTH, LENGTH], -1e9), tf.div(scores, Math.sqrt(HEAD))),
  );
  const mixed = tf.transpose(tf.matMul(probabilities, shared(heads('value', KEY_HEADS))), [0, 2, 1, 3]);
  return tf.matMul(tf.reshape(mixed, [BATCH * LENGTH, HEADS * HEAD]), w('output'), false, true);
}

/** The sum of each sequence's masked log-probabilities, [BATCH]. */
function logps(weights: Weights, tokens: tf.Tensor, mask: tf.Tensor): tf.Tensor1D {
  const w = (name: string): tf.Tensor => weights[name] ?? tf.zeros([0]);
  let x: tf.Tensor = tf.reshape(tf.gather(w('embedding'), tokens as tf.Tensor2D), [BATCH * LENGTH, WIDTH]);
  for (let layer = 0; layer < LAYERS; layer++) {
    const of = (name: string) => w(`${layer}.${name}`);
    x = tf.add(x, attention(rmsNorm(x, of('norm1')), of));
    const inner = rmsNorm(x, of('norm2'));
    const gate = tf.matMul(inner, of('gate'), false, true);
    const gated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), tf.matMul(inner, of('up'), false, true));
    x = tf.add(x, tf.matMul(gated, of('down'), false, true));
  }
  const logits = tf.reshape(tf.matMul(rmsNorm(x, w('norm')), w('embedding'), false, true), [
    BATCH,
    LENGTH,
    VOCABULARY,
  ]);
  const predicted = tf.logSoftmax(tf.slice(logits, [0, 0, 0], [-1, LENGTH - 1, -1]));
  const targets = tf.oneHot(
    tf.slice(tokens as tf.Tensor2D, [0, 1], [-1, LENGTH - 1]),
    VOCABULARY,
    1,
    0,
    'float32',
  );
  const chosen = tf.sum(tf.mul(predicted, targets), -1);
  return tf.sum(tf.mul(chosen, tf.slice(mask as tf.Tensor2D, [0, 1])), 1);
}

/** Softplus of the rejected half's lead, plus a clipped and a guarded term so that those gradients are taken too. */
function loss(weights: Weights, tokens: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  const [chosen, rejected] = tf.split(logps(weights, tokens, mask), 2) as [tf.Tensor1D, tf.Tensor1D];
  const margins: tf.Tensor1D = tf.sub(chosen, rejected);
  const first = tf.reshape(tf.slice(tokens as tf.Tensor2D, [0, 0], [BATCH / 2, 1]), [BATCH / 2]);
  const terms = [
    tf.softplus(tf.neg(margins)),
    tf.clipByValue(tf.mul(rejected, 0.1), -1.2, 10),
    tf.where(tf.greater(first, 4), tf.log(tf.add(tf.abs(margins), 1)), tf.maximum(margins, -2)),
  ];
  return tf.mean(tf.addN(terms));
}

/** Adam without its bias correction, after clipping by the global norm. */
const step: Body = ({tokens, mask, rate}, state) => {
  const [ids, kept, learningRate] = [tokens as tf.Tensor, mask as tf.Tensor, rate as tf.Tensor];
  const weights = names.map((name) => state[name] as tf.Tensor);
  const {value, grads} = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
    loss(Object.fromEntries(tensors.map((tensor, i) => [names[i], tensor])), ids, kept),
  )(weights);
  const norm = tf.sqrt(tf.addN(grads.map((gradient) => tf.sum(tf.square(gradient)))));
  const scale = tf.minimum(1, tf.div(1, tf.add(norm, 1e-6)));
  const next = names.flatMap((name, i) => {
    const gradient = tf.mul(grads[i] as tf.Tensor, scale);
    const mean = tf.add(tf.mul(state[`mean.${name}`] as tf.Tensor, 0.9), tf.mul(gradient, 0.1));
    const square = tf.add(
      tf.mul(state[`square.${name}`] as tf.Tensor, 0.99),
      tf.mul(tf.square(gradient), 0.01),
    );
    const change = tf.div(tf.mul(mean, learningRate), tf.add(tf.sqrt(square), 1e-2));
    return [
      [name, tf.sub(state[name] as tf.Tensor, change)],
      [`mean.${name}`, mean],
      [`square.${name}`, square],
    ] as const;
  });
  const gradients = Object.fromEntries(names.map((name, i) => [`gradient.${name}`, grads[i] as tf.Tensor]));
  return {outputs: {loss: value, norm, ...gradients}, state: Object.fromEntries(next)};
};

for (const backend of presentExecutors()) {
  for (const runs of [1, 3]) {
    test(`loss, gradients and state after ${runs} training steps on ${backend} are TensorFlow.js's own to 1e-5 of each tensor's largest entry`, async (t) => {
      const graph = await runOn(backend, step, inputs, initial, runs);
      const eager = await runOn('eager', step, inputs, initial, runs);
      t.is(Object.keys(eager.outputs).length, 2 + names.length);
      for (const kind of ['outputs', 'state'] as const) {
        for (const [name, expected] of Object.entries(eager[kind])) {
          const given = graph[kind][name];
          if (given === undefined) return t.fail(`${name} is missing`);
          const error = relativeError(given, expected);
          t.true(error <= 1e-5, `${kind} ${name}: ${error}`);
          t.true(
            expected.data.some((value) => value !== 0),
            `${name} is not all zeros`,
          );
        }
      }
      return undefined;
    });
  }

  test(`${backend}: gradients of an embedding add up where a token comes many times, the same in every run`, async (t) => {
    // The sizes of a step of the demonstration: threads share the work only where there is enough of it.
    const [rows, width] = [2816, 128];
    const tokens = integers(
      [rows],
      Array.from({length: rows}, (_, i) => (i % 7 === 0 ? 3 : i % 5)),
    );
    const body: Body = ({tokens, scale}, {w}) => {
      const gradient = tf.grad((w) =>
        tf.sum(tf.mul(tf.gather(w, tokens as tf.Tensor1D), scale as tf.Tensor)),
      );
      return {outputs: {gradient: gradient(w as tf.Tensor)}};
    };
    const given = {tokens, scale: wave([rows, width])};
    const results = [];
    for (let run = 0; run < 12; run++) results.push(await runOn(backend, body, given, {w: wave([8, width])}));
    const [first, ...others] = results.map(({outputs}) => outputs.gradient ?? floats([0], []));
    for (const other of others) t.deepEqual(other, first);
    const eager = await runOn('eager', body, given, {w: wave([8, width])});
    t.true(relativeError(first ?? floats([0], []), eager.outputs.gradient ?? floats([0], [])) <= 1e-5);
  });
}
