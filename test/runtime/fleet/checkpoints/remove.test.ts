/** Nothing outside of a run's folder is deleted, whatever a path says and wherever links lead. */
import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {removeFromRun} from '../../../../runtime/fleet/checkpoints/remove.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('A file and a folder of the run go; what leads out of it, and the run itself, stay', async (t) => {
  const root = temporaryFolder(t);
  const run = join(root, 'runs/first');
  const victim = join(root, 'victim');
  for (const folder of [join(run, 'checkpoints/step-1/deep'), join(run, 'training'), victim])
    mkdirSync(folder, {recursive: true});
  writeFileSync(join(run, 'training/a.json'), '{}');
  writeFileSync(join(victim, 'kept'), 'kept');
  // The parent lies elsewhere; the last name is a link itself.
  symlinkSync(root, join(run, 'checkpoints/out'));
  symlinkSync(victim, join(run, 'checkpoints/step-2'));

  for (const path of [
    'checkpoints/../../../victim',
    '../../victim',
    '../first-other',
    victim,
    join(victim, 'kept'),
    'checkpoints/out/victim',
    'checkpoints/..',
    '',
    '.',
    '..',
    '/',
  ])
    t.false(await removeFromRun(run, path), path);
  t.is(readFileSync(join(victim, 'kept'), 'utf8'), 'kept');
  t.true(existsSync(join(run, 'checkpoints/step-1/deep')));

  for (const path of ['checkpoints/step-1', 'checkpoints/step-2', 'training/a.json', 'training/never'])
    t.true(await removeFromRun(run, path), path);
  for (const path of ['checkpoints/step-1', 'checkpoints/step-2', 'training/a.json'])
    t.false(existsSync(join(run, path)), path);
  t.is(readFileSync(join(victim, 'kept'), 'utf8'), 'kept');
  t.true(await removeFromRun(join(root, 'runs/gone'), 'checkpoints/step-1'));
});
