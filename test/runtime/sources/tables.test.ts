/**
 * Parquet, Arrow and folders of data sets as pyarrow and `datasets` wrote them; `test/fixtures/sources/make.py` says how.
 */
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {packageRoot} from '../../../runtime/paths.js';
import {readRows} from '../../../runtime/sources/rows.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const folder = join(packageRoot, 'test/fixtures/sources');
const rows: unknown[] = JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8'));

const read = async (path: string, split?: string) => {
  const found = [];
  for await (const row of readRows({path, split, keys: '--'}, '{"prompt": "..."}')) found.push(row);
  return found;
};
const columnsOf = async (path: string, split?: string) =>
  (await read(path, split)).map(({columns}) => ({...columns}));

for (const name of ['snappy.parquet', 'gzip.parquet', 'zstd.parquet', 'indexed.arrow'])
  test(`Texts, numbers, lists, structs and what is null are those that were written: ${name}`, async (t) => {
    const found = await read(join(folder, name));
    t.deepEqual<unknown, unknown>(
      found.map(({columns}) => ({...columns})),
      rows,
    );
    t.is(found[4]?.where, `${join(folder, name)} row 5`);
  });

test('What save_to_disk wrote is read a split at a time, all of its files in order', async (t) => {
  t.deepEqual<unknown, unknown>(await columnsOf(join(folder, 'dict'), 'train'), rows.slice(0, 4));
  t.deepEqual<unknown, unknown>(await columnsOf(join(folder, 'dict'), 'test'), rows.slice(4));
  const saved = await read(join(folder, 'saved'));
  t.deepEqual<unknown, unknown>(
    saved.map(({columns}) => ({...columns})),
    rows.slice(0, 4),
  );
  t.deepEqual(
    saved.map(({row}) => row),
    [1, 2, 3, 4],
  );
  t.is(saved[2]?.where, `${join(folder, 'saved/data-00001-of-00002.arrow')} row 1`);
});

test('A repository of the Hub is read by the names of its files', async (t) => {
  t.deepEqual<unknown, unknown>(await columnsOf(join(folder, 'hub'), 'train_prefs'), rows.slice(0, 4));
  t.deepEqual<unknown, unknown>(await columnsOf(join(folder, 'hub'), 'test_prefs'), rows.slice(4));
});

test('Files beside a README are one split, or those that their names say', async (t) => {
  const place = temporaryFolder(t);
  const write = (name: string, text: string) => writeFileSync(join(place, name), text);
  write('README.md', '# Data');
  write('dataset_infos.json', '{}');
  write('a.jsonl', '{"a": 1}\n\n');
  write('b.json', '[{"b": 1}]');
  const found = await read(place);
  t.deepEqual(
    found.map(({row, columns}) => [row, columns]),
    [
      [1, {a: 1}],
      [2, {b: 1}],
    ],
  );
  write('my_test_set.jsonl', '{"c": 1}');
  symlinkSync(join(place, 'my_test_set.jsonl'), join(place, 'dev.jsonl'));
  t.deepEqual(await columnsOf(place, 'test'), [{c: 1}]);
  t.deepEqual(await columnsOf(place, 'validation'), [{c: 1}]);
});

const refused: readonly (readonly [path: string, split: string | undefined, complaint: string])[] = [
  ['dict', undefined, 'has the splits "train", "test"; name one by --split'],
  ['dict', 'dev', 'no split "dev"; there are "train", "test"'],
  ['saved', 'dev', 'no split "dev"; there is "train"'],
  ['rows.json', 'train', 'is a file and has no splits; leave --split out'],
  ['nowhere', undefined, 'no such file'],
];
for (const [path, split, complaint] of refused)
  test(`It is said in one line what to name: ${path}, ${split}`, async (t) => {
    const error = await t.throwsAsync(read(join(folder, path), split), {instanceOf: TerminalError});
    t.is(error?.message, `${join(folder, path)}: ${complaint}`);
  });

test('A folder without data names the folders that it has', async (t) => {
  const place = temporaryFolder(t);
  const message = `${place}: holds no data files (.parquet, .arrow, .jsonl, .json); give a folder that has some`;
  await t.throwsAsync(read(place), {message});
  mkdirSync(join(place, 'en'));
  mkdirSync(join(place, 'fr'));
  await t.throwsAsync(read(place), {message: /; give one of its folders: en, fr$/});
});

test('A data set that lists files outside of its folder is refused', async (t) => {
  const place = temporaryFolder(t);
  writeFileSync(join(place, 'state.json'), '{"_data_files": [{"filename": "../secret.arrow"}]}');
  await t.throwsAsync(read(place), {message: /state\.json: not as save_to_disk writes it/});
});

test('Bytes that are no text are told, and texts kept apart from bytes', async (t) => {
  for (const name of ['types.arrow', 'types.parquet'])
    t.deepEqual<unknown, unknown>(await columnsOf(join(folder, name)), [
      {prompt: 'a', large: 'x', bytes: Uint8Array.of(255), list: [1, 2]},
      {prompt: 'b', large: 'y', bytes: new Uint8Array(), list: []},
      {prompt: 'a', large: null, bytes: Uint8Array.of(113), list: null},
      {prompt: null, large: 'z', bytes: null, list: [3]},
    ]);
});

test('A file that is cut gives one line', async (t) => {
  const place = join(temporaryFolder(t), 'data');
  for (const name of ['gzip.parquet', 'zstd.parquet', 'indexed.arrow', 'saved/data-00000-of-00002.arrow']) {
    const whole = readFileSync(join(folder, name));
    for (let size = 6; size < whole.length - 8; size += 291) {
      writeFileSync(place, whole.subarray(0, size));
      const error = await t.throwsAsync(read(place), {instanceOf: TerminalError});
      t.true(error?.message.startsWith(`${place}: cannot be read as `), error?.message);
    }
  }
});

test('A page that claims to unpack to more than any page is refused before it is', async (t) => {
  const place = join(temporaryFolder(t), 'data');
  const whole = readFileSync(join(folder, 'gzip.parquet'));
  // The head of the first page: its kind, and, as a zigzag varint, the bytes that it unpacks to.
  const at = whole.indexOf(Buffer.from([0x15, 0x04, 0x15]), 4) + 3;
  t.is(at, 7);
  const size = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]);
  const claims = Buffer.concat([whole.subarray(0, at), size, whole.subarray(at + 2)]);
  writeFileSync(place, claims);
  const error = await t.throwsAsync(read(place), {instanceOf: TerminalError});
  t.regex(error?.message ?? '', /data: a page of 2147483647 bytes|data: cannot be read as Parquet/);
});
