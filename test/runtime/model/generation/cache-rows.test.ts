/** The rows' keys and values, as a run reads them. */
import test from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {createCacheRows} from '../../../../runtime/model/generation/cache-rows.js';
import type {Read} from '../../../../runtime/model/generation/held-rows.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {wave} from '../../tensor/both.js';

const [LAYERS, HEADS, WIDTH] = [2, 3, 4];

/** Three rows of up to 16 positions, in a span of 8 at first. */
const open = async () => {
  const config = await readModelConfig(goldenPath('llama'));
  const shape = {...config, layerCount: LAYERS, keyValueHeadCount: HEADS, headDim: WIDTH};
  return createCacheRows(shape, {rows: 3, maxTokens: 16}, () => 8);
};

/** [4, tokens, 12]: lines of keys and values of both layers. */
const linesOf = (tokens: number, phase: number) => wave([2 * LAYERS, tokens, HEADS * WIDTH], phase);

type Rows = Awaited<ReturnType<typeof open>>;

/** The keys and values of a run's inputs, by name. */
const cachesOf = ({inputs}: Read) =>
  Object.entries(inputs).filter(([name]) => name.includes('.')) as [string, Float32Array][];

/** The line of a head at a position, of the first layer's keys, then the second's, then the values. */
const lineAt = (rows: Rows, index: number, row: number, head: number, position: number): number[] => {
  const array = cachesOf(rows.first(3))[index]?.[1] ?? new Float32Array();
  const begin = ((row * HEADS + head) * rows.span + position) * WIDTH;
  return [...array.subarray(begin, begin + WIDTH)];
};
const given = (phase: number, tokens: number, index: number, token: number, head: number): number[] => {
  const begin = ((index * tokens + token) * HEADS + head) * WIDTH;
  return [...linesOf(tokens, phase).data.subarray(begin, begin + WIDTH)];
};

test('lines lie by row, head and position, the first layer’s keys first', async (t) => {
  const rows = await open();
  rows.write(1, 0, linesOf(5, 1), 2, 3);
  t.is(rows.lengthOf(1), 3);
  t.deepEqual(
    cachesOf(rows.first(3)).map(([name]) => name),
    ['keys.0', 'keys.1', 'values.0', 'values.1'],
  );
  for (const index of [0, 1, 2, 3]) {
    for (const head of [0, 1, 2]) {
      for (const position of [0, 1, 2]) {
        t.deepEqual(lineAt(rows, index, 1, head, position), given(1, 5, index, 2 + position, head));
      }
    }
  }
  t.deepEqual(lineAt(rows, 0, 0, 0, 0), [0, 0, 0, 0]);
});

test('a token goes behind those before it, and the rows before stay as they were', async (t) => {
  const rows = await open();
  rows.write(2, 0, linesOf(4, 1), 0, 4);
  rows.write(2, 4, linesOf(1, 2), 0, 1);
  t.is(rows.lengthOf(2), 5);
  t.deepEqual(lineAt(rows, 3, 2, 1, 3), given(1, 4, 3, 3, 1));
  t.deepEqual(lineAt(rows, 3, 2, 1, 4), given(2, 1, 3, 0, 1));
});

test('another span keeps what the rows hold; a row that holds more is cut', async (t) => {
  const rows = await open();
  for (const row of [0, 1, 2]) rows.write(row, 0, linesOf(8, row), 0, 8 - row);
  const check = (length: number) => {
    for (const row of [0, 1, 2]) {
      t.is(rows.lengthOf(row), Math.min(length, 8 - row));
      for (const index of [0, 3]) {
        for (const head of [0, 1, 2]) {
          for (let position = 0; position < rows.lengthOf(row); position++) {
            t.deepEqual(lineAt(rows, index, row, head, position), given(row, 8, index, position, head));
          }
        }
      }
    }
  };
  for (const span of [16, 8, 11]) {
    rows.setSpan(span);
    t.is(rows.span, span);
    check(8);
  }
  rows.setSpan(4);
  check(4);
  rows.setSpan(9);
  check(4);
});

test('a copy has the first lines of its source, and a view is of the rows asked for', async (t) => {
  const rows = await open();
  rows.write(0, 0, linesOf(6, 1), 0, 6);
  rows.copy(0, 2, 4);
  t.is(rows.lengthOf(2), 4);
  t.deepEqual(lineAt(rows, 1, 2, 2, 3), given(1, 6, 1, 3, 2));
  t.deepEqual(
    cachesOf(rows.first(2)).map(([, {length}]) => length),
    new Array(4).fill(2 * HEADS * 8 * WIDTH),
  );
  const [[, keys] = ['', new Float32Array()]] = cachesOf(rows.only(2));
  t.deepEqual([...keys.subarray(0, WIDTH)], lineAt(rows, 0, 2, 0, 0));
  t.is(rows.nothing(3).inputs['values.1']?.length, 3 * HEADS * WIDTH);
  t.deepEqual(rows.first(3).inputs.held, Int32Array.of(6, 0, 4));
  t.deepEqual(rows.only(2).inputs.held, Int32Array.of(4));
  t.deepEqual(rows.nothing(2).inputs.held, Int32Array.of(0, 0));
});

test('cleared rows hold nothing, and zeros where something was, in whatever span', async (t) => {
  const rows = await open();
  rows.setSpan(16);
  for (const row of [0, 1, 2]) rows.write(row, 0, linesOf(16, row), 0, 16);
  rows.setSpan(8);
  rows.clear();
  t.deepEqual([0, 1, 2].map(rows.lengthOf), [0, 0, 0]);
  rows.setSpan(16);
  for (const [, array] of cachesOf(rows.first(3))) t.true(array.every((value) => value === 0));
});
