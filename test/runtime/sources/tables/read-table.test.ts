/** Tables whose bytes were altered: each gives its rows, or one line; none hangs, takes all memory or ends this process. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {readTable} from '../../../../runtime/sources/tables/read-table.js';
import type {TableForm} from '../../../../runtime/sources/tables/table-words.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const folder = join(packageRoot, 'test/fixtures/sources');
const limits = {cpuMs: 1_500, bytes: 512 * 1024 ** 2};

const read = async (path: string, form: TableForm, within = limits): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const {value} of readTable(path, form, within)) rows.push(value);
  return rows;
};

/** A copy of a fixture with other bytes. */
const copyOf = (t: ExecutionContext, name: string, alter: (bytes: Buffer) => void): string => {
  const path = join(temporaryFolder(t), 'data');
  const bytes = readFileSync(join(folder, name));
  alter(bytes);
  writeFileSync(path, bytes);
  return path;
};

const flip =
  (at: number, bit: number) =>
  (bytes: Buffer): void => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  };

const lineOf = async (
  t: ExecutionContext,
  path: string,
  form: TableForm,
  within = limits,
): Promise<string> => {
  const error = await t.throwsAsync(read(path, form, within), {instanceOf: TerminalError});
  const line = error?.message ?? '';
  t.true(line.startsWith(`${path}: cannot be read as ${form} (`) && !line.includes('\n'), line);
  return line;
};

test('A loop without end is ended by processor time, and one that takes memory by that', async (t) => {
  // Each with so much of the other that only one of the two can end it.
  const looping = copyOf(t, 'indexed.arrow', flip(899, 1));
  t.regex(
    await lineOf(t, looping, 'Arrow', {cpuMs: 1_000, bytes: 4 * 1024 ** 3}),
    /\(after row 0 it takes more time than its bytes can need\); copy it again$/,
  );
  const growing = copyOf(t, 'indexed.arrow', flip(4887, 5));
  t.regex(
    await lineOf(t, growing, 'Arrow', {cpuMs: 60_000, bytes: 256 * 1024 ** 2}),
    /it takes more memory than its bytes can need, or than there is\); copy it again$/,
  );
});

const forms: readonly (readonly [name: string, form: TableForm])[] = [
  ['snappy.parquet', 'Parquet'],
  ['zstd.parquet', 'Parquet'],
  ['indexed.arrow', 'Arrow'],
];
for (const [name, form] of forms)
  test(`Whatever bit is altered, there are rows or there is one line: ${name}`, async (t) => {
    const {length} = readFileSync(join(folder, name));
    let counted = 0;
    for (let index = 0; index < 40; index++) {
      const path = copyOf(t, name, flip(Math.floor((index * 0.618034 * length) % length), index % 8));
      try {
        await read(path, form);
      } catch (error) {
        t.true(error instanceof TerminalError && error.message.startsWith(`${path}: `), String(error));
        counted += 1;
      }
    }
    t.true(counted > 0);
  });

test('gzip, and page checksums, tell any altered bit of the data', async (t) => {
  const whole = await read(join(folder, 'gzip.parquet'), 'Parquet');
  const packedAt = readFileSync(join(folder, 'gzip.parquet')).indexOf(Buffer.of(0x1f, 0x8b));
  for (const at of [12, 20, 30])
    t.regex(await lineOf(t, copyOf(t, 'gzip.parquet', flip(packedAt + at, 0)), 'Parquet'), /copy it again$/);
  t.deepEqual(await read(join(folder, 'checksums.parquet'), 'Parquet'), whole);
  const textAt = readFileSync(join(folder, 'checksums.parquet')).indexOf('Add ');
  t.regex(
    await lineOf(t, copyOf(t, 'checksums.parquet', flip(textAt, 0)), 'Parquet'),
    /\(a page is not what its checksum says\); copy it again$/,
  );
});

test('Text of an Arrow file that is not UTF-8 is told', async (t) => {
  const path = copyOf(t, 'indexed.arrow', (bytes) => {
    bytes.writeUInt8(0xff, bytes.indexOf('Add 0'));
  });
  t.regex(await lineOf(t, path, 'Arrow'), /\(bytes that are no text\); copy it again$/);
});

test('Whoever stops reading leaves no process at work', async (t) => {
  for await (const {row} of readTable(join(folder, 'gzip.parquet'), 'Parquet', limits)) if (row === 2) break;
  t.is((await read(join(folder, 'gzip.parquet'), 'Parquet')).length, 6);
});
