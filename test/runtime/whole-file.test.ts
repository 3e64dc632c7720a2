import {mkdir, readdir, readFile, stat, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {writeWhole, writeWholeJson} from '../../runtime/whole-file.js';
import {temporaryFolder} from '../helpers/temporary.js';

test('A file is replaced whole, with nothing left beside it', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'result.json');
  await writeWholeJson(path, {steps: 1});
  await writeWhole(path, 'two\n', {mode: 0o600});
  t.is(await readFile(path, 'utf8'), 'two\n');
  t.is((await stat(path)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(folder), ['result.json']);
});

test('Two that write the same file at once leave one text or the other', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'report.txt');
  const texts = Array.from({length: 8}, (_, index) => String(index).repeat(100_000));
  await Promise.all(texts.map((text) => writeWhole(path, text)));
  t.true(texts.includes(await readFile(path, 'utf8')));
  t.deepEqual(await readdir(folder), ['report.txt']);
});

test('What cannot be written is an error, and leaves what was there', async (t) => {
  const folder = temporaryFolder(t);
  await mkdir(join(folder, 'taken'));
  await t.throwsAsync(writeWhole(join(folder, 'taken'), 'text'), {code: 'EISDIR'});
  t.deepEqual(await readdir(folder), ['taken']);
});

test('A link is replaced, and what it leads to stays as it is', async (t) => {
  const folder = temporaryFolder(t);
  const [target, path] = [join(folder, 'target'), join(folder, 'run.json')];
  await writeWhole(target, 'theirs');
  await symlink(target, path);
  await writeWhole(path, 'ours');
  t.is(await readFile(target, 'utf8'), 'theirs');
  t.is(await readFile(path, 'utf8'), 'ours');
});
