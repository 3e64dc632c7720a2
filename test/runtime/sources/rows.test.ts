/** Rows of data files, whatever form they are stored in, and what is said of files that are damaged. */
import {execFileSync} from 'node:child_process';
import {closeSync, openSync, writeFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {readRows} from '../../../runtime/sources/rows.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const EXAMPLE = '{"prompt": "..."}';

const rowsOf = async (path: string) => {
  const rows = [];
  for await (const {row, where, columns} of readRows({path, keys: '--'}, EXAMPLE)) {
    if (where !== `${path}:${row}` && where !== `${path} row ${row}`) throw new Error(where);
    rows.push([row, columns]);
  }
  return rows;
};
const read = (t: ExecutionContext, text: string | Buffer) => {
  const path = join(temporaryFolder(t), 'data');
  writeFileSync(path, text);
  return rowsOf(path);
};

const rows = [{prompt: 'é😀 [1, {"a": "]"}]'}, {prompt: '\\"', list: [[], [{}], {}, null, 1.5]}];
const numbered = rows.map((row, index) => [index + 1, row]);

test('An array is read element by element, written as it may be', async (t) => {
  t.deepEqual(await read(t, JSON.stringify(rows)), numbered);
  t.deepEqual(await read(t, `\ufeff \r\n\t${JSON.stringify(rows, null, 2)}\r\n`), numbered);
  t.deepEqual(await read(t, '[]'), []);
  t.deepEqual(await read(t, '[ \n ]\n'), []);
});

test('What is packed is read as what it holds, lines and arrays, in one part or several', async (t) => {
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  t.deepEqual(await read(t, gzipSync(lines)), numbered);
  t.deepEqual(await read(t, gzipSync(JSON.stringify(rows))), numbered);
  const [first = '', second = ''] = lines.split('\n');
  t.deepEqual(await read(t, Buffer.concat([gzipSync(`${first}\n`), gzipSync(second)])), numbered);
});

test('Elements that lie across the border of two reads are whole', async (t) => {
  const long = [{prompt: '"\\é😀'.repeat(90_000)}, {prompt: ','.repeat(300_000)}, {prompt: 'end'}];
  const numbers = long.map((row, index) => [index + 1, row]);
  t.deepEqual(await read(t, JSON.stringify(long)), numbers);
  t.deepEqual(await read(t, gzipSync(JSON.stringify(long))), numbers);
});

test('A file of nothing has no rows', async (t) => {
  t.deepEqual(await read(t, ''), []);
  t.deepEqual(await read(t, gzipSync('')), []);
  t.deepEqual(await read(t, '\n\n'), []);
});

const damaged: Record<string, readonly [file: string | Buffer, complaint: string]> = {
  'an array that is cut': ['[{"a": 1}, {"a": ', ' row 2: the file ends before its array does; copy it again'],
  'an array that is cut within a text': [
    '[{"a": "',
    ' row 1: the file ends before its array does; copy it again',
  ],
  'an element that is no JSON': ['[{"a": 1}, {a: 1}]', ' row 2: not JSON; the file is an array of objects'],
  'a comma with nothing after it': ['[{"a": 1},]', ' row 2: not JSON; the file is an array of objects'],
  'a bracket that closes nothing': ['[{"a": 1}}]', ' row 1: not JSON; the file is an array of objects'],
  'an element that is no object': ['[{"a": 1}, 2]', ` row 2: not an object; each line is ${EXAMPLE}`],
  'something after an array': [
    '[{"a": 1}]\n{"a": 2}',
    ': has more after its array; write one array, or one object on each line',
  ],
  'a line that is no object': ['{"a": 1}\n3', `:2: not an object; each line is ${EXAMPLE}`],
  'a line of another encoding': [
    Buffer.from('{"a": 1}\n{"a": "\u00e9"}\n', 'latin1'),
    ':2: holds bytes that are not UTF-8; convert the file',
  ],
  'UTF-16': [
    Buffer.from('\ufeff{"a": 1}', 'utf16le'),
    ':1: holds bytes that are not UTF-8; convert the file',
  ],
  'a package that is cut': [gzipSync('{"a": 1}').subarray(0, -9), ': unexpected end of file'],
  'a package that is damaged': [
    Buffer.concat([gzipSync('{"a": 1}').subarray(0, -8), Buffer.alloc(8)]),
    ': incorrect data check',
  ],
};
for (const [title, [content, complaint]] of Object.entries(damaged)) {
  test(`It is said in one line where the file has ${title}`, async (t) => {
    const path = join(temporaryFolder(t), 'data');
    writeFileSync(path, content);
    const error = await t.throwsAsync(rowsOf(path), {instanceOf: TerminalError});
    t.is(error?.message, `${path}${complaint}`);
  });
}

test('A file that is not there, and a folder, are named', async (t) => {
  await t.throwsAsync(rowsOf('nowhere.json'), {message: 'nowhere.json: no such file'});
});

test('A pipe that nobody writes to is refused in place of waiting for it, and one that the shell opened is read', async (t) => {
  const pipe = join(temporaryFolder(t), 'pipe.jsonl');
  execFileSync('mkfifo', [pipe]);
  await t.throwsAsync(rowsOf(pipe), {
    message: `${pipe}: is a pipe or a device; write what it gives to a file, and give that`,
  });
  await t.throwsAsync(rowsOf('/dev/zero'), {message: /^\/dev\/zero: is a pipe or a device; /});
  const opened = openSync(join(temporaryFolder(t), 'rows'), 'w+');
  t.teardown(() => closeSync(opened));
  writeSync(opened, JSON.stringify(rows));
  t.deepEqual(await rowsOf(`/dev/fd/${opened}`), numbered);
});

test('What is far larger than its package is refused before memory is full', async (t) => {
  const zeros = gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20));
  const line = Buffer.concat([gzipSync('{"a": "'), zeros]);
  await t.throwsAsync(read(t, line), {message: /data:1: over 67108864 bytes; write one object on each line/});
  const element = Buffer.concat([gzipSync('[{"a": "'), zeros]);
  await t.throwsAsync(read(t, element), {message: /data row 1: over 67108864 bytes; no row is so long/});
});
