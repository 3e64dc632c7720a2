import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import test from 'ava';
import {packageRoot} from '../../../../runtime/paths.js';
import {load} from '../scripts.js';

const {lingeringLine} = await load<{lingeringLine(file: string, resources: string[]): string}>(
  'tests/lingering.mjs',
);

test('the line names the file and counts what is open', (t) => {
  const line = lingeringLine('dist/test/a.test.js', ['Timeout', 'TCPSocketWrap', 'Timeout']);
  t.is(line, 'dist/test/a.test.js has not ended 10 s after its last test; open: 2 Timeout, TCPSocketWrap');
  t.regex(lingeringLine('a', []), /nothing that Node\.js knows of$/);
});

test('a test file whose process does not end after its last test is named', (t) => {
  const build = join(packageRoot, '.build');
  mkdirSync(build, {recursive: true});
  const folder = mkdtempSync(join(build, 'lingering-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  mkdirSync(join(folder, 'test'));
  const file = join('.build', basename(folder), 'test', 'hanging.test.js');
  const source =
    "import test from 'ava';\ntest('passes', (t) => t.pass());\nsetInterval(() => undefined, 1_000);\n";
  writeFileSync(join(packageRoot, file), source);
  const ava = join(packageRoot, 'node_modules/ava/entrypoints/cli.mjs');
  const {AVA_PATH: _ours, ...env} = process.env;
  const {status, stderr} = spawnSync(process.execPath, [ava, '--tap', '--timeout=20s', file], {
    cwd: packageRoot,
    env,
    encoding: 'utf8',
  });
  t.is(status, 1);
  t.true(stderr.includes(`${file} has not ended`), stderr);
});
