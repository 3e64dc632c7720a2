/** Products with built-in weights of 8 bits: what they compute, and what they leave as it is. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import type {HostTensor, SizedFunction} from '../../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {compileSized} from '../../../../runtime/tensor/sized.js';
import {relativeError, wave} from '../both.js';

/** y = x Wᵀ + b, and the lines of W that `ids` names, as an embedding of a model whose output is tied to it. */
const tied = (width: number): SizedFunction<'rows', 'x' | 'ids', 'y' | 'lines'> => ({
  name: 'tied',
  sizes: ['rows'],
  at: ({rows}) => ({
    name: `tied ${rows}`,
    inputs: {x: {shape: [rows, width], dtype: 'float32'}, ids: {shape: [rows], dtype: 'int32'}},
    body: ({x, ids}, {w, b}) => ({
      outputs: {
        y: tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true), b as tf.Tensor),
        lines: tf.gather(w as tf.Tensor, ids as tf.Tensor1D),
      },
    }),
  }),
});

const BLOCK = 32;

/** Each block of 32 along a row rounded to whole multiples, from -127 to 127, of its largest entry / 127. */
const rounded = ({shape: [rows = 0, width = 0], data}: HostTensor): number[][] =>
  Array.from({length: rows}, (_, row) => {
    const values = Array.from(data.slice(row * width, (row + 1) * width));
    return values.map((value, at) => {
      const begin = BLOCK * Math.floor(at / BLOCK);
      const scale = Math.max(...values.slice(begin, begin + BLOCK).map(Math.abs)) / 127;
      return scale === 0 ? 0 : scale * Math.round(value / scale);
    });
  });

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

const openTied = async (width: number, w: HostTensor, b: HostTensor) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 2, precision: 'int8'});
  const state = executor.createState([
    ['w', w],
    ['b', b],
  ]);
  return {state, program: await compileSized(executor, tied(width), state, {buildIn: true, letGo: true})};
};

for (const width of [64, 72, 576]) {
  test(`a product is that of operands of 8 bits, ${width} wide; lines of the weights are exact`, async (t) => {
    const [w, b] = [wave([40, width], 1, 0.3), wave([40], 2)];
    const {program} = await openTied(width, w, b);
    for (const rows of [1, 5, 33]) {
      const x = wave([rows, width], 3);
      const ids = Int32Array.from({length: rows}, (_, row) => (7 * row) % 40);
      const {y, lines} = await program.run({rows}, {x: x.data, ids});
      const [left, right] = [rounded(x), rounded(w)];
      const expected = left.flatMap((row) => right.map((column, at) => dot(row, column) + (b.data[at] ?? 0)));
      t.true(relativeError(y, {...y, data: Float32Array.from(expected)}) < 1e-5, `${rows} rows`);
      const exact = Array.from(ids).flatMap((id) => Array.from(w.data.slice(id * width, (id + 1) * width)));
      t.deepEqual(Array.from(lines.data), exact);
    }
    await program.dispose();
  });
}

test('a row has the same bits alone and beside others', async (t) => {
  const {program} = await openTied(576, wave([300, 576], 1), wave([300], 2));
  t.true(program.isSteady);
  const x = wave([64, 576], 3).data as Float32Array;
  const all = await program.run({rows: 64}, {x, ids: new Int32Array(64)});
  for (const row of [0, 13, 63]) {
    const alone = await program.run(
      {rows: 1},
      {x: x.slice(row * 576, (row + 1) * 576), ids: new Int32Array(1)},
    );
    t.deepEqual(Array.from(alone.y.data), Array.from(all.y.data.slice(row * 300, (row + 1) * 300)));
  }
  await program.dispose();
});

test('weights of zeros, and weights that are written anew, are what is multiplied by', async (t) => {
  const zeros = (shape: number[]): HostTensor => ({
    shape,
    dtype: 'float32',
    data: new Float32Array(shape.reduce((size, length) => size * length, 1)),
  });
  const {state, program} = await openTied(64, zeros([40, 64]), zeros([40]));
  const inputs = {x: wave([2, 64], 3).data, ids: new Int32Array(2)};
  t.true((await program.run({rows: 2}, inputs)).y.data.every((value) => value === 0));
  state.write('w', wave([40, 64], 1));
  state.write('b', zeros([40]));
  t.true((await program.run({rows: 2}, inputs)).y.data.some((value) => Math.abs(value) > 0.1));
  await program.dispose();
});

test('it is of the backend onnx on the processor alone', async (t) => {
  for (const options of [{backend: 'eager'}, {backend: 'auto', device: 'webgpu'}] as const) {
    await t.throwsAsync(openExecutor({...options, threads: 1, precision: 'int8'}), {
      instanceOf: TerminalError,
      message: /int8/,
    });
  }
});
