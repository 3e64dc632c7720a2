/** A cache takes no more memory than it may. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {createCacheBlocks} from '../../../../runtime/model/generation/cache-blocks.js';
import {
  cacheBytes,
  cacheLine,
  fitCache,
  machineShare,
} from '../../../../runtime/model/generation/cache-memory.js';
import {createCacheRows} from '../../../../runtime/model/generation/cache-rows.js';
import type {Read} from '../../../../runtime/model/generation/held-rows.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {wave} from '../../tensor/both.js';

const limitOf = (bytes: number) => ({bytes, remedy: 'raise it'});
const config = await readModelConfig(goldenPath('llama'));

/** The bytes of keys and values among the inputs of a run. */
const bytesOf = ({inputs}: Read): number =>
  Object.entries(inputs)
    .filter(([name]) => name.includes('.'))
    .reduce((sum, [, {byteLength}]) => sum + byteLength, 0);

test('what is counted is what the rows take', (t) => {
  const shape = {rows: 3, maxTokens: 40};
  t.is(cacheBytes(config, shape), bytesOf(createCacheRows(config, shape, () => 40).first(3)));
});

test('of rows in blocks, whole blocks are counted, and one row that is put together', (t) => {
  const wide = {...config, keyValueHeadCount: 4, headDim: 16};
  const shape = {rows: 3, maxTokens: 70};
  const rows = createCacheBlocks(wide, shape);
  const line = wave([2 * config.layerCount, 70, 64], 0);
  for (const row of [0, 1, 2]) rows.write(row, 0, line, 0, 70);
  const [all, one] = [bytesOf(rows.first(3)), bytesOf(rows.only(1))];
  t.is(all, 3 * one);
  t.is(cacheBytes(wide, shape), all + one);
  t.deepEqual(fitCache(wide, {rows: 8, maxTokens: 70}, limitOf(all + one)), shape);
  t.deepEqual(fitCache(wide, {rows: 8, maxTokens: 70}, limitOf(all + one - 1)), {rows: 2, maxTokens: 70});
  t.throws(() => fitCache(wide, {rows: 8, maxTokens: 70}, limitOf(2 * one - 1)), {instanceOf: TerminalError});
});

test('as many rows as memory holds, up to those asked for', (t) => {
  const row = cacheBytes(config, {rows: 1, maxTokens: 40});
  t.deepEqual(fitCache(config, {rows: 8, maxTokens: 40}, limitOf(8 * row)), {rows: 8, maxTokens: 40});
  t.deepEqual(fitCache(config, {rows: 8, maxTokens: 40}, limitOf(8 * row - 1)), {rows: 7, maxTokens: 40});
  t.deepEqual(fitCache(config, {rows: 8, maxTokens: 40}, limitOf(row)), {rows: 1, maxTokens: 40});
  t.regex(
    cacheLine(config, {rows: 7, maxTokens: 40}),
    /^at most 144 kB of keys and values: 7 requests of 40 tokens at once$/,
  );
});

test('memory that does not hold one request is refused, with what one takes', (t) => {
  const row = cacheBytes(config, {rows: 1, maxTokens: 2000});
  t.throws(() => fitCache(config, {rows: 8, maxTokens: 2000}, limitOf(row - 1)), {
    instanceOf: TerminalError,
    message: /^\d+ MB do not hold the keys and values of one request of 2000 tokens, \d+ MB; raise it$/,
  });
});

test("a share of the machine's memory that does not hold one request is named as that", (t) => {
  const longest = {rows: 1, maxTokens: 1e9};
  t.throws(() => fitCache(config, longest, machineShare('lower --max-new-tokens')), {
    message:
      /^\S+ GB, a quarter of this machine's memory, do not hold the keys and values of one request of 1000000000 tokens, \S+ GB; lower --max-new-tokens$/,
  });
});
