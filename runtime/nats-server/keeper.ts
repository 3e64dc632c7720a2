/**
 * The process between a command and its NATS server. It has a session of its own, so that Ctrl-C in the terminal reaches
 * the command and not the server; it starts the server again when that dies; and it stops the server when the command is
 * gone, however that ended. Started by `server.ts` with a channel; ends when the channel does.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

export interface KeeperOptions {
  readonly binary: string;
  readonly configFile: string;
  /** Where the server writes its ports and its log. */
  readonly storeFolder: string;
  /** -1 for a free one. */
  readonly port: number;
}

export type KeeperReport =
  | {readonly kind: 'ready'; readonly url: string; readonly pid: number}
  | {readonly kind: 'failed'; readonly reason: string};

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
const STOP_TIMEOUT_MS = 5_000;
const RESTART_PAUSE_MS = 500;
/** Starts in a row that did not get ready. */
const FAILED_STARTS = 5;

const options: KeeperOptions = JSON.parse(process.argv[2] ?? '{}');
const {binary, configFile, storeFolder} = options;
const logFile = join(storeFolder, 'nats-server.log');
let port = options.port;
let server: ChildProcess | undefined;
let stopping = false;

/** Resolves when the owner's channel has taken the message, so that this process may end after it. */
const report = (message: KeeperReport): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** The newest line of the server's log that says that something went wrong. */
const complaint = (): string => {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  const wrong = lines.filter((line) => /\[(FTL|ERR)\]|^nats-server:/.test(line)).at(-1) ?? lines.at(-1) ?? '';
  return wrong.replace(/^.*\[(FTL|ERR)\]\s*/, '').trim() || 'it said nothing';
};

/** Starts the server and resolves to its address once it listens; to undefined where it ends before that. */
const start = async (): Promise<string | undefined> => {
  const log = openSync(logFile, 'a');
  const child = spawn(binary, ['-c', configFile, '-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  server = child;
  const failed = new Promise<true>((resolve) => {
    child.once('error', () => resolve(true));
    child.once('exit', () => resolve(true));
  });
  const portsFile = join(storeFolder, `nats-server_${child.pid}.ports`);
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS && !stopping; waitedMs += POLL_MS) {
    const url = addressIn(portsFile);
    if (url !== undefined) return url;
    if ((await Promise.race([failed, sleep(POLL_MS)])) === true) return undefined;
  }
  child.kill('SIGKILL');
  return undefined;
};

const addressIn = (portsFile: string): string | undefined => {
  try {
    const ports: {nats?: string[]} = JSON.parse(readFileSync(portsFile, 'utf8'));
    return ports.nats?.[0];
  } catch {
    return undefined; // not there yet, or half written
  }
};

const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  const child = server;
  if (child !== undefined && !hasExited(child)) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const gone = await Promise.race([exited.then(() => true), sleep(STOP_TIMEOUT_MS, false)]);
    if (!gone) {
      child.kill('SIGKILL');
      await exited;
    }
  }
  if (child?.pid !== undefined) rmSync(join(storeFolder, `nats-server_${child.pid}.ports`), {force: true});
  process.exit(0);
};

const keep = async (): Promise<void> => {
  let failedStarts = 0;
  let wasReady = false;
  while (!stopping) {
    const url = await start();
    const child = server;
    if (url !== undefined && child?.pid !== undefined) {
      failedStarts = 0;
      wasReady = true;
      // Its clients come back to the address that they know.
      port = Number(new URL(url).port);
      await report({kind: 'ready', url, pid: child.pid});
      if (!hasExited(child)) await new Promise((resolve) => child.once('exit', resolve));
      rmSync(join(storeFolder, `nats-server_${child.pid}.ports`), {force: true});
    } else {
      failedStarts += 1;
    }
    if (stopping) return;
    // One that never was ready is a wrong set-up, which its owner waits to hear of.
    if (failedStarts >= (wasReady ? FAILED_STARTS : 1)) {
      await report({kind: 'failed', reason: complaint()});
      process.exit(1);
    }
    await sleep(RESTART_PAUSE_MS);
  }
};

process.on('disconnect', () => void stop());
process.on('message', () => void stop());
process.on('SIGTERM', () => void stop());
keep().catch(async (error) => {
  server?.kill('SIGKILL');
  await report({kind: 'failed', reason: String(error)});
  process.exit(1);
});
