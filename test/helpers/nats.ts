/** A NATS server of a test's own. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Bus} from '../../runtime/bus/bus.js';
import {type ChannelName, streamOf} from '../../runtime/bus/channels/subjects.js';
import {openLink} from '../../runtime/bus/connection/connection.js';
import {openBus} from '../../runtime/bus/open-bus.js';
import {findServer} from '../../runtime/nats-server/find-server.js';
import {type RunningServer, startServer} from '../../runtime/nats-server/server.js';

/** The nats-server the tests run: ANCHORAGE_TEST_NATS_SERVER, or the one that a run would start. */
export const natsBinary = async (): Promise<string> => {
  const named = process.env.ANCHORAGE_TEST_NATS_SERVER;
  if (named !== undefined) return named;
  const {NATS_URL: _running, ...env} = process.env;
  const found = await findServer(env);
  if (found.kind !== 'binary')
    throw new Error(found.kind === 'none' ? found.advice : 'expected a nats-server to start');
  return found.path;
};

export interface TestServer {
  /** With its secret. */
  readonly url: string;
  /** Without it, as lines show it. */
  readonly shown: string;
  readonly pid: number;
  readonly storeFolder: string;
  stop(): Promise<void>;
  /** Starts it again, after `stop`, on the same port and store. */
  start(): Promise<void>;
  /** Stops it and deletes its store. */
  remove(): Promise<void>;
}

/** A server with JetStream on a random port, with its own store; for a file's `before` hook, and `remove` for its `after`. */
export const startTestServer = async (
  storeFolder = mkdtempSync(join(tmpdir(), 'anchorage-nats-')),
): Promise<TestServer> => {
  const binary = await natsBinary();
  let server: RunningServer = await startServer({binary, storeFolder});
  return {
    storeFolder,
    get url() {
      return server.url;
    },
    get shown() {
      return server.shown;
    },
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    async start() {
      server = await startServer({binary, storeFolder, port: Number(new URL(server.url).port)});
    },
    async remove() {
      await server.stop();
      rmSync(storeFolder, {recursive: true, force: true});
    },
  };
};

/** The same for one test: it is gone after the test. Tests of a file may share a server where each has its own run. */
export const withNatsServer = async (t: ExecutionContext): Promise<TestServer> => {
  const server = await startTestServer();
  t.teardown(() => server.remove());
  return server;
};

/** A bus on that server, drained after the test. */
export const withBus = async (
  t: ExecutionContext,
  server: TestServer,
  run = 'run',
  name = 'test',
): Promise<Bus> => {
  const bus = await openBus({url: server.url, run, name});
  t.teardown(() => bus.drain());
  return bus;
};

export interface ConsumerInfo {
  readonly name: string;
  /** Position in the stream of what was delivered last. */
  readonly delivered: {readonly stream_seq: number};
}

/** The consumers that the server has on a stream, as it tells them. */
export const consumersOf = async (
  t: ExecutionContext,
  server: TestServer,
  run: string,
  channel: ChannelName,
): Promise<() => Promise<readonly ConsumerInfo[]>> => {
  const link = await openLink({url: server.url, run, name: 'onlooker'});
  t.teardown(() => link.close());
  return async () => {
    const answer = await link.request(`$JS.API.CONSUMER.LIST.${streamOf(run, channel)}`, '');
    const {consumers}: {consumers?: readonly ConsumerInfo[]} = JSON.parse(Buffer.from(answer).toString());
    return consumers ?? [];
  };
};
