/** What every executor promises, checked on each. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import type {TensorFunction} from '../../../runtime/tensor/executor.js';
import {presentExecutors} from '../../helpers/executors.js';
import {floats, integers, open, runOn} from './both.js';

/** count ← count + step; gives the sum before, and where the count was. */
const counting: TensorFunction<'step', 'before' | 'index'> = {
  name: 'counting',
  inputs: {step: {shape: [2], dtype: 'float32'}},
  body: ({step}, {count, index}) => ({
    outputs: {before: count as tf.Tensor, index: index as tf.Tensor},
    state: {
      count: tf.add(count as tf.Tensor, step),
      index: tf.add(index as tf.Tensor, tf.scalar(1, 'int32')),
    },
  }),
};

const summing: TensorFunction<never, 'sum'> = {
  name: 'summing',
  inputs: {},
  body: (_, {count}) => ({outputs: {sum: tf.sum(count as tf.Tensor)}}),
};

const graphExecutors = presentExecutors();

for (const backend of [...graphExecutors, 'eager'] as const) {
  const start = async () => {
    const executor = await open(backend);
    const state = executor.createState([
      ['count', floats([2], [1, 10])],
      ['index', integers([], [7])],
      ['unused', floats([1], [3])],
    ]);
    return {executor, state, program: await executor.compile(counting, state)};
  };

  test(`${backend}: each run reads the state that the run before it left`, async (t) => {
    const {state, program} = await start();
    const outputs = [];
    for (const step of [1, 2, 3]) outputs.push(await program.run({step: Float32Array.of(step, -step)}));
    t.deepEqual(
      outputs.map(({before}) => [...before.data]),
      [
        [1, 10],
        [2, 9],
        [4, 7],
      ],
    );
    t.deepEqual(
      outputs.map(({index}) => index),
      [integers([], [7]), integers([], [8]), integers([], [9])],
    );
    t.deepEqual(await state.read('count'), floats([2], [7, 4]));
    t.deepEqual(await state.read('index'), integers([], [10]));
    t.deepEqual(state.names(), ['count', 'index', 'unused']);
  });

  test(`${backend}: two programs share one state`, async (t) => {
    const {executor, state, program} = await start();
    const sum = await executor.compile(summing, state);
    await program.run({step: Float32Array.of(1, 2)});
    t.deepEqual((await sum.run({})).sum, floats([], [14]));
    await program.run({step: Float32Array.of(1, 2)});
    t.deepEqual((await sum.run({})).sum, floats([], [17]));
    await program.dispose();
    t.deepEqual((await sum.run({})).sum, floats([], [17]), 'another program lives on');
  });

  test(`${backend}: what was written, read or given out is a copy`, async (t) => {
    const {executor, program} = await start();
    const given = floats([2], [1, 1]);
    const state = executor.createState([
      ['count', given],
      ['index', integers([], [0])],
    ]);
    const compiled = await executor.compile(counting, state);
    given.data[0] = 99;
    const [first] = [await compiled.run({step: Float32Array.of(1, 1)})];
    first.before.data[1] = 77;
    const read = await state.read('count');
    read.data[0] = 55;
    await compiled.run({step: Float32Array.of(1, 1)});
    t.deepEqual(first.before, floats([2], [1, 77]));
    t.deepEqual(await state.read('count'), floats([2], [3, 3]));
    await program.dispose();
  });

  test(`${backend}: a tensor written between runs is read by the next; in another shape it is refused by name`, async (t) => {
    const {state, program} = await start();
    await program.run({step: Float32Array.of(0, 0)});
    state.write('count', floats([2], [5, 6]));
    const {before} = await program.run({step: Float32Array.of(1, 1)});
    t.deepEqual(before, floats([2], [5, 6]));
    t.deepEqual(await state.read('count'), floats([2], [6, 7]));
    state.write('count', floats([3], [1, 2, 3]));
    await t.throwsAsync(program.run({step: Float32Array.of(1, 1)}), {
      message: /state tensor count .*\[2\].*\[3\]/,
    });
  });

  test(`${backend}: inputs of a wrong length or type, or missing, are refused by name`, async (t) => {
    const {program} = await start();
    await t.throwsAsync(program.run({step: Float32Array.of(1)}), {
      message: 'counting: input step must have 2 values for [2] and has 1',
    });
    await t.throwsAsync(program.run({step: Int32Array.of(1, 2)}), {
      message: /input step must be float32 and is int32/,
    });
    // @ts-expect-error an input is missing
    await t.throwsAsync(program.run({}), {message: /input step is missing/});
  });

  test(`${backend}: unknown tensors, wrong values and another executor's state are refused`, async (t) => {
    const {executor, state} = await start();
    const stranger = await open(backend === 'eager' ? 'onnx' : 'eager');
    await t.throwsAsync(state.read('weight'), {message: 'the state has no tensor weight'});
    t.throws(() => state.write('count', {shape: [2], dtype: 'float32', data: new Float32Array(3)}), {
      message: 'state tensor count must have 2 values for [2] and has 3',
    });
    await t.throwsAsync(executor.compile(counting, stranger.createState([])), {
      message: /another executor's/,
    });
  });

  test(`${backend}: an output may be an input, the state as it was, or one tensor twice`, async (t) => {
    const body = ({x}: Readonly<Record<string, tf.Tensor>>, {w}: Readonly<Record<string, tf.Tensor>>) => {
      const doubled = tf.mul(x as tf.Tensor, 2);
      const outputs = {x: x as tf.Tensor, w: w as tf.Tensor, first: doubled, second: doubled};
      return {outputs, state: {w: doubled}};
    };
    const {outputs, state} = await runOn(backend, body, {x: floats([2], [3, 4])}, {w: floats([2], [1, 2])});
    t.deepEqual(outputs, {
      x: floats([2], [3, 4]),
      w: floats([2], [1, 2]),
      first: floats([2], [6, 8]),
      second: floats([2], [6, 8]),
    });
    t.deepEqual(state, {w: floats([2], [6, 8])});
  });

  test(`${backend}: an input that nothing reads is given all the same`, async (t) => {
    const body = ({x}: Readonly<Record<string, tf.Tensor>>) => ({outputs: {y: tf.neg(x as tf.Tensor)}});
    const {outputs} = await runOn(backend, body, {x: floats([2], [3, 4]), unread: integers([1], [1])});
    t.deepEqual(outputs, {y: floats([2], [-3, -4])});
  });

  test(`${backend}: states may be swapped tensor for tensor`, async (t) => {
    const body = (_: unknown, {p, q}: Readonly<Record<string, tf.Tensor>>) => ({
      outputs: {},
      state: {p: q as tf.Tensor, q: p as tf.Tensor},
    });
    const initial = {p: floats([2], [1, 2]), q: floats([2], [3, 4])};
    const {state} = await runOn(backend, body, {}, initial, 3);
    t.deepEqual(state, {p: floats([2], [3, 4]), q: floats([2], [1, 2])});
  });
}

/** A cache [3, 2, 2] of lines that each run writes, and what it held before. */
const caching: TensorFunction<'lines' | 'values', 'sum' | 'twice'> = {
  name: 'caching',
  inputs: {lines: {shape: [2, 2], dtype: 'int32'}, values: {shape: [2, 2], dtype: 'float32'}},
  body: ({lines, values}, {cache}) => ({
    outputs: {sum: tf.sum(cache as tf.Tensor), twice: tf.mul(values, 2)},
    state: {cache: tf.tensorScatterUpdate(tf.clone(cache as tf.Tensor), lines, values)},
  }),
};

for (const backend of graphExecutors) {
  test(`${backend}: lines written into a tensor of the state go there after the run, which read it as it was`, async (t) => {
    const executor = await open(backend);
    const state = executor.createState([['cache', floats([3, 2, 2], new Array(12).fill(1))]]);
    const program = await executor.compile(caching, state);
    const first = await program.run({
      lines: Int32Array.of(0, 1, 2, 0),
      values: Float32Array.of(10, 20, 30, 40),
    });
    t.deepEqual(first, {sum: floats([], [12]), twice: floats([2, 2], [20, 40, 60, 80])});
    t.deepEqual(await state.read('cache'), floats([3, 2, 2], [1, 1, 10, 20, 1, 1, 1, 1, 30, 40, 1, 1]));
    const second = await program.run({lines: Int32Array.of(0, 0, 0, 0), values: Float32Array.of(5, 6, 7, 8)});
    t.deepEqual(second.sum, floats([], [108]));
    t.deepEqual(
      await state.read('cache'),
      floats([3, 2, 2], [7, 8, 10, 20, 1, 1, 1, 1, 30, 40, 1, 1]),
      'the later line wins',
    );
  });

  test(`${backend}: a line outside the tensor is refused by name`, async (t) => {
    const executor = await open(backend);
    const state = executor.createState([['cache', floats([3, 2, 2], new Array(12).fill(1))]]);
    const program = await executor.compile(caching, state);
    const lines = Int32Array.of(3, 0, 0, 0);
    await t.throwsAsync(program.run({lines, values: Float32Array.of(5, 6, 7, 8)}), {
      message: /outside state tensor cache/,
    });
  });

  test(`${backend}: a run that begins before another on its state has ended is refused`, async (t) => {
    const executor = await open(backend);
    const state = executor.createState([
      ['count', floats([2], [0, 0])],
      ['index', integers([], [0])],
    ]);
    const program = await executor.compile(counting, state);
    const first = program.run({step: Float32Array.of(1, 1)});
    await t.throwsAsync(program.run({step: Float32Array.of(1, 1)}), {
      message: /counting was run while counting runs/,
    });
    await first;
    await program.run({step: Float32Array.of(1, 1)});
    t.deepEqual(await state.read('count'), floats([2], [2, 2]));
  });

  test(`${backend}: a tensor written while a run is under way stays as written`, async (t) => {
    const executor = await open(backend);
    const state = executor.createState([
      ['count', floats([2], [0, 0])],
      ['index', integers([], [0])],
    ]);
    const program = await executor.compile(counting, state);
    const running = program.run({step: Float32Array.of(1, 1)});
    state.write('count', floats([2], [40, 50]));
    await running;
    t.deepEqual(await state.read('count'), floats([2], [40, 50]));
    await program.run({step: Float32Array.of(1, 1)});
    t.deepEqual(await state.read('count'), floats([2], [41, 51]));
  });
}

// Before the others, which have tensors of their own.
test.serial('eager: runs leave no tensors behind, disposing the state leaves none at all', async (t) => {
  const executor = await open('eager');
  const before = tf.memory().numTensors;
  const state = executor.createState([
    ['count', floats([2], [0, 0])],
    ['index', integers([], [0])],
  ]);
  const program = await executor.compile(counting, state);
  for (let run = 0; run < 3; run++) await program.run({step: Float32Array.of(1, 1)});
  t.is(tf.memory().numTensors, before + 2);
  state.dispose();
  t.is(tf.memory().numTensors, before);
});
