import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {findServer} from '../../../runtime/nats-server/find-server.js';

const temporaryFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-find-'));
  t.teardown(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
};
const script = (path: string, ...lines: string[]): string => {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
};
const version = (path: string, shown: string): string => script(path, `echo "nats-server: v${shown}"`);

/** A machine that has nothing but the shell: a home folder, and a folder on its PATH for what a test puts there. */
const bareMachine = (t: ExecutionContext) => {
  const home = temporaryFolder(t);
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const said: string[] = [];
  return {
    bin,
    said,
    cached: join(home, '.cache', 'anchorage', 'nats-server', 'nats-server'),
    env: {HOME: home, PATH: bin},
    options: {say: (line: string) => said.push(line), systemFolders: []},
  };
};

test('NATS_URL comes before everything else', async (t) => {
  const {bin, env, options} = bareMachine(t);
  version(join(bin, 'nats-server'), '2.10.1');
  t.deepEqual(await findServer({...env, NATS_URL: ' nats://host:1 '}, options), {
    kind: 'running',
    url: 'nats://host:1',
  });
});

test('a nats-server on the PATH comes before one in the cache', async (t) => {
  const {bin, cached, env, options} = bareMachine(t);
  version(cached, '2.15.1');
  const path = version(join(bin, 'nats-server'), '2.9.10');
  t.deepEqual(await findServer({...env, NATS_URL: ''}, options), {
    kind: 'binary',
    path,
    version: '2.9.10',
    source: 'PATH',
  });
});

test('one where systems keep theirs will do without being on the PATH', async (t) => {
  const {env, options} = bareMachine(t);
  const sbin = temporaryFolder(t);
  const path = version(join(sbin, 'nats-server'), '2.10.27');
  const found = await findServer(env, {...options, systemFolders: [sbin]});
  t.deepEqual(found, {kind: 'binary', path, version: '2.10.27', source: 'PATH'});
});

test('one that is too old or does not run is passed over, and why is said', async (t) => {
  const {bin, cached, env, said, options} = bareMachine(t);
  const old = version(join(bin, 'nats-server'), '2.8.4');
  script(cached, 'exit 1');
  const found = await findServer(env, {...options, install: false});
  t.is(found.kind, 'none');
  t.deepEqual(said, [
    `passing over ${old}: it is version 2.8.4, and 2.9.0 is the oldest that will do`,
    `passing over ${cached}: it does not run here`,
  ]);
});

test('where there is none and none can be had, the advice names Debian, macOS and Docker', async (t) => {
  const {env, options} = bareMachine(t);
  const found = await findServer(env, options);
  t.is(found.kind, 'none');
  const advice = found.kind === 'none' ? found.advice : '';
  for (const words of [
    'Debian',
    'apt-get install nats-server',
    'macOS',
    'brew install nats-server',
    'docker run',
  ])
    t.true(advice.includes(words));
  t.false(advice.includes('\n'));
});

test('the package is unpacked into the cache, with private lists where the system has none, and found there again', async (t) => {
  const {bin, cached, env, said, options} = bareMachine(t);
  // As apt-get on a minimal system: it knows no package before an update into lists that the caller may write.
  script(
    join(bin, 'apt-get'),
    'case "$*" in',
    '*Dir::State::lists=*update) : >lists/known;;',
    '*Dir::State::lists=*download*) [ -e lists/known ] && : >nats-server_2.9.10-1_amd64.deb;;',
    '*download*) echo "E: Unable to locate package nats-server" >&2; exit 100;;',
    'esac',
  );
  script(
    join(bin, 'dpkg-deb'),
    '[ "$1" = -x ] || exit 0',
    '/bin/mkdir -p "$3/usr/sbin"',
    'printf \'#!/bin/sh\\necho nats-server: v2.9.10\\n\' >"$3/usr/sbin/nats-server"',
    '/bin/chmod 755 "$3/usr/sbin/nats-server"',
  );
  t.deepEqual(await findServer(env, options), {
    kind: 'binary',
    path: cached,
    version: '2.9.10',
    source: 'package',
  });
  t.deepEqual(said, [
    'getting the nats-server package: apt-get download, unpacked into a private folder',
    'its package lists are missing or old: fetching private ones',
  ]);
  t.deepEqual(await findServer(env, options), {
    kind: 'binary',
    path: cached,
    version: '2.9.10',
    source: 'cache',
  });
});

test('where there is no package but a Go toolchain, a pinned version is built into the cache', async (t) => {
  const {bin, cached, env, said, options} = bareMachine(t);
  script(
    join(bin, 'go'),
    '[ "$1" = install ] || exit 0',
    'case $2 in github.com/nats-io/nats-server/v2@v2.*) ;; *) exit 1;; esac',
    'printf \'#!/bin/sh\\necho nats-server: v2.15.1\\n\' >"$GOBIN/nats-server"',
    '/bin/chmod 755 "$GOBIN/nats-server"',
  );
  t.deepEqual(await findServer(env, options), {
    kind: 'binary',
    path: cached,
    version: '2.15.1',
    source: 'go',
  });
  t.is(said.length, 1);
});

test('a build that fails is said, and the advice follows', async (t) => {
  const {bin, env, said, options} = bareMachine(t);
  script(join(bin, 'go'), '[ "$1" = version ]');
  t.is((await findServer(env, options)).kind, 'none');
  t.is(said.at(-1), 'go install did not succeed');
});

test('a cache folder that cannot be made is said at once, with the variable that names another', async (t) => {
  const {env, options} = bareMachine(t);
  await t.throwsAsync(findServer({...env, XDG_CACHE_HOME: '/proc/none'}, options), {
    message:
      /^\/proc\/none\/anchorage\/nats-server: ENOENT: .*; set XDG_CACHE_HOME to a folder that can be written$/,
  });
});
