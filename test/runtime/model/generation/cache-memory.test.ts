/** A cache takes no more memory than it may. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {
  cacheBytes,
  cacheLine,
  fitCache,
  machineShare,
} from '../../../../runtime/model/generation/cache-memory.js';
import {createCacheRows} from '../../../../runtime/model/generation/cache-rows.js';
import {goldenPath} from '../../../helpers/goldens.js';

const limitOf = (bytes: number) => ({bytes, remedy: 'raise it'});
const config = await readModelConfig(goldenPath('llama'));

test('what is counted is what the rows take', (t) => {
  const shape = {rows: 3, maxTokens: 40};
  const rows = createCacheRows(config, shape, 40);
  const taken = Object.values(rows.views(0, 3)).reduce((sum, {byteLength}) => sum + byteLength, 0);
  t.is(cacheBytes(config, shape), taken);
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
