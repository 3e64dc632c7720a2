/** Where the package's own files are. */
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The folder with package.json: the checkout, or the installed package. */
export const packageRoot: string = (() => {
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${here}`);
  }
})();

/** The build: the folder that holds `runtime/` and `actors/` as they run. */
export const codeRoot: string = join(packageRoot, 'dist');

/** Of the package, such as `0.1.0`. */
export const packageVersion = (): string => {
  const {version}: {version: string} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  return version;
};

/** A folder of ours in the user's cache: what is in it can be made again. `XDG_CACHE_HOME` and `HOME` count. */
export const cacheFolder = (name: string, env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'anchorage', name);
