/**
 * A NATS server of the run's own: with its own port, store, JetStream and secret, and gone when its owner is, however it
 * ends. Other users of the machine reach its port; the secret keeps them out, and the mode of its folder keeps the secret.
 */
import {type ChildProcess, fork} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf, TerminalError} from '../errors.js';
import {isProcessAlive} from '../machine/process-alive.js';
import {codeRoot} from '../paths.js';
import {hide} from '../text/redact.js';
import type {KeeperOptions, KeeperReport} from './keeper.js';

const KEEPER = join(codeRoot, 'runtime/nats-server/keeper.js');
/** Room for long prompts and answers; JetStream keeps up well to about this size. */
const MAX_PAYLOAD = '8MB';
const CONFIG = 'nats-server.conf';
const FREE_PORT = -1;
/** What the owner alone may read. */
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const SECRET_BYTES = 24;
const PROBE_TIMEOUT_MS = 1_000;
/** As long as its keeper would give it. */
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

export interface ServerOptions {
  /** From `findServer`. */
  readonly binary: string;
  /** Holds the server's messages, secret, configuration and log, for its owner alone; made where it is missing. */
  readonly storeFolder: string;
  /** A free one unless given. */
  readonly port?: number;
  /**
   * Whether nobody else can be entitled to the folder: a server that is at work there has outlived its owner and its keeper,
   * both of which were killed, and is ended. It is refused unless given.
   */
  readonly takesOver?: boolean;
}

export interface RunningServer {
  /** With its secret: only for the environment of processes and for files that nobody else reads. */
  readonly url: string;
  /** Without it. */
  readonly shown: string;
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
  takesOver = false,
}: ServerOptions): Promise<RunningServer> => {
  const folder = resolve(storeFolder);
  mkdirSync(folder, {recursive: true, mode: PRIVATE_FOLDER});
  chmodSync(folder, PRIVATE_FOLDER);
  const configFile = join(folder, CONFIG);
  await freeStore(folder, takesOver ? configFile : undefined);
  if (port !== FREE_PORT) await refuseUsedPort(port);
  const secret = secretOf(folder);
  writePrivately(configFile, configOf(folder, secret));

  const options: KeeperOptions = {binary, configFile, storeFolder: folder, port};
  const keeper = fork(KEEPER, [JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(keeper, 'exit');
  let {url: shown, pid} = await firstReport(keeper, binary);
  keeper.unref();
  keeper.channel?.unref();

  let stopping = false;
  const failed = new Promise<TerminalError>((settle) => {
    keeper.on('message', (report: KeeperReport) => {
      if (report.kind === 'ready') ({url: shown, pid} = report);
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
      return shown.replace('://', `://${secret}@`);
    },
    get shown() {
      return shown;
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

/** Ends a server that has outlived its owner and its keeper, where there is one in this folder. */
export const endOrphan = (storeFolder: string): Promise<void> => {
  const folder = resolve(storeFolder);
  return freeStore(folder, join(folder, CONFIG));
};

/** Plain enough for server 2.9, which refuses options that came later. */
const configOf = (folder: string, secret: string): string =>
  [
    `authorization { token: ${JSON.stringify(secret)} }`,
    `max_payload: ${MAX_PAYLOAD}`,
    `ports_file_dir: ${JSON.stringify(folder)}`,
    `jetstream { store_dir: ${JSON.stringify(folder)} }`,
    '',
  ].join('\n');

/** The same each time a run is taken up again: its actors on this machine may have stayed. */
const secretOf = (folder: string): string => {
  const file = join(folder, 'secret');
  const kept = secretIn(file);
  const secret = kept ?? randomBytes(SECRET_BYTES).toString('hex');
  if (kept === undefined) writePrivately(file, secret);
  hide(secret);
  return secret;
};

/** A secret that others could read is none. */
const secretIn = (file: string): string | undefined => {
  try {
    if ((statSync(file).mode & 0o077) !== 0) return undefined;
    const text = readFileSync(file, 'utf8');
    return text.length === 2 * SECRET_BYTES ? text : undefined;
  } catch {
    return undefined;
  }
};

const writePrivately = (file: string, text: string): void => {
  // One that is there keeps its mode.
  rmSync(file, {force: true});
  writeFileSync(file, text, {mode: PRIVATE_FILE, flag: 'wx'});
};

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

/**
 * Two servers on one store would destroy it.
 *
 * @param orphanOf the configuration of a server that may be ended.
 */
const freeStore = async (folder: string, orphanOf: string | undefined): Promise<void> => {
  for (const name of readdirSync(folder)) {
    const pid = /^nats-server_(\d+)\.ports$/.exec(name)?.[1];
    if (pid === undefined) continue;
    const file = join(folder, name);
    const url = urlIn(file);
    const isOrphan = orphanOf !== undefined && runsWith(Number(pid), orphanOf);
    if (isOrphan) await end(Number(pid), orphanOf);
    else if (url !== undefined && isProcessAlive(Number(pid)) && (await answers(url))) {
      throw new TerminalError(
        `${folder} is in use by the NATS server with process id ${pid} at ${url}: end the run that started it`,
      );
    }
    rmSync(file, {force: true});
  }
};

/** Whether a process is a server with this configuration; Linux tells. */
const runsWith = (pid: number, configFile: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(configFile);
  } catch {
    return false;
  }
};

/**
 * Resolves when a server that is not this process's child runs no more. Its id may be there for longer: nobody needs to ask
 * for the exit code of what has outlived its parent.
 */
const end = async (pid: number, configFile: string): Promise<void> => {
  killQuietly(pid);
  const killAtMs = performance.now() + STOP_TIMEOUT_MS;
  for (; runsWith(pid, configFile); await sleep(POLL_MS))
    if (performance.now() > killAtMs) killQuietly(pid, 'SIGKILL');
};

const urlIn = (portsFile: string): string | undefined => {
  try {
    const ports: {readonly nats?: readonly string[]} = JSON.parse(readFileSync(portsFile, 'utf8'));
    return ports.nats?.[0];
  } catch {
    return undefined;
  }
};

const killQuietly = (pid: number, signal: NodeJS.Signals = 'SIGTERM'): void => {
  try {
    process.kill(pid, signal);
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
