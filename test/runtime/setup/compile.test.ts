import {mkdir, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {temporaryFolder} from '../../helpers/temporary.js';
import {load} from './scripts.js';

const {sourcesDigest} = await load<{sourcesDigest(folder: string): string}>('compile.mjs');

async function sources(t: ExecutionContext): Promise<string> {
  const folder = temporaryFolder(t);
  await mkdir(join(folder, 'runtime/bus'), {recursive: true});
  await writeFile(join(folder, 'package-lock.json'), '{}');
  await writeFile(join(folder, 'tsconfig.json'), '{}');
  await writeFile(join(folder, 'runtime/bus/bus.ts'), 'export const one = 1;');
  return folder;
}

test('A build is current as long as nothing it is made of has changed', async (t) => {
  const folder = await sources(t);
  const before = sourcesDigest(folder);
  await utimes(join(folder, 'runtime/bus/bus.ts'), 1, 1);
  await writeFile(join(folder, 'runtime/bus/notes.md'), 'not compiled');
  t.is(sourcesDigest(folder), before);
});

test('A change, a new file, a new name, and other dependencies all ask for a new build', async (t) => {
  const changes: ((folder: string) => Promise<void>)[] = [
    (folder) => writeFile(join(folder, 'runtime/bus/bus.ts'), 'export const one = 2;'),
    (folder) => writeFile(join(folder, 'runtime/bus/queue.ts'), ''),
    (folder) => writeFile(join(folder, 'package-lock.json'), '{"packages": {}}'),
    (folder) => writeFile(join(folder, 'tsconfig.json'), '{"strict": true}'),
  ];
  for (const change of changes) {
    const folder = await sources(t);
    const before = sourcesDigest(folder);
    await change(folder);
    t.not(sourcesDigest(folder), before);
  }
});
