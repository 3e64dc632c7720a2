/** Lines of JSON: where they end, and what of their numbers is kept. */
import {execFileSync} from 'node:child_process';
import {open, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {Float, parseExact} from '../../../runtime/json/exact-json.js';
import {readJsonLines} from '../../../runtime/json/json-lines.js';
import {temporaryFile, temporaryFolder} from '../../helpers/temporary.js';

const linesOf = async (file: string) => {
  const lines = [];
  for await (const {line, value} of readJsonLines(file, '{}')) lines.push([line, value]);
  return lines;
};
const read = (t: ExecutionContext, text: string) => linesOf(temporaryFile(t, 'lines.jsonl', text));

test('A line ends at \\n alone: other ends of lines may stand within a text', async (t) => {
  for (const end of ['\u2028', '\u2029', '\u0085'])
    t.deepEqual(await read(t, `"a${end}b"\n"c"`), [
      [1, `a${end}b`],
      [2, 'c'],
    ]);
  t.deepEqual(await read(t, '{"a":\r1}\n2\n'), [
    [1, {a: 1}],
    [2, 2],
  ]);
});

test('Windows line ends, empty lines and a byte order mark do no harm', async (t) => {
  t.deepEqual(await read(t, '\ufeff1\r\n\r\n \n2'), [
    [1, 1],
    [4, 2],
  ]);
  t.deepEqual(await read(t, ''), []);
  t.deepEqual(await read(t, '\n'), []);
});

test('A pipe that nobody writes to is refused in place of waiting for it', async (t) => {
  const pipe = join(temporaryFolder(t), 'pipe.jsonl');
  execFileSync('mkfifo', [pipe]);
  const message = `${pipe}: is a pipe or a device; write what it gives to a file, and give that`;
  await t.throwsAsync(linesOf(pipe), {message});
  await t.throwsAsync(readFleet(pipe), {message});
});

test('A byte order mark is none anywhere else', async (t) => {
  t.deepEqual(await read(t, '"\ufeffa"\n'), [[1, '\ufeffa']]);
  await t.throwsAsync(read(t, '1\n\ufeff2\n'), {
    instanceOf: TerminalError,
    message: /lines\.jsonl:2: not JSON/,
  });
});

test('Characters and lines that lie across the border of two reads are whole', async (t) => {
  const text = 'é😀'.repeat(30_000);
  t.deepEqual(await read(t, `${JSON.stringify(text)}\n${JSON.stringify(`x${text}`)}\n`), [
    [1, text],
    [2, `x${text}`],
  ]);
});

test('A line without an end is named before memory is full', async (t) => {
  const path = join(temporaryFolder(t), 'lines.jsonl');
  await writeFile(path, '1\n');
  const file = await open(path, 'r+');
  await file.truncate(100 * 1024 * 1024);
  await file.close();
  await t.throwsAsync(linesOf(path), {
    instanceOf: TerminalError,
    message: /lines\.jsonl:2: over 67108864 bytes/,
  });
});

test('Numbers keep what Python sees in them', (t) => {
  t.deepEqual(parseExact('[1, 1.0, 1e3, 1.5, -0.0, 12345678901234567890, 9007199254740991, 1e400]'), [
    1,
    new Float(1),
    new Float(1000),
    1.5,
    new Float(-0),
    12_345_678_901_234_567_890n,
    9_007_199_254_740_991,
    new Float(Number.POSITIVE_INFINITY),
  ]);
  const texts = {'1.0': '2.0 \\" 3.0, 4e5', b: ['1.0', {c: '\u0000number'}]};
  t.deepEqual(parseExact(JSON.stringify(texts)), texts);
  for (const broken of ['{1.0: 2}', '[1.0', '01.0', '1.0.0', '{"a": 1.0,}', ''])
    t.throws(() => parseExact(broken), {instanceOf: SyntaxError});
});
