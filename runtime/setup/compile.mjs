/** Compiles the sources to dist/, and knows whether that was done for the sources as they are now. */
import {createHash} from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join, relative} from 'node:path';
import {bundle} from './bundle.mjs';
import {run} from './child.mjs';
import {packageJson, root} from './root.mjs';

const SOURCES = ['actors', 'proto', 'runtime', 'test'];
/** What the build was made of; written last, so that half a build is never taken for one. */
const STAMP = 'dist/.sources';

/** Builds unless dist/ is current. Resolves to an exit code. */
export async function compileIfStale() {
  if (readIfThere(join(root, STAMP)) === sourcesDigest(root)) return 0;
  console.log('Building (tsc, esbuild) ...');
  return compile();
}

/** Builds dist/ anew and links the command as node_modules/.bin/anchorage. Resolves to an exit code. */
export async function compile() {
  const digest = sourcesDigest(root);
  rmSync(join(root, 'dist'), {recursive: true, force: true});
  const code = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')]);
  // What does not compile is not run.
  if (code !== 0) {
    rmSync(join(root, 'dist'), {recursive: true, force: true});
    return code;
  }
  mkdirSync(join(root, 'dist/proto'), {recursive: true});
  for (const name of ['generated.js', 'generated.d.ts'])
    copyFileSync(join(root, 'proto', name), join(root, 'dist/proto', name));
  if ((await bundle()) !== 0) {
    rmSync(join(root, 'dist'), {recursive: true, force: true});
    return 1;
  }
  for (const [command, path] of Object.entries(packageJson.bin)) linkCommand(command, join(root, path));
  writeFileSync(join(root, STAMP), digest);
  return 0;
}

/**
 * SHA-256 over the names and contents of everything that the build is made of. Times would not do: a checkout of
 * another revision sets them as it likes.
 *
 * @param {string} folder
 */
export function sourcesDigest(folder) {
  const hash = createHash('sha256');
  const add = (path) =>
    hash
      .update(`${relative(folder, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  for (const name of ['package-lock.json', 'tsconfig.json']) add(join(folder, name));
  for (const top of SOURCES.filter((name) => existsSync(join(folder, name)))) {
    const entries = readdirSync(join(folder, top), {recursive: true, withFileTypes: true});
    const files = entries.filter((entry) => entry.isFile() && /\.(ts|m?js)$/.test(entry.name));
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .forEach(add);
  }
  return hash.digest('hex');
}

/** Makes `npx COMMAND` in the checkout run what was built. */
function linkCommand(command, target) {
  if (!existsSync(target)) return;
  chmodSync(target, 0o755);
  const folder = join(root, 'node_modules/.bin');
  rmSync(join(folder, command), {force: true});
  symlinkSync(relative(folder, target), join(folder, command));
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
