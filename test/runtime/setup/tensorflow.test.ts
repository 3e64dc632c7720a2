/** `npm run tensorflow` where TensorFlow cannot be had: one line, an exit code, and nothing changed. */
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, readdir, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {temporaryFolder} from '../../helpers/temporary.js';
import {load, scriptPath} from './scripts.js';

interface Library {
  layOut(wanted: {gpu: boolean; from: string | undefined}, target: string): Promise<string>;
  readonly Unavailable: new (message: string) => Error;
}
const {layOut, Unavailable} = await load<Library>('tensorflow/libtensorflow.mjs');

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const script = (...args: string[]): Promise<Said> =>
  new Promise((resolve) => {
    const command = [scriptPath('tensorflow.mjs'), ...args];
    execFile(process.execPath, command, (error, stdout, stderr) =>
      resolve({code: Number(error?.code ?? 0), stdout, stderr}),
    );
  });

const refused = (t: ExecutionContext, from: string) =>
  t.throwsAsync(layOut({gpu: false, from}, join(temporaryFolder(t), 'out')));

if (process.platform === 'linux') {
  test('A path that is not there, or an option that there is not, is one line and exit code 1', async (t) => {
    const missing = await script('--from', '/nowhere/tensorflow.whl');
    t.deepEqual(missing, {
      code: 1,
      stdout: '',
      stderr: 'npm run tensorflow: there is no /nowhere/tensorflow.whl; nothing was changed\n',
    });
    const unknown = await script('--cuda');
    t.is(unknown.code, 1);
    t.regex(unknown.stderr, /^npm run tensorflow: Unknown option '--cuda' \(.*\); nothing was changed\n$/);
  });
}

test('A file that is no wheel, and a folder without the library or its headers, are refused by name', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'tensorflow.tar.gz');
  await writeFile(file, 'no wheel');
  t.is((await refused(t, file))?.message, `${file} is neither a wheel (.whl) nor a folder`);
  t.is((await refused(t, folder))?.message, `${folder} has no include/tensorflow/c/c_api.h`);
  await mkdir(join(folder, 'include/tensorflow/c'), {recursive: true});
  await writeFile(join(folder, 'include/tensorflow/c/c_api.h'), '');
  t.is(
    (await refused(t, folder))?.message,
    `${folder} has no libtensorflow_cc.so.2 and no libtensorflow.so.2`,
  );
});

test('A damaged wheel is a reason in one line, and no fault of the script', async (t) => {
  const wheel = join(temporaryFolder(t), 'tensorflow.whl');
  await writeFile(wheel, 'half a wheel');
  const error = await refused(t, wheel);
  t.true(error instanceof Unavailable);
  t.is(
    error?.message,
    `${wheel} cannot be unpacked (${wheel} is not a zip archive, or only a part of one); if it is damaged, remove it and fetch it again`,
  );
});

test('A folder with the library and its headers is laid out as the addon wants it', async (t) => {
  const [folder, target] = [temporaryFolder(t), join(temporaryFolder(t), 'out')];
  await mkdir(join(folder, 'include/tensorflow/c/eager'), {recursive: true});
  await mkdir(join(folder, 'include/tensorflow/cc'), {recursive: true});
  for (const name of ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h', 'tensorflow/cc/scope.h'])
    await writeFile(join(folder, 'include', name), '');
  await mkdir(join(folder, 'lib'));
  for (const name of ['libtensorflow.so.2', 'libtensorflow_framework.so.2'])
    await writeFile(join(folder, 'lib', name), name);
  t.is(await layOut({gpu: false, from: folder}, target), 'libtensorflow.so.2');
  t.true(existsSync(join(target, 'deps/lib/libtensorflow_framework.so.2')));
  t.true(existsSync(join(target, 'deps/include/tensorflow/c/eager/c_api.h')));
  t.false(existsSync(join(target, 'deps/include/tensorflow/cc')), 'only what the addon includes');
});

test('Without pip the remedies are named, and nothing is left behind', async (t) => {
  const [cache, target] = [temporaryFolder(t), join(temporaryFolder(t), 'out')];
  const {PATH, XDG_CACHE_HOME} = process.env;
  t.teardown(() => {
    process.env.PATH = PATH;
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  });
  Object.assign(process.env, {PATH: '/nowhere', XDG_CACHE_HOME: cache});
  const ours = join(cache, 'anchorage/tensorflow');
  for (const name of ['fetching-now', 'fetching-once']) await mkdir(join(ours, name), {recursive: true});
  const longAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  await utimes(join(ours, 'fetching-once'), longAgo, longAgo);
  await t.throwsAsync(layOut({gpu: false, from: undefined}, target), {
    message: 'there is no pip to fetch it: install Python 3 with pip, or name a wheel with --from',
  });
  t.false(existsSync(target));
  t.deepEqual(await readdir(ours), ['fetching-now'], 'what a kill left long ago is gone');
});
