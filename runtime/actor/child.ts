/** One child process: how it is started, what it says, and why it ended. */
import {type ChildProcess, fork} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {type Heartbeat, heartbeatIn} from './heartbeat.js';
import type {LivenessLimits} from './liveness.js';

export interface Command {
  /** Shown to people and unique among the commands, such as `sampler-0`. */
  readonly name: string;
  /** A JavaScript file that node runs. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the child's output is appended; without it, it goes to this process's stderr. */
  readonly logFile?: string;
  /** When a child that sends heartbeats is stuck; without it, it never is. */
  readonly liveness?: LivenessLimits;
  /** What it learnt is saved when it ends: asked to, it is waited for as long as its work comes forward. */
  readonly savesAtEnd?: boolean;
}

/** How a child ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said of its failure, or how it ended. */
  readonly reason: string;
  /** It said that starting again cannot help. */
  readonly fatal: boolean;
}

export interface ChildListener {
  readonly onHeartbeat: (heartbeat: Heartbeat) => void;
  /** Anything else that it sent, but for its failure. */
  readonly onMessage: (message: unknown) => void;
  /** Once, when it is gone and its last words are heard. */
  readonly onEnd: (end: ChildEnd) => void;
}

/** The last words of a child may still be on their way when it is gone. */
const LAST_WORDS_MS = 500;

/** Starts it. A file that is not there is an end like any other. */
export const startChild = (command: Command, listener: ChildListener): ChildProcess => {
  const child = forkChild(command);
  let reason: string | undefined;
  let fatal = false;
  let over = false;
  const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (over) return;
    over = true;
    const how = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
    listener.onEnd({code, signal, reason: reason ?? how, fatal: fatal || code === 2});
  };
  child.on('message', (message) => {
    const heartbeat = heartbeatIn(message);
    if (heartbeat !== undefined) return listener.onHeartbeat(heartbeat);
    const said = failureIn(message);
    if (said === undefined) return listener.onMessage(message);
    reason = said.message;
    fatal ||= said.kind === 'fatal';
  });
  child.on('error', (error) => {
    reason ??= error.message;
    if (child.pid === undefined) ended(null, null);
  });
  child.on('exit', (code, signal) => {
    if (!child.connected) return ended(code, signal);
    // Where this process itself stood still for so long, they are read before.
    const limit = setTimeout(() => setImmediate(ended, code, signal), LAST_WORDS_MS);
    child.once('disconnect', () => {
      clearTimeout(limit);
      ended(code, signal);
    });
  });
  return child;
};

const forkChild = ({entry, args, env, logFile}: Command): ChildProcess => {
  // The child holds the file itself: what it says as this process dies is still written down.
  const log = logFile === undefined ? 2 : openSync(logFile, 'a');
  try {
    return fork(entry, [...args], {stdio: ['ignore', log, log, 'ipc'], env: {...process.env, ...env}});
  } finally {
    if (logFile !== undefined) closeSync(log);
  }
};

const failureIn = (message: unknown): {kind: 'fatal' | 'failed'; message: string} | undefined => {
  if (message === null || typeof message !== 'object' || !('kind' in message) || !('message' in message))
    return undefined;
  const {kind, message: text} = message;
  return (kind === 'fatal' || kind === 'failed') && typeof text === 'string'
    ? {kind, message: text}
    : undefined;
};
