/** A NATS server of the run's own: with its own port, store and JetStream, and gone when its owner is, however it ends. */
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {messageOf, TerminalError} from '../errors.js';
import {isProcessAlive} from '../process-alive.js';
import type {KeeperOptions, KeeperReport} from './keeper.js';

const KEEPER = fileURLToPath(new URL('./keeper.js', import.meta.url));
/** Room for long prompts and answers; JetStream keeps up well to about this size. */
const MAX_PAYLOAD = '8MB';
const FREE_PORT = -1;
const PROBE_TIMEOUT_MS = 1_000;

export interface ServerOptions {
  /** From `findServer`. */
  readonly binary: string;
  /** Holds the server's messages, configuration and log; made where it is missing. */
  readonly storeFolder: string;
  /** A free one unless given. */
  readonly port?: number;
}

export interface RunningServer {
  readonly url: string;
  /** Of the server process now: one that died is started again on the same port and store. */
  readonly pid: number;
  /** Of the process between this one and the server. */
  readonly keeperPid: number;
  /** Resolves, with the reason, if the server cannot be kept running. Pending for as long as it can. */
  readonly failed: Promise<TerminalError>;
  stop(): Promise<void>;
}

/**
 * Starts a server for this process, listening on 127.0.0.1 only.
 *
 * @throws TerminalError where the port or the store is in use, or the server does not start
 */
export const startServer = async ({
  binary,
  storeFolder,
  port = FREE_PORT,
}: ServerOptions): Promise<RunningServer> => {
  const folder = resolve(storeFolder);
  mkdirSync(folder, {recursive: true});
  await refuseUsedStore(folder);
  if (port !== FREE_PORT) await refuseUsedPort(port);
  const configFile = join(folder, 'nats-server.conf');
  writeFileSync(configFile, configOf(folder));

  const options: KeeperOptions = {binary, configFile, storeFolder: folder, port};
  const keeper = fork(KEEPER, [JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(keeper, 'exit');
  let {url, pid} = await firstReport(keeper, binary);
  keeper.unref();
  keeper.channel?.unref();

  let stopping = false;
  const failed = new Promise<TerminalError>((settle) => {
    keeper.on('message', (report: KeeperReport) => {
      if (report.kind === 'ready') ({url, pid} = report);
      else settle(new TerminalError(`the NATS server of ${folder} cannot be kept running: ${report.reason}`));
    });
    keeper.once('exit', () => {
      if (stopping) return;
      killQuietly(pid);
      settle(new TerminalError(`the NATS server of ${folder} has lost its keeper and was stopped`));
    });
  });
  return {
    get url() {
      return url;
    },
    get pid() {
      return pid;
    },
    keeperPid: keeper.pid ?? 0,
    failed,
    async stop() {
      stopping = true;
      if (keeper.connected) {
        keeper.ref();
        keeper.send('stop');
      }
      await exited;
    },
  };
};

/** Plain enough for server 2.9, which refuses options that came later. */
const configOf = (folder: string): string =>
  [
    `max_payload: ${MAX_PAYLOAD}`,
    `ports_file_dir: ${JSON.stringify(folder)}`,
    `jetstream { store_dir: ${JSON.stringify(folder)} }`,
    '',
  ].join('\n');

const firstReport = async (keeper: ChildProcess, binary: string): Promise<{url: string; pid: number}> => {
  const report = await new Promise<KeeperReport>((settle) => {
    keeper.once('message', (message: KeeperReport) => settle(message));
    keeper.once('error', (error) => settle({kind: 'failed', reason: messageOf(error)}));
    keeper.once('exit', () => settle({kind: 'failed', reason: 'its keeper ended'}));
  });
  if (report.kind === 'failed') throw new TerminalError(`${binary} does not start: ${report.reason}`);
  return report;
};

const refuseUsedPort = async (port: number): Promise<void> => {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    throw new TerminalError(
      `port ${port} of 127.0.0.1 cannot be used for the NATS server: choose another, or none to get a free one`,
    );
  } finally {
    probe.close();
  }
};

/** Two servers on one store would destroy it. */
const refuseUsedStore = async (folder: string): Promise<void> => {
  for (const name of readdirSync(folder)) {
    const pid = /^nats-server_(\d+)\.ports$/.exec(name)?.[1];
    if (pid === undefined) continue;
    const file = join(folder, name);
    const url = urlIn(file);
    if (url !== undefined && isProcessAlive(Number(pid)) && (await answers(url))) {
      throw new TerminalError(
        `${folder} is in use by the NATS server with process id ${pid} at ${url}: end the run that started it`,
      );
    }
    rmSync(file, {force: true});
  }
};

const urlIn = (portsFile: string): string | undefined => {
  try {
    const ports: {readonly nats?: readonly string[]} = JSON.parse(readFileSync(portsFile, 'utf8'));
    return ports.nats?.[0];
  } catch {
    return undefined;
  }
};

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It is gone already, which is what was wanted.
  }
};

const answers = async (url: string): Promise<boolean> => {
  const {hostname, port} = new URL(url);
  const socket = connect({host: hostname, port: Number(port), timeout: PROBE_TIMEOUT_MS});
  try {
    return await new Promise<boolean>((settle) => {
      socket.once('connect', () => settle(true));
      socket.once('timeout', () => settle(false));
      socket.once('error', () => settle(false));
    });
  } finally {
    socket.destroy();
  }
};
