import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {listRuns} from '../../../runtime/bus/connection/connection.js';
import {openBus} from '../../../runtime/bus/open-bus.js';
import {TerminalError} from '../../../runtime/errors.js';
import {statFieldsOf} from '../../../runtime/machine/process-alive.js';
import {startServer} from '../../../runtime/nats-server/server.js';
import {natsBinary} from '../../helpers/nats.js';
import {gone, isAlive} from '../../helpers/process.js';

const temporaryFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-server-'));
  t.teardown(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
};

/** A process that starts a server and does nothing more. */
const withOwner = async (t: ExecutionContext): Promise<{owner: ChildProcess; url: string; pid: number}> => {
  const owner = fork(
    fileURLToPath(new URL('../bus/server-owner.js', import.meta.url)),
    [await natsBinary(), temporaryFolder(t)],
    {
      detached: true,
    },
  );
  t.teardown(() => owner.kill('SIGKILL'));
  const [{url, pid}] = await once(owner, 'message');
  return {owner, url, pid};
};

test('a started server has JetStream, and nothing of it runs after it was stopped', async (t) => {
  const storeFolder = temporaryFolder(t);
  const server = await startServer({binary: await natsBinary(), storeFolder});
  t.regex(server.shown, /^nats:\/\/127\.0\.0\.1:\d+$/);
  t.deepEqual(await listRuns(server.url), []);
  t.true(isAlive(server.pid));
  await server.stop();
  t.false(isAlive(server.pid));
  t.false(readdirSync(storeFolder).some((name) => name.endsWith('.ports')));
  await server.stop();
});

test('a server takes messages of up to 8 MB', async (t) => {
  const server = await startServer({binary: await natsBinary(), storeFolder: temporaryFolder(t)});
  t.teardown(() => server.stop());
  const bus = await openBus({url: server.url, run: 'run', name: 'test'});
  t.teardown(() => bus.drain());
  t.is((await bus.publish('prompts', {promptId: '0', prompt: 'x'.repeat(7_500_000)}, '0')).sequence, 1);
});

test('a port that is in use is one line', async (t) => {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  t.teardown(() => occupant.close());
  const address = occupant.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const error = await t.throwsAsync(
    startServer({binary: await natsBinary(), storeFolder: temporaryFolder(t), port}),
    {
      instanceOf: TerminalError,
    },
  );
  t.is(
    error.message,
    `port ${port} of 127.0.0.1 cannot be used for the NATS server: choose another, or none to get a free one`,
  );
});

test('two servers do not get the same store', async (t) => {
  const storeFolder = temporaryFolder(t);
  const binary = await natsBinary();
  const server = await startServer({binary, storeFolder});
  t.teardown(() => server.stop());
  const error = await t.throwsAsync(startServer({binary, storeFolder}), {instanceOf: TerminalError});
  t.is(
    error.message,
    `${storeFolder} is in use by the NATS server with process id ${server.pid} at ${server.shown}: end the run that started it`,
  );
});

test('what a stopped server kept is there when another starts on its store', async (t) => {
  const storeFolder = temporaryFolder(t);
  const binary = await natsBinary();
  const first = await startServer({binary, storeFolder});
  const before = await openBus({url: first.url, run: 'run', name: 'test'});
  await before.publish('prompts', {promptId: '0', prompt: 'p'}, '0');
  await before.drain();
  await first.stop();
  const second = await startServer({binary, storeFolder});
  t.teardown(() => second.stop());
  const after = await openBus({url: second.url, run: 'run', name: 'test'});
  t.teardown(() => after.drain());
  t.is((await after.state('prompts')).messages, 1);
});

test('a program that is no server is one line with what it says', async (t) => {
  const folder = temporaryFolder(t);
  const binary = join(folder, 'nats-server');
  writeFileSync(binary, '#!/bin/sh\necho "nats-server: the moon is wrong"\nexit 1\n');
  chmodSync(binary, 0o755);
  const error = await t.throwsAsync(startServer({binary, storeFolder: join(folder, 'store')}), {
    instanceOf: TerminalError,
  });
  t.is(error.message, `${binary} does not start: nats-server: the moon is wrong`);
});

test('a server that is killed comes back on its address', async (t) => {
  const server = await startServer({binary: await natsBinary(), storeFolder: temporaryFolder(t)});
  t.teardown(() => server.stop());
  const bus = await openBus({url: server.url, run: 'run', name: 'test'});
  t.teardown(() => bus.drain());
  const {url, pid} = server;
  process.kill(pid, 'SIGKILL');
  t.is((await bus.publish('prompts', {promptId: '0', prompt: 'p'}, '0')).sequence, 1);
  t.is(server.url, url);
  // Its keeper's word may come later than the server's own.
  while (server.pid === pid) await new Promise((resolve) => setTimeout(resolve, 20));
  t.true(isAlive(server.pid));
});

test('a server does not outlive an owner that is killed', async (t) => {
  const {owner, pid} = await withOwner(t);
  t.true(isAlive(pid));
  t.is(owner.exitCode, null);
  owner.kill('SIGKILL');
  await gone(pid);
  t.false(isAlive(pid));
});

test('a server whose owner and keeper were both killed is ended by who takes its store over, and its content is there', async (t) => {
  const storeFolder = temporaryFolder(t);
  const binary = await natsBinary();
  const owner = fork(fileURLToPath(new URL('../bus/server-owner.js', import.meta.url)), [
    binary,
    storeFolder,
  ]);
  t.teardown(() => owner.kill('SIGKILL'));
  const [{url, pid}] = await once(owner, 'message');
  const bus = await openBus({url, run: 'run', name: 'test'});
  await bus.publish('prompts', {promptId: '0', prompt: ''}, '0');
  await bus.drain();
  // Its state, and then who started it, come after the name, which stands in brackets.
  const keeper = Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  // Stopped, so that it does not end the server when it hears of its keeper.
  owner.kill('SIGSTOP');
  process.kill(keeper, 'SIGKILL');
  const killed = once(owner, 'exit');
  owner.kill('SIGKILL');
  await killed;
  t.true(isAlive(pid));
  await t.throwsAsync(startServer({binary, storeFolder}), {message: /is in use by the NATS server/});
  const server = await startServer({binary, storeFolder, takesOver: true});
  t.teardown(() => server.stop());
  // Its id may be there for as long as nobody asks how it ended.
  t.true([undefined, 'Z'].includes(statFieldsOf(pid)?.[0]));
  const again = await openBus({url: server.url, run: 'run', name: 'test'});
  t.is((await again.state('prompts')).messages, 1);
  await again.drain();
});

test('an interrupt from the terminal reaches the owner and not the server', async (t) => {
  const {owner, url, pid} = await withOwner(t);
  const interrupted = once(owner, 'message');
  process.kill(-(owner.pid ?? 0), 'SIGINT');
  t.deepEqual((await interrupted)[0], 'interrupted');
  t.deepEqual(await listRuns(url), []);
  t.true(isAlive(pid));
});

test('a server whose keeper is killed is stopped, and its owner is told', async (t) => {
  const storeFolder = temporaryFolder(t);
  const server = await startServer({binary: await natsBinary(), storeFolder});
  process.kill(server.keeperPid, 'SIGKILL');
  const error = await server.failed;
  t.is(error.message, `the NATS server of ${storeFolder} has lost its keeper and was stopped`);
  await gone(server.pid);
  await server.stop();
});
