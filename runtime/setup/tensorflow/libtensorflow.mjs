/**
 * Finds the TensorFlow library and lays it out as @tensorflow/tfjs-node-gpu wants it: `deps/lib` and `deps/include`. The
 * library comes out of a Python wheel, of the package index or given, or out of a folder. TensorFlow is under the Apache
 * licence 2.0; the CUDA libraries beside it, with --gpu alone, are under NVIDIA's own.
 */
import {spawnSync} from 'node:child_process';
import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import {homedir} from 'node:os';
import {basename, join} from 'node:path';
import {unzip} from './unzip.mjs';

/** Measured and tested with 2.21; what is older than that was not. */
const VERSIONS = '>=2.21,<3';
/** Any that the package supports would do, since only the C library is taken. */
const PYTHON = '3.12';
/** The headers that the addon includes, and those that they include. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/'];
/** The C API is in the first that is there: wheels have the one, TensorFlow's own archives the other. */
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow.so.2'];
const FRAMEWORK = 'libtensorflow_framework.so.2';
/** Where wheels are until all of them are there. */
const FETCHING = 'fetching-';
const DAY_MS = 24 * 60 * 60 * 1000;

/** One of them is there where an NVIDIA driver is loaded; the second is Windows' Linux. */
const GPU_DEVICES = ['/dev/nvidiactl', '/dev/dxg'];

/** Why TensorFlow cannot be had here, for a person, in one line. */
export class Unavailable extends Error {}

/** All that is needed is there, and what was built of it does not work: that may be a fault of ours. */
export class Broken extends Unavailable {}

/** Throws where what is wanted cannot be: before anything is fetched. */
export function assertThere({gpu, from}) {
  if (from !== undefined && !existsSync(from)) throw new Unavailable(`there is no ${from}`);
  if (gpu && !GPU_DEVICES.some((path) => existsSync(path))) {
    throw new Unavailable('there is no NVIDIA GPU here, or its driver is not loaded');
  }
}

/**
 * Lays the library out under `target`. Resolves to the name of the file with the C API.
 *
 * @param {{gpu: boolean, from: string | undefined}} wanted
 * @param {string} target
 */
export async function layOut({gpu, from}, target) {
  if (from !== undefined && statSync(from).isDirectory()) copyFolder(from, target);
  else {
    const wheel = from ?? wheelOf(gpu);
    await unpack(wheel, target);
    if (gpu) await unpackCuda(wheel, target);
  }
  const library = LIBRARIES.find((name) => existsSync(join(target, 'deps/lib', name)));
  if (library === undefined) {
    throw new Unavailable(`${from ?? 'the wheel'} has no ${LIBRARIES.join(' and no ')}`);
  }
  return library;
}

/** Takes the library and its headers out of a wheel. */
async function unpack(wheel, target) {
  if (!wheel.endsWith('.whl')) throw new Unavailable(`${wheel} is neither a wheel (.whl) nor a folder`);
  await take(wheel, (name) => {
    const [, path = ''] = /^tensorflow\/(.*)$/.exec(name) ?? [];
    const header = path.startsWith('include/') && path.endsWith('.h') && !path.includes('..');
    if ([...LIBRARIES, FRAMEWORK].includes(path)) return join(target, 'deps/lib', path);
    return header && isNeeded(path.slice('include/'.length)) ? join(target, 'deps', path) : undefined;
  });
}

/** `unzip`, where an archive that cannot be unpacked is a reason why TensorFlow cannot be had. */
async function take(archive, targetOf) {
  try {
    await unzip(archive, targetOf);
  } catch (error) {
    throw new Unavailable(
      `${archive} cannot be unpacked (${error.message}); if it is damaged, remove it and fetch it again`,
    );
  }
}

/** Takes the library and its headers out of a folder: an installed Python package, or an unpacked archive of the C API. */
function copyFolder(folder, target) {
  mkdirSync(join(target, 'deps/lib'), {recursive: true});
  for (const name of [...LIBRARIES, FRAMEWORK]) {
    const found = [folder, join(folder, 'lib'), join(folder, 'tensorflow')]
      .map((place) => join(place, name))
      .find((path) => existsSync(path));
    if (found !== undefined) copyFileSync(found, join(target, 'deps/lib', name), constants.COPYFILE_FICLONE);
  }
  const include = [folder, join(folder, 'tensorflow')]
    .map((place) => join(place, 'include'))
    .find((path) => existsSync(join(path, 'tensorflow/c/c_api.h')));
  if (include === undefined) throw new Unavailable(`${folder} has no include/tensorflow/c/c_api.h`);
  for (const part of HEADERS) {
    if (existsSync(join(include, part)))
      cpSync(join(include, part), join(target, 'deps/include', part), {recursive: true});
  }
}

const isNeeded = (header) => HEADERS.some((part) => header.startsWith(part));

/** The wheel in our cache; fetched into it where there is none. */
function wheelOf(gpu) {
  // For arm64 the index has one package, without CUDA.
  const name = gpu || process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
  const prefix = `${name.replace('-', '_')}-`;
  const cached = wheelsIn(cacheFolder()).filter((path) => basename(path).startsWith(prefix));
  return cached.at(-1) ?? fetch(name, [`${name}${VERSIONS}`], cacheFolder(), gpu ? 570 : 270)[0];
}

/** Adds the CUDA libraries that a wheel names, where its library looks for them. */
async function unpackCuda(wheel, target) {
  const metadata = join(target, 'METADATA');
  await take(wheel, (name) => (/\.dist-info\/METADATA$/.test(name) ? metadata : undefined));
  const lines = readFileSync(metadata, 'utf8').split('\n');
  rmSync(metadata);
  const required = lines.flatMap(
    (line) => /^Requires-Dist: (nvidia-[^;]+); extra == "and-cuda"$/.exec(line)?.[1] ?? [],
  );
  const cache = join(cacheFolder(), `cuda-${basename(wheel, '.whl')}`);
  const wheels = existsSync(cache) ? wheelsIn(cache) : [];
  const complete =
    wheels.length === required.length
      ? wheels
      : fetch("its CUDA libraries (under NVIDIA's licence)", required, cache, 2700);
  for (const each of complete) {
    await take(each, (name) =>
      /^nvidia\/\w+\/lib\/[\w.+-]+$/.test(name) ? join(target, 'deps', name) : undefined,
    );
  }
}

function cacheFolder() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'anchorage', 'tensorflow');
  mkdirSync(folder, {recursive: true});
  return folder;
}

const wheelsIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.whl'))
    .sort()
    .map((name) => join(folder, name));

/** What a fetch that was killed left in the cache; none takes a day. */
function sweep() {
  for (const name of readdirSync(cacheFolder()).filter((each) => each.startsWith(FETCHING))) {
    const path = join(cacheFolder(), name);
    const {mtimeMs = Date.now()} = statSync(path, {throwIfNoEntry: false}) ?? {};
    if (Date.now() - mtimeMs > DAY_MS) rmSync(path, {recursive: true, force: true});
  }
}

/** Fetches wheels by pip into `folder`, which has all of them or none. Gives their paths. */
function fetch(what, requirements, folder, megabytes) {
  sweep();
  const pip = findPip();
  console.log(`Fetching ${what} from the Python package index (${megabytes} MB) ...`);
  const fresh = mkdtempSync(join(cacheFolder(), FETCHING));
  try {
    const flags = ['--no-deps', '--only-binary=:all:', '--python-version', PYTHON, '--quiet'];
    const args = [...pip.args, 'download', ...flags, '--disable-pip-version-check', '--dest', fresh];
    const {status, stderr} = spawnSync(pip.command, [...args, ...requirements], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    const names = readdirSync(fresh);
    if (status !== 0 || names.length !== requirements.length) {
      throw new Unavailable(`pip did not get ${requirements.join(' ')} (${lastLine(stderr)})`);
    }
    mkdirSync(folder, {recursive: true});
    for (const name of names) renameSync(join(fresh, name), join(folder, name));
    return wheelsIn(folder).filter((path) => names.includes(basename(path)));
  } finally {
    rmSync(fresh, {recursive: true, force: true});
  }
}

function findPip() {
  const candidates = [
    {command: 'python3', args: ['-m', 'pip']},
    {command: 'pip3', args: []},
    {command: 'pip', args: []},
  ];
  const found = candidates.find(
    ({command, args}) => spawnSync(command, [...args, '--version'], {stdio: 'ignore'}).status === 0,
  );
  if (found === undefined) {
    throw new Unavailable(
      'there is no pip to fetch it: install Python 3 with pip, or name a wheel with --from',
    );
  }
  return found;
}

/** @param {string} text */
export const lastLine = (text) => text.trim().split('\n').at(-1)?.trim().slice(0, 200) ?? '';
