import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, NEVER, skip, take, toArray} from 'rxjs';
import {channelNames, channels, streamOf} from '../../../../runtime/bus/channels/subjects.js';
import {listRuns, openCoreLink, openLink} from '../../../../runtime/bus/connection/connection.js';
import {openBus} from '../../../../runtime/bus/open-bus.js';
import {RetryableError, TerminalError} from '../../../../runtime/errors.js';
import {withBareServer} from '../../../helpers/bare-server.js';
import {networkTo} from '../../../helpers/cut.js';
import {until} from '../../../helpers/fleet-folder.js';
import {startTestServer, type TestServer, withBus, withNatsServer} from '../../../helpers/nats.js';
import {standStill} from '../../../helpers/process.js';
import {score} from '../score.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test('two runs on one server see nothing of each other', async (t) => {
  const one = await withBus(t, server, 'one');
  const two = await withBus(t, server, 'two');
  await one.publish('prompts', {promptId: '0', prompt: 'of one'}, '0');
  t.false((await two.publish('prompts', {promptId: '0', prompt: 'of two'}, '0')).duplicate);
  await one.kv.put('phase', {feeding: 'on'});
  t.is(await two.kv.get('phase'), undefined);
  const delivery = await firstValueFrom(two.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}));
  t.is(delivery.message.prompt, 'of two');
  await delivery.ack();
  await two.deleteRun();
  t.is((await one.state('prompts')).messages, 1);
  t.deepEqual((await one.kv.get('phase'))?.value, {feeding: 'on'});
});

test('runs are listed by their ids, and a deleted run is not', async (t) => {
  const names = ['list-b', 'list_a_control', 'list-c'];
  for (const name of names) await withBus(t, server, name);
  const gone = await withBus(t, server, 'list-gone');
  await gone.deleteRun();
  const runs = (await listRuns(server.url)).filter((run) => run.startsWith('list'));
  t.deepEqual(runs, ['list-b', 'list-c', 'list_a_control']);
});

test('opening a run again finds what it holds', async (t) => {
  const first = await openBus({url: server.url, run: 'again', name: 'first'});
  await first.publish('prompts', {promptId: '0', prompt: 'p'}, '0');
  await first.drain();
  const second = await withBus(t, server, 'again', 'second');
  t.is((await second.state('prompts')).messages, 1);
});

test('a queue keeps the room that it was opened with, whoever opens the run later', async (t) => {
  const roomy = await openBus({url: server.url, run: 'roomy', name: 'first', queueCapacity: 300});
  t.teardown(() => roomy.drain());
  const bus = await withBus(t, server, 'roomy', 'second');
  const ids = Array.from({length: 300}, (_, id) => String(id));
  await Promise.all(ids.map((promptId) => bus.publish('prompts', {promptId, prompt: 'p'}, promptId)));
  t.is((await bus.state('prompts')).messages, 300);
  const full = AbortSignal.timeout(500);
  await t.throwsAsync(bus.publish('prompts', {promptId: '300', prompt: 'p'}, '300', full), {any: true});
});

test('ids are remembered for minutes by queues, which many pass through, and for a week by logs, of earlier runs too', async (t) => {
  const earlier = await withBus(t, server, 'remembers', 'first');
  const link = await openLink({url: server.url, run: 'remembers', name: 'onlooker'});
  t.teardown(() => link.close());
  const ask = async (what: string, stream: string, body = ''): Promise<StreamInfo> =>
    JSON.parse(Buffer.from(await link.request(`$JS.API.STREAM.${what}.${stream}`, body)).toString());
  const {config} = await ask('INFO', streamOf(earlier.run, 'prompts'));
  await ask('UPDATE', config.name, JSON.stringify({...config, duplicate_window: 3_600e9}));
  await withBus(t, server, 'remembers', 'second');
  for (const channel of channelNames) {
    const told = await ask('INFO', streamOf('remembers', channel));
    const definition = channels[channel];
    const seconds = definition.kind === 'queue' ? 2 * 60 : 7 * 24 * 60 * 60;
    t.is(told.config.duplicate_window / 1e9, seconds, channel);
    // Long enough for all deliveries of a message whose readers are killed before they get to work on it.
    if (definition.kind === 'queue') t.true(definition.ackWaitMs * definition.maxDeliver < seconds * 1000);
  }
});

interface StreamInfo {
  readonly config: {readonly name: string; readonly duplicate_window: number};
}

test('a key-value entry is put only where nobody else changed it first', async (t) => {
  const bus = await withBus(t, server, 'control');
  t.is(await bus.kv.get('fleet'), undefined);
  const first = await bus.kv.compareAndSet('fleet', {prompts: 1}, 0);
  t.is(await bus.kv.compareAndSet('fleet', {prompts: 2}, 0), undefined);
  const read = await bus.kv.get<{prompts: number}>('fleet');
  t.like(read, {value: {prompts: 1}, revision: first});
  const revision = await bus.kv.put('fleet', {prompts: 3});
  t.is(await bus.kv.compareAndSet('fleet', {prompts: 4}, read?.revision ?? 0), undefined);
  const last = await bus.kv.compareAndSet('fleet', {prompts: 5}, revision);
  t.like(await bus.kv.get('fleet'), {value: {prompts: 5}, revision: last});
});

test('a watch begins with the present value and follows in every process', async (t) => {
  const bus = await withBus(t, server, 'watch');
  const other = await withBus(t, server, 'watch', 'other');
  await bus.kv.put('fleet', {name: 'dpo'});
  await bus.kv.put('phase', {feeding: 'on'});
  const seen = other.kv.watch<{name: string}>('fleet').pipe(take(2), toArray());
  const watching = firstValueFrom(seen);
  await firstValueFrom(other.kv.watch('fleet'));
  await bus.kv.put('fleet', {name: 'apo_zero'});
  t.deepEqual((await watching).at(-1), {name: 'apo_zero'});
});

test('a run id that cannot be part of a subject is refused', async (t) => {
  for (const run of ['', 'a.b', 'a b', '*', 'x'.repeat(65)]) {
    await t.throwsAsync(openBus({url: server.url, run, name: 'test'}), {
      instanceOf: TerminalError,
      message: /cannot be the id of a run/,
    });
  }
});

test('an address where nothing listens is one line at once', async (t) => {
  const url = `nats://127.0.0.1:${await freePort()}`;
  const error = await t.throwsAsync(openBus({url, run: 'run', name: 'test'}), {instanceOf: RetryableError});
  t.is(
    error.message,
    `no NATS server answers at ${url}: start one with 'nats-server -js', or correct its address (--nats, NATS_URL)`,
  );
  await t.throwsAsync(listRuns(url), {instanceOf: RetryableError});
});

test('a server without JetStream is one line with the remedy', async (t) => {
  const url = await withBareServer(t, []);
  const message =
    `the NATS server at ${url} runs without JetStream: start it with 'nats-server -js'; ` +
    'if it had it, it could not write, and its log says why: a full disk, say';
  await t.throwsAsync(openBus({url, run: 'run', name: 'test'}), {instanceOf: TerminalError, message});
  await t.throwsAsync(listRuns(url), {instanceOf: TerminalError, message});
});

test('a server that turns its JetStream off under a run is one line with the cause and the remedy', async (t) => {
  const own = await withNatsServer(t);
  const bus = await withBus(t, own, 'off');
  await own.stop();
  await withBareServer(t, [], new URL(own.url).port);
  const message =
    `the NATS server at ${own.shown} has its JetStream off now, while publishing 1 to scores: ` +
    'its log says why; where its disk is full, free it; then start it again, and take the run up again';
  await t.throwsAsync(bus.publish('scores', score(1), '1'), {instanceOf: TerminalError, message});
});

test('a server whose JetStream says nothing is told from one that is not there', async (t) => {
  const url = await withBareServer(t, []);
  const mute = await openCoreLink({url, name: 'mute'});
  t.teardown(() => mute.close());
  mute.subscribe('$JS.API.>', () => undefined);
  await mute.flush();
  await t.throwsAsync(openBus({url, run: 'run', name: 'test'}), {
    instanceOf: RetryableError,
    message: /^the NATS server at nats:\S+ answers, but its JetStream does not, /,
  });
});

test('whether JetStream is mute is seen by another connection: of a server that stands still it is not said', async (t) => {
  const own = await startTestServer();
  t.teardown(() => own.remove());
  const link = await openLink({url: own.url, run: 'run', name: 'test'});
  t.teardown(() => link.close());
  t.false(await link.isMute());
  await standStill(own.pid);
  t.false(await link.isMute());
  process.kill(own.pid, 'SIGCONT');

  await own.stop();
  const {port, username} = new URL(own.url);
  await withBareServer(t, [`authorization { token: "${username}" }`], port);
  t.false(await link.isMute(), 'it says that there is none');
  const silent = await openCoreLink({url: own.url, name: 'silent'});
  t.teardown(() => silent.close());
  silent.subscribe('$JS.API.>', () => undefined);
  await silent.flush();
  t.true(await link.isMute());
});

test('a connection that is being closed takes nothing more, also where it is lost and comes back meanwhile', async (t) => {
  const network = await networkTo(t, server.url);
  const link = await openCoreLink({url: network.url, name: 'closing'});
  link.subscribe('anything', () => undefined);
  await link.flush();
  network.swallow();
  const closing = link.close();
  t.is(link.state(), 'closed');
  const later = firstValueFrom(link.state$.pipe(skip(1), toArray()));
  network.mend();
  await until('the connection that comes back', async () => (network.connections() === 1 ? true : undefined));
  await closing;
  t.deepEqual(await later, ['away', 'closed']);
});

test('refused credentials are one line with the remedy, and right ones are taken from the address', async (t) => {
  const store = mkdtempSync(join(tmpdir(), 'anchorage-auth-'));
  t.teardown(() => rmSync(store, {recursive: true, force: true}));
  const url = await withBareServer(t, [
    `jetstream { store_dir: ${JSON.stringify(store)} }`,
    'authorization { users: [{user: "ann", password: "p@ss"}] }',
  ]);
  const error = await t.throwsAsync(openBus({url, run: 'run', name: 'test'}), {instanceOf: TerminalError});
  t.is(
    error.message,
    `the NATS server at ${url} refuses the credentials: put USER:PASSWORD@ or TOKEN@ before the host in NATS_URL, ` +
      'or name a file by NATS_CREDS or NATS_NKEY',
  );
  const bus = await openBus({url: url.replace('//', '//ann:p%40ss@'), run: 'run', name: 'test'});
  t.is((await bus.state('prompts')).messages, 0);
  await bus.drain();
});

test('a subject that the server does not permit is one line with the remedy', async (t) => {
  const store = mkdtempSync(join(tmpdir(), 'anchorage-permissions-'));
  t.teardown(() => rmSync(store, {recursive: true, force: true}));
  const withRights = (rights: string) =>
    withBareServer(t, [
      `jetstream { store_dir: ${JSON.stringify(mkdtempSync(join(store, 'js-')))} }`,
      `authorization { users: [{user: "ann", password: "p", permissions: {${rights}}}] }`,
    ]);
  const publish = async (rights: string): Promise<Error> => {
    const url = (await withRights(rights)).replace('//', '//ann:p@');
    const bus = await openBus({url, run: 'run', name: 'test'});
    t.teardown(() => bus.drain());
    return t.throwsAsync(bus.publish('prompts', {promptId: '0', prompt: 'p'}, '0'), {
      instanceOf: TerminalError,
    });
  };
  const [one, two] = await Promise.all([
    publish('publish: {deny: ["anchorage.run.prompts"]}'),
    publish('publish: {deny: ["anchorage.>"]}'),
  ]);
  for (const {message} of [one, two]) {
    t.regex(
      message,
      /^the NATS server at nats:\S+ does not permit publishing 0 to prompts \(anchorage\.run\.prompts\): allow this user /,
    );
  }
});

test('a server whose JetStream has no room for a run says so', async (t) => {
  const store = mkdtempSync(join(tmpdir(), 'anchorage-small-'));
  t.teardown(() => rmSync(store, {recursive: true, force: true}));
  const url = await withBareServer(t, [
    `jetstream { store_dir: ${JSON.stringify(store)}, max_mem: 1MB, max_file: 20KB }`,
  ]);
  const bus = await openBus({url, run: 'run', name: 'test'});
  t.teardown(() => bus.drain());
  const fill = async (): Promise<void> => {
    for (let index = 0; index < 40; index += 1)
      await bus.publish('prompts', {promptId: String(index), prompt: 'x'.repeat(4000)}, String(index));
  };
  const error = await t.throwsAsync(fill(), {instanceOf: TerminalError});
  t.regex(
    error.message,
    /^the NATS server at nats:\S+ has no room \(.+\) while publishing \d+ to prompts: free its disk or raise its JetStream limits, start it again, and take the run up again$/,
  );
});
