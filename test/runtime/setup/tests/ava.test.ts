import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import test from 'ava';
import {packageRoot} from '../../../../runtime/paths.js';

test('a run that is cut off by a test that never ends names its file, whatever becomes of the reporter', (t) => {
  const build = join(packageRoot, '.build');
  mkdirSync(build, {recursive: true});
  const folder = mkdtempSync(join(build, 'ava-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  mkdirSync(join(folder, 'test'));
  const fileOf = (name: string) => join('.build', basename(folder), 'test', `${name}.test.js`);
  const write = (name: string, body: string) =>
    writeFileSync(join(packageRoot, fileOf(name)), `import test from 'ava';\n${body}\n`);
  write('ends', "test('ends', (t) => t.pass());");
  write(
    'never',
    "test('passes', (t) => t.pass());\ntest('never ends', () => new Promise(() => setInterval(() => undefined, 1000)));",
  );
  const script = `
    import {runAva} from ${JSON.stringify(join(packageRoot, 'runtime/setup/tests/ava.mjs'))};
    const shown = [];
    const args = ['--timeout=20s', ${JSON.stringify(fileOf('ends'))}, ${JSON.stringify(fileOf('never'))}];
    const ran = await runAva(args, {show: (line) => shown.push(line), warn: () => undefined});
    process.stdout.write(JSON.stringify(ran));`;
  const {AVA_PATH: _ours, ...env} = process.env;
  const {stdout} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: packageRoot,
    env,
    encoding: 'utf8',
  });
  t.deepEqual(JSON.parse(stdout), {
    passed: 2,
    failed: 1,
    skipped: 0,
    failures: [`${fileOf('never')} did not end: ava gave up while it was at work`],
  });
});
