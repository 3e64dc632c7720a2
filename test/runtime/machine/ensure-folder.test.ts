/** Folders and files that are made where they can be, and refused at once where they cannot. */
import {existsSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {ensureFolder} from '../../../runtime/machine/ensure-folder.js';
import {requireWritable} from '../../../runtime/machine/writable.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('A folder is made with those above it, and one that is there stays as it is', async (t) => {
  const place = temporaryFolder(t);
  const deep = join(place, 'a/b/c');
  t.true(await ensureFolder(deep));
  t.false(await ensureFolder(deep));
  // Two at once, of which one makes each.
  const made = await Promise.all([ensureFolder(join(place, 'd/e')), ensureFolder(join(place, 'd/e'))]);
  t.true(made.includes(true));
  t.true(existsSync(join(place, 'd/e')));
});

test('Where the file system takes no folder, or another thing has the name, that is said at once', async (t) => {
  const place = temporaryFolder(t);
  writeFileSync(join(place, 'file'), '');
  symlinkSync(join(place, 'nowhere'), join(place, 'link'));
  for (const path of [
    '/proc/anchorage',
    '/proc/anchorage/deeper',
    join(place, 'file'),
    join(place, 'link/a'),
  ])
    await t.throwsAsync(ensureFolder(path), {message: /^E[A-Z]+: /}, path);
});

test('Whether a file can be written is found out by writing, and nothing is left of that', async (t) => {
  const place = temporaryFolder(t);
  await requireWritable('--out', join(place, 'pairs.jsonl'));
  t.deepEqual(readdirSync(place), []);
  await t.throwsAsync(requireWritable('--html', place), {
    message: `--html ${place}: is a folder; give a file`,
  });
  await t.throwsAsync(requireWritable('--out', join(place, 'none/pairs.jsonl')), {
    message: /^--out .*: there is no folder .*none; make it, or give another file$/,
  });
  await t.throwsAsync(requireWritable('--html', '/proc/pairs.html'), {
    message: /^--html \/proc\/pairs\.html: .*; give a file in a folder that can be written$/,
  });
});
