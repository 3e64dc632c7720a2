/** Constants of a program whose values are loaded when it is built, or stay in their file until it has laid them out. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import type {HostTensor, LazyTensor, SizedFunction} from '../../../../runtime/tensor/executor.js';
import {writeGiven} from '../../../../runtime/tensor/given.js';
import {compileSized} from '../../../../runtime/tensor/sized.js';
import {openOn} from '../../../helpers/executors.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {wave} from '../both.js';

const WIDTH = 24;
const IDS = 40;

/** Rows of a table, times a matrix and a gain, times the table: as in a model whose embedding is tied. */
const tied: SizedFunction<'rows', 'ids', 'scores'> = {
  name: 'tied',
  sizes: ['rows'],
  at: ({rows}) => ({
    name: `tied ${rows}`,
    inputs: {ids: {shape: [rows], dtype: 'int32'}},
    body: ({ids}, {table, matrix, gain}) => {
      const looked = tf.gather(table as tf.Tensor2D, ids as tf.Tensor1D);
      const hidden = tf.mul(tf.matMul(looked, matrix as tf.Tensor2D, false, true), gain as tf.Tensor);
      return {outputs: {scores: tf.matMul(hidden as tf.Tensor2D, table as tf.Tensor2D, false, true)}};
    },
  }),
};

/** Reads the table whole. */
const tableTwice: SizedFunction<'rows', 'ids', 'scores'> = {
  ...tied,
  name: 'twice',
  at: ({rows}) => ({
    name: `twice ${rows}`,
    inputs: {ids: {shape: [rows], dtype: 'int32'}},
    body: ({ids}, {table}) => {
      const twice = tf.mul(table as tf.Tensor2D, 2);
      return {outputs: {scores: tf.add(twice, tf.mul(tf.sum(ids as tf.Tensor), 0))}};
    },
  }),
};

const tensorsOf = (seed: number): Map<string, HostTensor> =>
  new Map([
    ['table', wave([IDS, WIDTH], seed)],
    ['matrix', wave([WIDTH, WIDTH], seed + 1)],
    ['gain', wave([WIDTH], seed + 2)],
  ]);

/** The tensors in a file of a few other bytes, and what is asked of each. */
function inFile(t: ExecutionContext, tensors: ReadonlyMap<string, HostTensor>) {
  const path = join(temporaryFolder(t), 'weights.bin');
  const parts = [...tensors.values()].map(({data}) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  const before = Buffer.alloc(20, 7);
  writeFileSync(path, Buffer.concat([before, ...parts]));
  const loads: string[] = [];
  const released: string[] = [];
  let isAltered = false;
  let firstByte = before.length;
  const lazy = new Map<string, LazyTensor>();
  for (const [name, {shape, dtype, data}] of tensors) {
    const place = {
      path,
      firstByte,
      verify: async () => (isAltered ? Promise.reject(new Error('altered')) : undefined),
    };
    firstByte += data.byteLength;
    lazy.set(name, {
      shape,
      dtype,
      load: async () => {
        loads.push(name);
        if (isAltered) throw new Error('altered');
        return {shape, dtype, data: data.slice()};
      },
      inFile: async () => place,
      release: () => void released.push(name),
    });
  }
  return {lazy, loads, released, alter: () => (isAltered = true)};
}

/** The table can be read by rows: those that were are counted. */
function byRows({lazy, alter}: ReturnType<typeof inFile>, tensors: ReadonlyMap<string, HostTensor>) {
  const rows: number[] = [];
  let isAltered = false;
  const readRows = async (wanted: Int32Array): Promise<Float32Array> => {
    if (isAltered) throw new Error('altered');
    rows.push(...wanted);
    const {data} = tensors.get('table') ?? wave([0], 0);
    return Float32Array.from(
      [...wanted].flatMap((row) => [...data.subarray(row * WIDTH, (row + 1) * WIDTH)]),
    );
  };
  const tabled = new Map(
    [...lazy].map(([name, tensor]) => [name, name === 'table' ? {...tensor, readRows} : tensor]),
  );
  return {
    lazy: tabled,
    rows,
    alter: () => {
      isAltered = true;
      alter();
    },
  };
}

const withoutFile = (lazy: ReadonlyMap<string, LazyTensor>): Map<string, LazyTensor> =>
  new Map([...lazy].map(([name, {inFile: _, ...tensor}]) => [name, tensor]));

async function compiled(tensors: ReadonlyMap<string, HostTensor | LazyTensor>, letGo = true) {
  const executor = await openOn('onnx');
  const state = executor.createState([]);
  await writeGiven(state, tensors);
  const program = await compileSized(executor, tied, state, {buildIn: true, letGo});
  const scores = async () => (await program.run({rows: 3}, {ids: Int32Array.of(7, 0, 39)})).scores;
  return {executor, state, program, scores};
}

test('matrices in a file give the bits that those in memory give, and are not loaded', async (t) => {
  const expected = await (await compiled(tensorsOf(0))).scores();
  const first = inFile(t, tensorsOf(0));
  const {state, program, scores} = await compiled(first.lazy);
  t.deepEqual(await scores(), expected);
  t.deepEqual(first.loads.sort(), ['gain', 'table']);
  t.deepEqual(first.released.sort(), ['gain', 'matrix', 'table']);

  const newer = await (await compiled(tensorsOf(5))).scores();
  const second = inFile(t, tensorsOf(5));
  await writeGiven(state, second.lazy);
  t.deepEqual(await scores(), newer);
  t.deepEqual(second.released.sort(), ['gain', 'matrix', 'table']);
  t.notDeepEqual(newer, expected);
  await program.dispose();
});

test('a table that can be read by rows is not loaded, gives the same bits, and is newer when it is written anew', async (t) => {
  const expected = await (await compiled(tensorsOf(0))).scores();
  const file = inFile(t, tensorsOf(0));
  const first = byRows(file, tensorsOf(0));
  const {state, program, scores} = await compiled(first.lazy);
  t.deepEqual(await scores(), expected);
  t.deepEqual(file.loads, ['gain']);
  t.deepEqual(first.rows, [7, 0, 39]);
  t.deepEqual(file.released.sort(), ['gain', 'matrix']);

  const newer = await (await compiled(tensorsOf(5))).scores();
  const second = byRows(inFile(t, tensorsOf(5)), tensorsOf(5));
  await writeGiven(state, second.lazy);
  t.deepEqual(await scores(), newer);
  t.deepEqual(file.released.sort(), ['gain', 'matrix', 'table']);
  t.deepEqual(second.rows, [7, 0, 39]);

  // Held whole, and by rows again.
  await writeGiven(state, tensorsOf(0));
  t.deepEqual(await scores(), expected);
  const third = byRows(inFile(t, tensorsOf(5)), tensorsOf(5));
  await writeGiven(state, third.lazy);
  t.deepEqual(await scores(), newer);
  third.alter();
  await t.throwsAsync(scores(), {message: 'altered'});
  await program.dispose();
});

test('a table of rows that another program of the state loads gives the same bits from there', async (t) => {
  const {lazy, rows} = byRows(inFile(t, tensorsOf(0)), tensorsOf(0));
  const {executor, state, program, scores} = await compiled(lazy, false);
  const expected = await scores();
  const fed = await compileSized(executor, tableTwice, state, {buildIn: false});
  const [twice] = (await fed.run({rows: 1}, {ids: Int32Array.of(7)})).scores.data;
  t.is(twice, 2 * (tensorsOf(0).get('table')?.data[0] ?? Number.NaN));
  const read = rows.length;
  t.deepEqual(await scores(), expected);
  t.is(rows.length, read);
  await fed.dispose();
  await program.dispose();
});

test('tensors that are made when they are needed give the same bits, once the program before is gone', async (t) => {
  const expected = await (await compiled(tensorsOf(0))).scores();
  const {lazy, loads, released} = inFile(t, tensorsOf(0));
  const {state, program, scores} = await compiled(tensorsOf(5));
  await writeGiven(state, withoutFile(lazy));
  t.deepEqual(loads, []);
  t.deepEqual(await scores(), expected);
  t.deepEqual(loads.sort(), ['gain', 'matrix', 'table']);
  t.deepEqual(released.sort(), ['gain', 'matrix', 'table']);
  await program.dispose();
});

test('one matrix that is in no file has all of them loaded', async (t) => {
  const expected = await (await compiled(tensorsOf(0))).scores();
  const {lazy, loads} = inFile(t, tensorsOf(0));
  const mixed = new Map([...lazy, ...[...withoutFile(lazy)].filter(([name]) => name === 'matrix')]);
  t.deepEqual(await (await compiled(mixed)).scores(), expected);
  t.deepEqual(loads.sort(), ['gain', 'matrix', 'table']);
});

test('a file that was altered meanwhile is no program, and is refused again', async (t) => {
  const {lazy, released, alter} = inFile(t, tensorsOf(0));
  const {state, scores} = await compiled(tensorsOf(5));
  await writeGiven(state, lazy);
  alter();
  await t.throwsAsync(scores(), {message: 'altered'});
  await t.throwsAsync(scores(), {message: 'altered'});
  state.dispose();
  t.deepEqual(released.sort(), ['gain', 'matrix', 'table']);
});

test('a state that is read, or replaced before it was needed, loads and releases its tensors', async (t) => {
  const {lazy, released} = inFile(t, tensorsOf(0));
  const state = (await openOn('onnx')).createState([]);
  await writeGiven(state, lazy);
  t.deepEqual(await state.read('matrix'), tensorsOf(0).get('matrix'));
  t.deepEqual(released, []);
  await writeGiven(state, tensorsOf(5));
  t.deepEqual(released.sort(), ['gain', 'matrix', 'table']);
  t.deepEqual(await state.read('gain'), tensorsOf(5).get('gain'));
});
