/**
 * `npm run tensorflow`: builds the addon of @tensorflow/tfjs-node-gpu against a current TensorFlow library, so that the
 * `tensorflow` backend works. The package's own install script, which fetches TensorFlow 2.9.1, is never run.
 *
 *   npm run tensorflow                  the CPU library, from the Python package index
 *   npm run tensorflow -- --gpu         the one with CUDA
 *   npm run tensorflow -- --from PATH   of a wheel, or of a folder with libtensorflow and its headers
 *
 * All is built and tried beside, and moved to its place when it works: a failure changes nothing. Exit code 1 where it cannot
 * be had here, 2 where it was built and does not work.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');
const {assertThere, Broken, lastLine, layOut, Unavailable} = await import('./tensorflow/libtensorflow.mjs');

const place = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
const ADDON = 'lib/napi-v8';
/** What was built: the library's version, and what was asked for. */
const RECORD = 'deps/anchorage.json';

try {
  process.exitCode = await main(options());
} catch (error) {
  // What the system refuses, such as a full disk, is for a person too; anything else is a fault of ours.
  if (!(error instanceof Unavailable) && error.syscall === undefined) throw error;
  const unchanged = error instanceof Unavailable ? '; nothing was changed' : '';
  console.error(`npm run tensorflow: ${error.message}${unchanged}`);
  process.exitCode = error instanceof Broken ? 2 : 1;
}

function options() {
  try {
    const {values} = parseArgs({options: {gpu: {type: 'boolean', default: false}, from: {type: 'string'}}});
    return {gpu: values.gpu, from: values.from === undefined ? undefined : resolve(values.from)};
  } catch (error) {
    throw new Unavailable(`${lastLine(error.message)} (npm run tensorflow -- [--gpu] [--from PATH])`);
  }
}

async function main(wanted) {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Unavailable(`TensorFlow is set up on Linux x64 and arm64 only, not on ${platform}`);
  }
  if (process.report.getReport().header.glibcVersionRuntime === undefined) {
    throw new Unavailable('the TensorFlow library needs glibc, and this Linux has another C library (musl)');
  }
  assertThere(wanted);
  const ready = (await install()) || (await compileIfStale());
  if (ready !== 0) return ready;
  if (!existsSync(join(place, 'binding'))) {
    throw new Unavailable('@tensorflow/tfjs-node-gpu is not installed (npm ci without --omit=optional)');
  }
  const there = working(wanted);
  if (there !== undefined) {
    console.log(`TensorFlow ${there.version} (${there.device}) is there already`);
    return 0;
  }
  const beside = join(root, 'node_modules', '.tensorflow-build');
  rmSync(beside, {recursive: true, force: true});
  try {
    const library = await layOut(wanted, beside);
    console.log('Building the addon ...');
    compileAddon(library, beside);
    const {version, device} = verify(beside);
    if (wanted.gpu && device !== 'GPU') throw new Unavailable('the TensorFlow library finds no GPU here');
    rmSync(join(beside, 'deps/include'), {recursive: true, force: true});
    writeFileSync(
      join(beside, RECORD),
      JSON.stringify({version, gpu: wanted.gpu, from: wanted.from ?? null}),
    );
    for (const folder of ['deps', 'lib']) {
      rmSync(join(place, folder), {recursive: true, force: true});
      renameSync(join(beside, folder), join(place, folder));
    }
    console.log(`TensorFlow ${version} (${device}) works; training on backend auto takes it from now on`);
    return 0;
  } finally {
    rmSync(beside, {recursive: true, force: true});
  }
}

/** What is there, if it is what is wanted and works. */
function working({gpu, from}) {
  const path = join(place, RECORD);
  if (!existsSync(path)) return undefined;
  const built = JSON.parse(readFileSync(path, 'utf8'));
  if (built.gpu !== gpu || (from !== undefined && built.from !== from)) return undefined;
  try {
    return verify(place);
  } catch {
    return undefined;
  }
}

/** The package's own sources, by the C API's and Node-API's headers: neither Node's headers nor node-gyp are needed. */
function compileAddon(library, target) {
  const sources = readdirSync(join(place, 'binding'))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(place, 'binding', name));
  const include = [join(root, 'node_modules/node-api-headers/include'), join(target, 'deps/include')];
  const flags = ['-O2', '-std=c++17', '-shared', '-fPIC', '-w', '-DNAPI_VERSION=8'];
  const libraries = [`-l:${library}`, '-l:libtensorflow_framework.so.2'];
  const link = [`-L${join(target, 'deps/lib')}`, ...libraries, '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  mkdirSync(join(target, ADDON), {recursive: true});
  const common = [...flags, ...include.map((folder) => `-I${folder}`)];
  compileCpp([...common, ...sources, ...link, '-o', join(target, ADDON, 'tfjs_binding.node')]);
  compileCpp([
    ...common,
    join(root, 'runtime/setup/tensorflow/quiet.cc'),
    '-o',
    join(target, ADDON, 'quiet.node'),
  ]);
}

function compileCpp(args) {
  const compiler = process.env.CXX || 'g++';
  const {error, status, stderr} = spawnSync(compiler, args, {encoding: 'utf8'});
  if (error !== undefined) {
    throw new Unavailable(
      `the C++ compiler ${compiler} cannot be run: install g++, or name another with CXX`,
    );
  }
  if (status !== 0) {
    const line = stderr.split('\n').find((text) => /error|cannot/i.test(text)) ?? lastLine(stderr);
    throw new Broken(`${compiler} could not build the addon (${line.trim().slice(0, 200)})`);
  }
}

/** Takes a gradient on the addon under `folder`, in a process of its own. */
function verify(folder) {
  const script = join(root, 'runtime/setup/tensorflow/verify.mjs');
  const {status, signal, stdout, stderr} = spawnSync(process.execPath, [script, join(folder, ADDON)], {
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout);
  throw new Broken(`the TensorFlow library does not work here (${signal ?? lastLine(stderr)})`);
}
