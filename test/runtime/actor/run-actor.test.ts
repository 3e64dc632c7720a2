/** An actor's process, from its arguments to its exit code. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {filter, first, firstValueFrom, lastValueFrom, toArray} from 'rxjs';
import {type Command, supervise} from '../../../runtime/actor/supervise.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {codeRoot} from '../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {gone, isAlive, runNode, startNode} from '../../helpers/process.js';
import {temporaryFile} from '../../helpers/temporary.js';
import type {Behaviour} from '../../helpers/test-actor.js';

const ENTRY = 'test/helpers/test-actor.js';

const commandOf = (t: ExecutionContext, behaviour: Behaviour, url: string): Command => {
  const fleet = temporaryFile(t, 'fleet.json', JSON.stringify({behaviour}));
  const folder = join(fleet, '..');
  const args = ['--fleet', fleet, '--run', 'run', '--index', '3', '--run-folder', folder];
  const env = {NATS_URL: url};
  return {name: 'sampler-3', entry: join(codeRoot, ENTRY), args, env, logFile: join(folder, 'log')};
};

const place = async (t: ExecutionContext): Promise<{bus: Bus; url: string}> => {
  const server = await withNatsServer(t);
  return {bus: await withBus(t, server), url: server.url};
};

const supervised = (t: ExecutionContext, command: Command) => {
  const supervisor = supervise([command], {backoff: () => 0});
  t.teardown(() => supervisor.kill());
  return supervisor;
};

/** Resolves when the test actor says that it is at work. */
const ready = (bus: Bus) =>
  firstValueFrom(
    bus.entries('metrics', {sequence: 1}).pipe(first(({message}) => message.values.ready === 1)),
  );

test('an actor whose stream completes ends with code 0, its last heartbeat sent', async (t) => {
  const {bus, url} = await place(t);
  const events = await lastValueFrom(supervised(t, commandOf(t, 'end', url)).events$.pipe(toArray()));
  t.deepEqual(
    events.map(({kind}) => kind),
    ['started', 'running', 'ended'],
  );
  const {message} = await firstValueFrom(bus.entries('metrics', {sequence: 1}));
  t.is(message.actor, 'sampler');
  t.is(message.index, 3);
  t.true((message.values['seconds/starting'] ?? 0) > 0);
  t.true((message.values['memory/rss_megabytes'] ?? 0) > 10);
});

test('an actor whose server is not there waits for it, says so once, and is not given up', async (t) => {
  const server = await withNatsServer(t);
  await server.stop();
  const {events$} = supervised(t, commandOf(t, 'end', server.url));
  const told = await firstValueFrom(events$.pipe(filter(({kind}) => kind === 'message')));
  t.like(told, {
    message: {
      kind: 'warning',
      message: `no NATS server answers at ${server.shown}: start one with 'nats-server -js', or correct its address (--nats, NATS_URL); trying again`,
    },
  });
  await server.start();
  const events = await lastValueFrom(events$.pipe(toArray()));
  t.deepEqual(
    events.filter(({kind}) => kind !== 'running').map(({kind}) => kind),
    ['started', 'message', 'ended'],
  );
});

test('an actor that is asked to end while it waits for its server ends well', async (t) => {
  const server = await withNatsServer(t);
  await server.stop();
  const supervisor = supervised(t, commandOf(t, 'end', server.url));
  await firstValueFrom(supervisor.events$.pipe(filter(({kind}) => kind === 'message')));
  await supervisor.stop();
  t.deepEqual(await lastValueFrom(supervisor.events$), {kind: 'ended', name: 'sampler-3'});
});

for (const [behaviour, what] of [
  ['fatal', 'a TerminalError stops the fleet with its message'],
  ['fatal_then_crash', 'what fails after a TerminalError, while the process leaves, is not its reason'],
] as const) {
  test(what, async (t) => {
    const {url} = await place(t);
    const events = await lastValueFrom(supervised(t, commandOf(t, behaviour, url)).events$.pipe(toArray()));
    const reason = 'the key is refused; give another';
    t.deepEqual(events.at(-1), {kind: 'failed', name: 'sampler-3', reason});
    t.deepEqual(
      events.map(({kind}) => kind),
      ['started', 'running', 'failed'],
    );
  });
}

test('any other error starts the actor again', async (t) => {
  const {url} = await place(t);
  const supervisor = supervised(t, commandOf(t, 'crash', url));
  const event = await firstValueFrom(supervisor.events$.pipe(filter(({kind}) => kind === 'restarting')));
  t.deepEqual(event, {
    kind: 'restarting',
    name: 'sampler-3',
    reason: 'nothing is not a function',
    delayMs: 0,
  });
  await supervisor.stop();
});

for (const behaviour of ['wait', 'abort'] as const) {
  test(`a drain ends an actor with code 0: ${behaviour}`, async (t) => {
    const {bus, url} = await place(t);
    const supervisor = supervised(t, commandOf(t, behaviour, url));
    await ready(bus);
    await supervisor.stop();
    const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
    t.deepEqual(
      events.map(({kind}) => kind),
      ['started', 'running', 'ended'],
    );
  });
}

test("a terminal's Ctrl-C and its end are left to the parent", async (t) => {
  const {bus, url} = await place(t);
  const supervisor = supervised(t, commandOf(t, 'wait', url));
  const started = await firstValueFrom(supervisor.events$.pipe(first((event) => event.kind === 'started')));
  await ready(bus);
  const pid = 'pid' in started ? started.pid : 0;
  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGHUP');
  const {lastSequence} = await bus.state('metrics');
  await firstValueFrom(bus.entries('metrics', {sequence: lastSequence + 1}));
  t.true(isAlive(pid));
  await supervisor.stop();
});

test('an actor whose parent is killed ends by itself', async (t) => {
  const {bus, url} = await place(t);
  const parent = startNode(t, 'test/helpers/test-parent.js', [JSON.stringify(commandOf(t, 'wait', url))]);
  const [data] = await once(parent.stdout ?? parent, 'data');
  const pid = Number(String(data));
  await ready(bus);
  t.true(isAlive(pid));
  parent.kill('SIGKILL');
  await gone(pid);
  t.false(isAlive(pid));
});

test('an actor whose parent is killed while it is loading ends by itself', async (t) => {
  const {url} = await place(t);
  const {entry, args, env} = commandOf(t, 'wait', url);
  const actor = fork(entry, [...args], {stdio: 'ignore', env: {...process.env, ...env}});
  t.teardown(() => actor.kill('SIGKILL'));
  const exited = once(actor, 'exit');
  actor.disconnect();
  t.deepEqual(await exited, [0, null]);
});

test('without a parent, a TerminalError is one line and code 2, with no stack', async (t) => {
  const {url} = await place(t);
  const {args, env} = commandOf(t, 'fatal', url);
  const {code, stderr} = await runNode(t, ENTRY, args, {env: {...env, ANCHORAGE_LOG_LEVEL: 'silent'}});
  t.is(code, 2);
  t.is(stderr, 'the key is refused; give another\n');
});

test('an actor that is started by hand says how actors are started', async (t) => {
  const {code, stderr} = await runNode(t, ENTRY, ['--run', 'x'], {env: {ANCHORAGE_LOG_LEVEL: 'silent'}});
  t.is(code, 2);
  t.is(stderr, '--fleet is missing: start actors with `anchorage start ACTOR`\n');
});
