/** Rows in blocks hold what was written to them, whatever became of the others, and are read as they are. */
import test from 'ava';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {BLOCK_POSITIONS, createCacheBlocks} from '../../../../runtime/model/generation/cache-blocks.js';
import {cacheBytes} from '../../../../runtime/model/generation/cache-memory.js';
import type {Read} from '../../../../runtime/model/generation/held-rows.js';
import {randomFor} from '../../../../runtime/seed.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {wave} from '../../tensor/both.js';

const [LAYERS, HEADS, WIDTH, ROWS, MOST] = [2, 3, 4, 5, 200];

const configOf = async (headDim: number) => {
  const config = await readModelConfig(goldenPath('llama'));
  return {...config, layerCount: LAYERS, keyValueHeadCount: HEADS, headDim};
};

const open = async () => createCacheBlocks(await configOf(WIDTH), {rows: ROWS, maxTokens: MOST});

/** A line's values: those of a token, of all layers and heads. */
type Line = readonly number[];
const linesOf = (tokens: number, phase: number) => wave([2 * LAYERS, tokens, HEADS * WIDTH], phase);
const lineOf = (tokens: number, phase: number, token: number): Line => {
  const {data} = linesOf(tokens, phase);
  const width = HEADS * WIDTH;
  return Array.from({length: 2 * LAYERS}, (_, index) => [
    ...data.subarray((index * tokens + token) * width, (index * tokens + token + 1) * width),
  ]).flat();
};

const NAMES = ['keys.0', 'keys.1', 'values.0', 'values.1'];

/** The lines of a block as a run reads them. */
const inBlock = ({sizes: {span}, inputs}: Read, block: number): Line[] =>
  Array.from({length: (inputs.held as Int32Array)[block] ?? 0}, (_, position) =>
    NAMES.flatMap((name) =>
      Array.from({length: HEADS}, (_, head) => {
        const begin = ((block * HEADS + head) * span + position) * WIDTH;
        return [...(inputs[name] ?? []).slice(begin, begin + WIDTH)];
      }).flat(),
    ),
  );

/** What a run reads of a row, by the order that it is given. */
const linesRead = (read: Read, row: number): Line[] => {
  const {reach} = read.sizes;
  const {order, counted, owners} = read.inputs;
  return Array.from({length: reach}, (_, place) => row * reach + place).flatMap((at) => {
    const block = order?.[at] ?? -1;
    if (owners?.[block] !== row)
      throw new Error(`block ${block} is of row ${owners?.[block]}, not of ${row}`);
    return counted?.[at] === 1 ? inBlock(read, block) : [];
  });
};

test('rows that are written, copied, moved and cut in any order are read as they were meant', async (t) => {
  const rows = await open();
  const random = randomFor(7, 'blocks');
  const below = (count: number): number => uniformInt(random, 0, count - 1);
  let meant: Line[][] = Array.from({length: ROWS}, () => []);
  for (let step = 0; step < 400; step++) {
    const [row, other] = [below(ROWS), below(ROWS)];
    const of = meant[row] ?? [];
    const what = below(10);
    if (what < 6) {
      const position = what < 4 ? of.length : below(of.length + 1);
      const count = Math.min(MOST - position, 1 + below(what === 0 ? 90 : 3));
      if (count > 0) {
        rows.write(row, position, linesOf(count + 2, step), 1, count);
        const written = Array.from({length: count}, (_, token) => lineOf(count + 2, step, token + 1));
        meant[row] = [...of.slice(0, position), ...written];
      }
    } else if (what < 8) {
      const length = below(of.length + 1);
      rows.copy(row, other, length);
      meant[other] = of.slice(0, length);
    } else if (what === 8 && row !== other) {
      rows.move(row, other);
      meant[other] = of;
      meant[row] = [];
    } else if (below(20) === 0) {
      rows.clear();
      meant = meant.map(() => []);
    }
    const count = 1 + below(ROWS);
    const read = rows.first(count);
    const needed = meant
      .slice(0, count)
      .reduce((sum, {length}) => sum + Math.max(1, Math.ceil(length / BLOCK_POSITIONS)), 0);
    t.is(read.sizes.blocks, needed);
    for (let each = 0; each < count; each++) t.deepEqual(linesRead(read, each), meant[each], `step ${step}`);
    const whole = meant[other] ?? [];
    t.is(rows.lengthOf(other), whole.length);
    if (whole.length > 0) t.deepEqual(inBlock(rows.only(other), 0), whole);
  }
});

test('full rows take all blocks there are', async (t) => {
  const rows = await open();
  for (let row = 0; row < ROWS; row++) rows.write(row, 0, linesOf(MOST, row), 0, MOST);
  const read = rows.first(ROWS);
  for (let row = 0; row < ROWS; row++) t.is(linesRead(read, row).length, MOST);
});

test('rows that are read whole at every length take the memory that is counted', async (t) => {
  const config = await configOf(24);
  const shape = {rows: ROWS, maxTokens: MOST};
  const rows = createCacheBlocks(config, shape);
  const taken = new Set<ArrayBufferLike>();
  for (let position = 0; position < MOST; position += 10) {
    rows.write(0, position, wave([2 * LAYERS, 10, HEADS * 24], position), 0, 10);
    for (const {inputs} of [rows.first(1), rows.only(0)])
      for (const name of NAMES) if (inputs[name] !== undefined) taken.add(inputs[name].buffer);
  }
  const bytes = [...taken].reduce((sum, {byteLength}) => sum + byteLength, 0);
  t.is(bytes, cacheBytes(config, shape));
});

test('cleared rows hold nothing, and nothing is left of what they held', async (t) => {
  const rows = await open();
  for (let row = 0; row < ROWS; row++) rows.write(row, 0, linesOf(MOST, row), 0, MOST);
  rows.clear();
  const read = rows.first(ROWS);
  t.deepEqual(read.inputs.held, new Int32Array(ROWS));
  for (const name of NAMES) t.true(read.inputs[name]?.every((value: number) => value === 0));
});
