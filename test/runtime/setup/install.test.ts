import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {temporaryFolder} from '../../helpers/temporary.js';
import {load} from './scripts.js';

const {isCurrent} = await load<{isCurrent(folder: string): boolean}>('install.mjs');

const locked = {
  '': {name: 'anchorage', dependencies: {a: '1.0.0'}},
  'node_modules/a': {version: '1.0.0', integrity: 'sha512-a'},
  'node_modules/b-linux': {version: '2.0.0', integrity: 'sha512-b', optional: true},
  'node_modules/b-darwin': {version: '2.0.0', integrity: 'sha512-c', optional: true},
};
const a = locked['node_modules/a'];
const b = locked['node_modules/b-linux'];

async function checkout(t: ExecutionContext, installed?: object): Promise<string> {
  const folder = temporaryFolder(t);
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({packages: locked}));
  if (installed !== undefined) {
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({packages: installed}));
  }
  return folder;
}

test('An install with the packages of this platform is current', async (t) => {
  t.true(isCurrent(await checkout(t, {'node_modules/a': a, 'node_modules/b-linux': b})));
});

test('No install, or one that npm did not finish, is not', async (t) => {
  t.false(isCurrent(await checkout(t)));
});

test('An install of another version, without a package or with one too many is not', async (t) => {
  t.false(isCurrent(await checkout(t, {'node_modules/a': {...a, version: '1.0.1'}})));
  t.false(isCurrent(await checkout(t, {'node_modules/b-linux': b})));
  t.false(isCurrent(await checkout(t, {'node_modules/a': a, 'node_modules/c': {version: '3.0.0'}})));
});
