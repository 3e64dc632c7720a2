/**
 * Which test files share a process: Node.js and ava need a third of a second of a core to begin one, which is more than most
 * files' tests take.
 *
 * A file shares one if it starts no process but a NATS server, changes nothing of its own and asks for no order of its tests.
 * Files of a folder are run by one file of the build named after it, `dist/test/runtime/tensor.test.js`, where each test comes
 * after the one before. Their titles are what they are alone.
 */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';

/** A folder with fewer is run with the one above it. */
const FEWEST = 8;
/** What only a file with a process of its own may do; hooks that are given the test's context are other hooks than a file's. */
const OWN = new RegExp(
  [
    String.raw`\btest\.(?:beforeEach|afterEach|serial|after\()`,
    String.raw`\btest\.(?:before|after\.always)\((?:async )?\(\w`,
    'node:(?:child_process|cluster|worker_threads|v8)',
    String.raw`process\.(?:on|exit|chdir|memoryUsage)\b|process\.env(?:\.\w+|\[\w+\]) =[^=]|delete process|\(process\.env,`,
    'numTensors|globalThis',
  ].join('|'),
);
/** They leave the process as it was. */
const CAREFUL = ['test/helpers/typed.ts', 'test/helpers/bare-server.ts'];
const IMPORT = /^(?:import|export)\b(?! type\b)[^;]*?from '(\.[^']+)\.js';/gm;

/** @param {string} root of the checkout */
export const testFilesIn = (root) =>
  readdirSync(join(root, 'test'), {recursive: true})
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
    .sort();

/**
 * @param {string} root of the checkout
 * @returns {Map<string, string[]>} from a folder of tests, `test/runtime/tensor`, to the files that run together in its name
 */
export function togetherIn(root) {
  const isShared = sharing(root);
  const groups = new Map();
  for (const file of testFilesIn(root).filter(isShared)) {
    const folder = dirname(file);
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  const depthOf = (folder) => folder.split('/').length;
  for (let depth = Math.max(...[...groups.keys()].map(depthOf)); depth > 1; depth -= 1) {
    for (const [folder, files] of [...groups].filter(([name]) => depthOf(name) === depth)) {
      if (files.length >= FEWEST) continue;
      groups.delete(folder);
      const above = dirname(folder);
      groups.set(above, [...(groups.get(above) ?? []), ...files].sort());
    }
  }
  // Those that are handed up all the way are alone.
  groups.delete('test');
  return groups;
}

/**
 * What is to be run for all tests to be run, each once: files of the build.
 *
 * @param {string} root of the checkout
 */
export function everyTest(root) {
  const together = togetherIn(root);
  const shared = new Set([...together.values()].flat());
  const sources = testFilesIn(root).filter((file) => !shared.has(file));
  return [...sources, ...[...together.keys()].map((folder) => `${folder}.test.ts`)].sort().map(builtFrom);
}

/** @param {string} file of the sources */
export const builtFrom = (file) => join('dist', file.replace(/\.ts$/, '.js'));

/** Whether a test file, with what it imports of the tests, may share its process. */
function sharing(root) {
  const known = new Map();
  const read = (path) => {
    const text = readFileSync(path, 'utf8');
    const imports = [...text.matchAll(IMPORT)]
      .map(([, name]) => join(dirname(path), `${name}.ts`))
      .filter((name) => !relative(join(root, 'test'), name).startsWith('..') && existsSync(name));
    const isCareful = CAREFUL.includes(relative(root, path));
    return {own: !isCareful && OWN.test(text), imports};
  };
  const isShared = (path, seen) => {
    if (seen.has(path)) return true;
    seen.add(path);
    if (!known.has(path)) known.set(path, read(path));
    const {own, imports} = known.get(path);
    return !own && imports.every((name) => isShared(name, seen));
  };
  return (file) => isShared(join(root, file), new Set());
}
