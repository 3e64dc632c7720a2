import {mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import test from 'ava';
import {
  linkOrCopy,
  replaceWhole,
  writeUnflushed,
  writeWhole,
  writeWholeJson,
} from '../../../runtime/machine/whole-file.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('A file is replaced whole, with nothing left beside it', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'result.json');
  await writeWholeJson(path, {steps: 1});
  await writeWhole(path, 'two\n', {mode: 0o600});
  t.is(await readFile(path, 'utf8'), 'two\n');
  t.is((await stat(path)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(folder), ['result.json']);
});

for (const [how, write] of [
  ['flushed', writeWhole],
  ['not flushed', writeUnflushed],
] as const) {
  test(`Two that write the same file at once leave one text or the other, ${how}`, async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'report.txt');
    const texts = Array.from({length: 8}, (_, index) => String(index).repeat(100_000));
    await Promise.all(texts.map((text) => write(path, text)));
    t.true(texts.includes(await readFile(path, 'utf8')));
    t.deepEqual(await readdir(folder), ['report.txt']);
  });

  test(`What cannot be written is an error, and leaves what was there, ${how}`, async (t) => {
    const folder = temporaryFolder(t);
    await mkdir(join(folder, 'taken'));
    await t.throwsAsync(write(join(folder, 'taken'), 'text'), {code: 'EISDIR'});
    t.deepEqual(await readdir(folder), ['taken']);
  });
}

test('A link is replaced, and what it leads to stays as it is', async (t) => {
  const folder = temporaryFolder(t);
  const [target, path] = [join(folder, 'target'), join(folder, 'run.json')];
  await writeWhole(target, 'theirs');
  await symlink(target, path);
  await writeWhole(path, 'ours');
  t.is(await readFile(target, 'utf8'), 'theirs');
  t.is(await readFile(path, 'utf8'), 'ours');
});

test('A file that is made otherwise is put in place when it is whole, and what fails leaves nothing', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weights');
  const failing = replaceWhole(path, async (draft) => {
    await writeFile(draft, 'half');
    throw new Error('cut short');
  });
  await t.throwsAsync(failing, {message: 'cut short'});
  t.deepEqual(await readdir(folder), []);
  const written = await replaceWhole(path, async (draft) => {
    await writeFile(draft, 'whole');
    t.deepEqual(await readdir(folder), [basename(draft)]);
    return 5;
  });
  t.is(written, 5);
  t.is(await readFile(path, 'utf8'), 'whole');
});

test('A file gets a second name, or is copied where it cannot have one', async (t) => {
  const folder = temporaryFolder(t);
  const [from, linked, copied] = ['from', 'linked', 'copied'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(from, 'text');
  await linkOrCopy(from, linked);
  t.is((await stat(linked)).ino, (await stat(from)).ino);
  // What is there cannot be linked over.
  await writeFile(copied, 'other');
  await linkOrCopy(from, copied);
  t.is(await readFile(copied, 'utf8'), 'text');
  t.not((await stat(copied)).ino, (await stat(from)).ino);
});
