/**
 * Keeps child processes running. It knows command lines, not actors.
 *
 * S1 A child that ends with code 0 is done and is not started again, nor is any once a stop was asked for.
 * S2 Code 2, or the message `{kind: 'fatal', message}`, stops all children with that message.
 * S3 Any other end starts the child again after a backoff with full jitter; more than `MAX_RESTARTS` within
 *    `RESTART_WINDOW_MS` stop all children with the reason of the last.
 * S4 A stop sends SIGTERM to all at once and SIGKILL to what is left after the grace. It resolves when no child is left.
 * S5 No child outlives this process: the channel to it closes, and the child drains by itself (run.ts, R1).
 */
import {type ChildProcess, fork} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {type Observable, ReplaySubject, Subject} from 'rxjs';
import {backoffMs} from '../backoff.js';

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
}

export type ProcessEvent =
  | {readonly kind: 'started'; readonly name: string; readonly pid: number}
  /** What the child sent with process.send. */
  | {readonly kind: 'message'; readonly name: string; readonly message: unknown}
  | {readonly kind: 'restarting'; readonly name: string; readonly reason: string; readonly delayMs: number}
  /** `reason` where it was asked to end and did not end well: what it held may not be saved. */
  | {readonly kind: 'ended'; readonly name: string; readonly reason?: string}
  /** The last that is heard of: all children are being stopped because of this one. */
  | {readonly kind: 'failed'; readonly name: string; readonly reason: string};

export interface Supervisor {
  /** From the start on, for whoever subscribes; completes when no child is left. */
  readonly events$: Observable<ProcessEvent>;
  /** Resolves when no child is left (S4). */
  stop(): Promise<void>;
  /** Ends all children at once, with nothing saved. */
  kill(): void;
}

export interface SupervisorOptions {
  /** From SIGTERM to SIGKILL. */
  readonly drainGraceMs?: number;
  /** Before the n-th start again; full jitter up to 10 seconds unless told. */
  readonly backoff?: (attempt: number) => number;
}

const DEFAULT_DRAIN_GRACE_MS = 45_000;
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const LAST_WORDS_MS = 500;

/** A command and what became of it: it holds either a process, a timer until the next one, or nothing any more. */
interface Slot {
  readonly command: Command;
  state: {kind: 'running'; child: ChildProcess} | {kind: 'waiting'; timer: NodeJS.Timeout} | {kind: 'over'};
  restartedAtMs: number[];
}

/** Starts every command and keeps it running until it ends by itself, one of them fails for good, or `stop`. */
export const supervise = (commands: readonly Command[], options: SupervisorOptions = {}): Supervisor => {
  const {drainGraceMs = DEFAULT_DRAIN_GRACE_MS, backoff = backoffMs} = options;
  // Replayed, because the first events happen before anyone can have subscribed.
  const events$ = new ReplaySubject<ProcessEvent>(100);
  const gone$ = new Subject<void>();
  const slots = commands.map((command): Slot => ({command, state: {kind: 'over'}, restartedAtMs: []}));
  let stopping: Promise<void> | undefined;

  const start = (slot: Slot): void => {
    const {command} = slot;
    const child = forkChild(command);
    slot.state = {kind: 'running', child};
    let reason: string | undefined;
    let fatal = false;
    let over = false;
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (over) return;
      over = true;
      slot.state = {kind: 'over'};
      const why = reason ?? (signal === null ? `ended with code ${code}` : `ended by ${signal}`);
      // SIGTERM is what a stop sends: a child that was only starting ends by it.
      const asAsked = code === 0 || signal === 'SIGTERM';
      if (stopping !== undefined || code === 0)
        events$.next({kind: 'ended', name: command.name, ...(asAsked ? {} : {reason: why})});
      else if (fatal || code === 2) giveUp(command, why);
      else startAgain(slot, why);
      announceEnd();
    };
    child.on('message', (message) => {
      const said = failureIn(message);
      if (said === undefined) events$.next({kind: 'message', name: command.name, message});
      reason = said?.message ?? reason;
      fatal ||= said?.kind === 'fatal';
    });
    child.on('error', (error) => {
      reason ??= error.message;
      if (child.pid === undefined) ended(null, null);
    });
    // What the child said last may still be on its way when the child is gone.
    child.on('exit', (code, signal) => {
      if (!child.connected) return ended(code, signal);
      const limit = setTimeout(() => ended(code, signal), LAST_WORDS_MS);
      child.once('disconnect', () => {
        clearTimeout(limit);
        ended(code, signal);
      });
    });
    if (child.pid !== undefined) events$.next({kind: 'started', name: command.name, pid: child.pid});
  };

  const giveUp = ({name}: Command, reason: string): void => {
    events$.next({kind: 'failed', name, reason}); // S2
    void stop();
  };

  const startAgain = (slot: Slot, reason: string): void => {
    const {name} = slot.command;
    const nowMs = Date.now();
    slot.restartedAtMs = [...slot.restartedAtMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS), nowMs];
    const attempt = slot.restartedAtMs.length;
    if (attempt > MAX_RESTARTS) {
      giveUp(
        slot.command,
        `${reason} (started again ${MAX_RESTARTS} times within ${RESTART_WINDOW_MS / 1000} s)`,
      ); // S3
      return;
    }
    const delayMs = backoff(attempt);
    events$.next({kind: 'restarting', name, reason, delayMs});
    slot.state = {kind: 'waiting', timer: setTimeout(() => start(slot), delayMs)};
  };

  const left = (): Slot[] => slots.filter(({state}) => state.kind !== 'over');
  const announceEnd = (): void => {
    if (left().length > 0) return;
    gone$.next();
    events$.complete();
  };

  const kill = (): void => {
    for (const {state} of slots) if (state.kind === 'running') state.child.kill('SIGKILL');
  };

  const stop = (): Promise<void> => {
    stopping ??= new Promise((resolve) => {
      const grace = setTimeout(kill, drainGraceMs);
      gone$.subscribe(() => {
        clearTimeout(grace);
        resolve();
      });
      for (const slot of slots) {
        if (slot.state.kind === 'waiting') {
          clearTimeout(slot.state.timer);
          slot.state = {kind: 'over'};
        }
        if (slot.state.kind === 'running') slot.state.child.kill('SIGTERM');
      }
      announceEnd();
    });
    return stopping;
  };

  for (const slot of slots) start(slot);
  announceEnd();
  return {events$: events$.asObservable(), stop, kill};
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
