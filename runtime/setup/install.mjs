/** Installs the dependencies of package-lock.json, where they are not installed already. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {run} from './child.mjs';
import {root} from './root.mjs';

/** Runs `npm ci` unless node_modules holds what package-lock.json says. Resolves to an exit code. */
export async function install() {
  if (isCurrent(root)) return 0;
  console.log('Installing dependencies from package-lock.json (npm ci) ...');
  // npm names itself to the scripts it runs; the one on the PATH may be another.
  const npm = process.env.npm_execpath;
  const fromNpm = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
  return fromNpm ? run(process.execPath, [npm, 'ci']) : run('npm', ['ci']);
}

/**
 * Whether node_modules agrees with package-lock.json: npm keeps the list of what it installed there, written last.
 * Packages for other platforms are optional and may be missing.
 *
 * @param {string} folder with package-lock.json
 */
export function isCurrent(folder) {
  const installed = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  const locked = packagesOf(join(folder, 'package-lock.json'));
  if (installed === undefined || locked === undefined) return false;
  const same = ([path, entry]) =>
    path in installed ? isDeepStrictEqual(installed[path], entry) : entry.optional === true;
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every((entry) => entry[0] === '' || same(entry))
  );
}

/** @param {string} path */
function packagesOf(path) {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
