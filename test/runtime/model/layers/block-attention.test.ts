/** Training's attention by blocks, against the whole product under a mask that is written out. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {attendBlocks, blockMasks, type Sight} from '../../../../runtime/model/layers/block-attention.js';
import {MASKED} from '../../../../runtime/model/layers/layers.js';
import type {HostTensor, SizedFunction} from '../../../../runtime/tensor/executor.js';
import {compileSized} from '../../../../runtime/tensor/sized.js';
import '../../../../runtime/tensor/tensorflow.js';
import {presentExecutors} from '../../../helpers/executors.js';
import {type Body, floats, integers, open, relativeError, runOn, specsOf, wave} from '../../tensor/both.js';

const [HEADS, KEY_HEADS, WIDTH] = [4, 2, 6];

/** A sequence that forks, in a row: tokens of its shared part and of its two branches. */
type Fork = readonly [shared: number, one: number, other: number];

/** What each token sees, told by forks: one after the other, then fillers. */
function sightOf(forks: readonly (readonly Fork[])[], length: number): number[][][] {
  return forks.map((row) => {
    const seen: number[][] = [];
    for (const [shared, ...branches] of row) {
      const begin = seen.length;
      const common = Array.from({length: shared}, (_, i) => begin + i);
      for (const token of common) seen.push(common.filter((other) => other <= token));
      for (const branch of branches) {
        const first = seen.length;
        for (let i = 0; i < branch; i++) {
          seen.push([...common, ...Array.from({length: i + 1}, (_, j) => first + j)]);
        }
      }
    }
    while (seen.length < length) seen.push([seen.length]);
    return seen;
  });
}

/** The same in ranges. */
function rangesOf(forks: readonly (readonly Fork[])[], length: number): Record<keyof Sight, HostTensor> {
  const columns = {sharedBegin: [] as number[], sharedEnd: [] as number[], ownBegin: [] as number[]};
  for (const row of forks) {
    let token = 0;
    const push = (count: number, shared: readonly [number, number], own: (token: number) => number): void => {
      for (const end = token + count; token < end; token++) {
        columns.sharedBegin.push(shared[0]);
        columns.sharedEnd.push(shared[1]);
        columns.ownBegin.push(own(token));
      }
    };
    for (const [shared, ...branches] of row) {
      const begin = token;
      push(shared, [0, 0], () => begin);
      for (const branch of branches) {
        const first = token;
        push(branch, [begin, begin + shared], () => first);
      }
    }
    push(length - token, [0, 0], (token) => token);
  }
  const shape = [forks.length, length];
  return {
    index: integers(
      [length],
      Array.from({length}, (_, i) => i),
    ),
    sharedBegin: integers(shape, columns.sharedBegin),
    sharedEnd: integers(shape, columns.sharedEnd),
    ownBegin: integers(shape, columns.ownBegin),
  };
}

function denseMask(seen: readonly (readonly (readonly number[])[])[], length: number): HostTensor {
  const mask = seen.flatMap((row) =>
    row.flatMap((others) => Array.from({length}, (_, other) => (others.includes(other) ? 0 : MASKED))),
  );
  return floats([seen.length, 1, length, length], mask);
}

const headsOf = (rows: number, length: number): Record<string, HostTensor> => ({
  queries: wave([rows, HEADS, length, WIDTH], 1),
  keys: wave([rows, KEY_HEADS, length, WIDTH], 2),
  values: wave([rows, KEY_HEADS, length, WIDTH], 3),
  dy: wave([rows, HEADS, length, WIDTH], 4),
});

type Attention = (queries: tf.Tensor4D, keys: tf.Tensor4D, values: tf.Tensor4D) => tf.Tensor4D;

/** What attention gives, and its gradients where its result's is `dy`. */
function derived(attend: Attention, inputs: Readonly<Record<string, tf.Tensor>>) {
  const {queries, keys, values, dy} = inputs as Record<string, tf.Tensor4D>;
  const {value, grads} = tf.valueAndGrads((...heads: tf.Tensor[]) =>
    attend(...(heads as Parameters<Attention>)),
  )([queries, keys, values] as tf.Tensor[], dy);
  const [dQueries, dKeys, dValues] = grads as [tf.Tensor, tf.Tensor, tf.Tensor];
  return {outputs: {mixed: value as tf.Tensor, dQueries, dKeys, dValues}};
}

const byBlocks =
  (blocks: number, keepWeights: boolean): Body =>
  (inputs) => {
    const masks = blockMasks(inputs as unknown as Sight, HEADS / KEY_HEADS, blocks);
    return derived(
      (queries, keys, values) => attendBlocks({queries, keys, values}, masks, keepWeights),
      inputs,
    );
  };

/** Every head by itself, as plain operations that TensorFlow.js differentiates. */
const whole: Body = (inputs) => {
  const expanded = (x: tf.Tensor4D): tf.Tensor4D => {
    const [rows, , length] = x.shape;
    const once = tf.reshape(x, [rows * KEY_HEADS, 1, length * WIDTH]);
    const tiled = tf.tile(once, [1, HEADS / KEY_HEADS, 1]);
    return tf.reshape(tiled, [rows, HEADS, length, WIDTH]);
  };
  return derived((queries, keys, values) => {
    const scores = tf.matMul(queries, expanded(keys), false, true);
    return tf.matMul(tf.softmax(tf.add(scores, inputs.mask as tf.Tensor)), expanded(values));
  }, inputs);
};

const forks: readonly (readonly Fork[])[] = [
  // Two sequences in a row, one that goes over several blocks, one that never forks; and three fillers.
  [
    [5, 4, 7],
    [5, 0, 0],
  ],
  // One of a single token, one of branches alone in their blocks, and no filler.
  [
    [1, 0, 0],
    [2, 11, 10],
  ],
];

const present = presentExecutors();

for (const backend of [...present, 'eager'] as const) {
  for (const [blocks, keepWeights] of [
    [1, false],
    [8, false],
    [8, true],
  ] as const) {
    const weights = keepWeights ? 'kept' : 'computed again';
    test(`${blocks} blocks give what the whole gives, and its gradients, weights ${weights}: ${backend}`, async (t) => {
      const length = 24;
      const inputs = {...headsOf(2, length), ...rangesOf(forks, length)};
      const mask = denseMask(sightOf(forks, length), length);
      const expected = await runOn('eager', whole, {...headsOf(2, length), mask});
      const given = await runOn(backend, byBlocks(blocks, keepWeights), inputs);
      for (const [name, tensor] of Object.entries(expected.outputs)) {
        const error = relativeError(given.outputs[name] as HostTensor, tensor);
        t.true(error < 1e-5, `${name}: ${error}`);
      }
    });
  }
}

for (const backend of present) {
  test(`one graph serves rows of any number and length: ${backend}`, async (t) => {
    const fn: SizedFunction<'rows' | 'block', string, string> = {
      name: 'attention',
      sizes: ['rows', 'block'],
      at: ({rows, block}) => ({
        name: `attention ${rows}x${block}`,
        inputs: specsOf(inputsOf(rows, 8 * block)),
        body: byBlocks(8, false),
      }),
    };
    const executor = await open(backend);
    const program = await compileSized(executor, fn, executor.createState([]), {buildIn: false});
    for (const [rows, block] of [
      [1, 1],
      [3, 2],
    ] as const) {
      const inputs = inputsOf(rows, 8 * block);
      const arrays = Object.fromEntries(Object.entries(inputs).map(([name, {data}]) => [name, data]));
      const given = await program.run({rows, block}, arrays);
      const {outputs} = await runOn('eager', byBlocks(8, false), inputs);
      for (const [name, tensor] of Object.entries(outputs)) {
        t.true(relativeError(given[name] as HostTensor, tensor) < 1e-5, name);
      }
    }
    await program.dispose();
  });
}

/** Rows of a pair each, a quarter of which is shared and a quarter fillers. */
function inputsOf(rows: number, length: number): Record<string, HostTensor> {
  const quarter = Math.floor(length / 4);
  const row: readonly Fork[] = [[quarter, quarter, quarter]];
  return {...headsOf(rows, length), ...rangesOf(new Array(rows).fill(row), length)};
}
