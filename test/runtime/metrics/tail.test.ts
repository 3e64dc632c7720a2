import {readFile} from 'node:fs/promises';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {openForAppending} from '../../../runtime/metrics/tail.js';
import {temporaryFile} from '../../helpers/temporary.js';

test('Appending goes on after the last whole line, whatever its length', async (t) => {
  // 64 KiB is read at a time: lines on, below and above that border.
  for (const length of [10, 65_535, 65_536, 200_000]) {
    const long = JSON.stringify({text: 'é'.repeat(length), sequence: 2});
    const path = temporaryFile(t, 'log.jsonl', `{"sequence":1}\n${long}\n`);
    const {file, sequence} = await openForAppending(path);
    await file.appendFile('{"sequence":3}\n');
    await file.close();
    t.is(sequence, 2);
    t.is(await readFile(path, 'utf8'), `{"sequence":1}\n${long}\n{"sequence":3}\n`);
  }
});

test('A part of a line at the end is removed, also where it is all there is', async (t) => {
  for (const [before, after, last] of [
    ['{"sequence":1}\n{"sequ', '{"sequence":1}\n', 1],
    ['{"sequ', '', 0],
    ['', '', 0],
  ] as const) {
    const path = temporaryFile(t, 'log.jsonl', before);
    const {file, sequence} = await openForAppending(path);
    await file.close();
    t.is(sequence, last);
    t.is(await readFile(path, 'utf8'), after);
  }
});

test('What a crash left behind the last whole line is removed', async (t) => {
  const path = temporaryFile(t, 'log.jsonl', '{"sequence":1}\n{"sequence":2}\n\0\0\0\n{"sequ\n\0\0');
  const {file, sequence} = await openForAppending(path);
  await file.close();
  t.is(sequence, 2);
  t.is(await readFile(path, 'utf8'), '{"sequence":1}\n{"sequence":2}\n');
});

test('A file whose lines have no sequence is an error that names it, and stays', async (t) => {
  const path = temporaryFile(t, 'log.jsonl', '{"step": 1}\n{"step": 2}\n');
  const error = await t.throwsAsync(openForAppending(path), {instanceOf: TerminalError});
  t.true(error.message.startsWith(`${path}: none of its last lines has a sequence`));
  t.is(await readFile(path, 'utf8'), '{"step": 1}\n{"step": 2}\n');
});
