import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {packageRoot} from '../../../../runtime/paths.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {load, scriptPath} from '../scripts.js';

const {everyTest, testFilesIn, togetherIn} = await load<{
  everyTest(root: string): string[];
  testFilesIn(root: string): string[];
  togetherIn(root: string): Map<string, string[]>;
}>('tests/together.mjs');

const checkout = (t: ExecutionContext, files: Readonly<Record<string, string>>): string => {
  const root = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), {recursive: true});
    writeFileSync(join(root, name), text);
  }
  return root;
};
const named = (folder: string, count: number, text = ''): Record<string, string> =>
  Object.fromEntries(Array.from({length: count}, (_, index) => [`${folder}/${index}.test.ts`, text]));

test('Files that share a process are run in the name of their folder, or of the one above where they are few', (t) => {
  const root = checkout(t, {
    ...named('test/runtime/many', 8),
    ...named('test/runtime/few', 2),
    ...named('test/runtime/few/deep', 6),
    ...named('test/runtime/other', 8),
    ...named('test/alone', 1),
  });
  const groups = togetherIn(root);
  t.deepEqual([...groups.keys()].sort(), ['test/runtime/few', 'test/runtime/many', 'test/runtime/other']);
  t.is(groups.get('test/runtime/few')?.length, 8);
  t.deepEqual(everyTest(root), [
    'dist/test/alone/0.test.js',
    'dist/test/runtime/few.test.js',
    'dist/test/runtime/many.test.js',
    'dist/test/runtime/other.test.js',
  ]);
});

test('A file that starts processes, changes its own or asks for an order is alone, also by what it imports of the tests', (t) => {
  const root = checkout(t, {
    ...named('test/a', 8),
    'test/a/hooks.test.ts': 'test.beforeEach(() => undefined);',
    'test/a/context.test.ts': 'test.before(async (t) => undefined);',
    'test/a/server.test.ts': 'test.before(async () => undefined);\ntest.after.always(() => undefined);',
    'test/a/order.test.ts': "test.serial('first', () => undefined);",
    'test/a/process.test.ts': "import {spawn} from 'node:child_process';",
    'test/a/environment.test.ts': "process.env.PATH = '';",
    'test/a/imports.test.ts': "import {\n  start,\n} from '../helpers/more.js';",
    'test/helpers/more.ts': "import {start} from './start.js';",
    'test/helpers/start.ts': "import {spawn} from 'node:child_process';\nimport {more} from './more.js';",
    'test/a/types.test.ts': "import type {Start} from '../helpers/start.js';",
  });
  const alone = ['context', 'environment', 'hooks', 'imports', 'order', 'process'].map(
    (name) => `test/a/${name}.test.ts`,
  );
  const shared = new Set(togetherIn(root).get('test/a'));
  t.deepEqual(
    testFilesIn(root).filter((file) => !shared.has(file)),
    alone,
  );
});

test('Each test file of the sources is run once: alone, or in the name of a folder', (t) => {
  const together = togetherIn(packageRoot);
  const shared = [...together.values()].flat();
  const named = new Set([...together.keys()].map((folder) => `dist/${folder}.test.js`));
  t.true(shared.length > 100);
  const alone = everyTest(packageRoot).filter((file) => !named.has(file));
  t.deepEqual(
    [...shared, ...alone.map((file) => file.replace('dist/', '').replace(/\.js$/, '.ts'))].sort(),
    testFilesIn(packageRoot),
  );
});

test('Files that run together keep their titles, and their hooks run around their own tests', (t) => {
  const build = join(packageRoot, '.build');
  mkdirSync(build, {recursive: true});
  const folder = mkdtempSync(join(build, 'together-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  mkdirSync(join(folder, 'test'));
  const file = join('.build', basename(folder), 'test', 'all.test.js');
  writeFileSync(
    join(packageRoot, file),
    `import test, {together} from ${JSON.stringify(scriptPath('tests/declare.mjs'))};
    const said = [];
    await together({
      one: async () => {
        test.before(() => said.push('before'));
        test.after.always(() => said.push('after'));
        test('first', (t) => t.deepEqual(said, ['before']));
        test('last', (t) => {
          t.teardown(() => said.push('teardown'));
          t.pass();
        });
        test.skip('skipped', (t) => t.fail());
      },
      'deep › two': async () => test('first', (t) => t.deepEqual(said, ['before', 'teardown', 'after'])),
    });`,
  );
  const {stdout} = spawnSync(
    process.execPath,
    [join(packageRoot, 'node_modules/ava/entrypoints/cli.mjs'), '--tap', file],
    {cwd: packageRoot, encoding: 'utf8', env: {...process.env, AVA_PATH: undefined}},
  );
  t.deepEqual(
    stdout.split('\n').filter((line) => /^(?:not )?ok/.test(line)),
    ['ok 1 - one › skipped # SKIP', 'ok 2 - one › first', 'ok 3 - one › last', 'ok 4 - deep › two › first'],
  );
});
