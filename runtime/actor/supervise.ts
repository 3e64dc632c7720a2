/**
 * Keeps child processes running. It knows command lines, not actors.
 *
 * S1 A child that ends with code 0 is done and is not started again, nor is any once a stop was asked for.
 * S2 Code 2, or the message `{kind: 'fatal', message}`, stops all children with that message.
 * S3 Any other end starts the child again after a backoff with full jitter; more than `MAX_RESTARTS` within
 *    `RESTART_WINDOW_MS` (of stuck ones, which take longer to be found, the longer) stop all with the reason of the last.
 * S4 A stop sends SIGTERM to all at once and SIGKILL to what is left after the grace, but for a child that saves at its end and
 *    has work in hand: that one ends when it is stuck by S6. A hasty stop waits for nobody's work, and not so long. It resolves
 *    when no child is left.
 * S5 No child outlives this process: the channel to it closes, and the child drains by itself (run-actor.ts, R1).
 * S6 A child that is stuck (liveness.ts) is asked to end, killed `STUCK_GRACE_MS` later, and started again by S3.
 * S7 `want` changes which children there are: those that are no longer wanted drain by S4, the others are not touched.
 */
import type {ChildProcess} from 'node:child_process';
import {type Observable, ReplaySubject, Subject} from 'rxjs';
import {backoffMs} from '../backoff.js';
import {type ChildEnd, type Command, startChild} from './child.js';
import type {Stuck} from './liveness.js';
import {type AtWork, type ChildWatch, watchChild} from './watch-child.js';

export type {Command} from './child.js';

export type ProcessEvent =
  | {readonly kind: 'started'; readonly name: string; readonly pid: number}
  /** Its first heartbeat since it was started: it is on the bus. */
  | {readonly kind: 'running'; readonly name: string}
  /** What the child sent with process.send, but for heartbeats. */
  | {readonly kind: 'message'; readonly name: string; readonly message: unknown}
  | {readonly kind: 'restarting'; readonly name: string; readonly reason: string; readonly delayMs: number}
  /** `reason` where it was asked to end and did not end well: what it held may not be saved. */
  | {readonly kind: 'ended'; readonly name: string; readonly reason?: string}
  /** The last that is heard of: all children are being stopped because of this one. */
  | {readonly kind: 'failed'; readonly name: string; readonly reason: string};

/** `done`: it ended by itself, with code 0. */
export type ChildState = 'starting' | 'running' | 'restarting' | 'draining' | 'done';

export interface Supervisor {
  /** From the start on, for whoever subscribes; completes when no child is left. */
  readonly events$: Observable<ProcessEvent>;
  /** Every child, by its command's name. */
  states(): ReadonlyMap<string, ChildState>;
  /** Makes the children those of these commands, told by their names. Nothing once a stop was asked for or none is left. */
  want(commands: readonly Command[]): void;
  /** What each child that drains has in hand. */
  drainingAtWork(): readonly (AtWork & {readonly name: string})[];
  /** Resolves when no child is left (S4). With `hasty`, also later, what is in hand cannot be brought home. */
  stop(hasty?: boolean): Promise<void>;
  /** Ends all children at once, with nothing saved. */
  kill(): void;
}

export interface SupervisorOptions {
  /** From SIGTERM to SIGKILL. */
  readonly drainGraceMs?: number;
  /** The same of a hasty stop, where that is less. */
  readonly hastyGraceMs?: number;
  /** Before the n-th start again; full jitter up to 10 seconds unless told. */
  readonly backoff?: (attempt: number) => number;
}

const DEFAULT_DRAIN_GRACE_MS = 45_000;
const DEFAULT_HASTY_GRACE_MS = 10_000;
/** What is stuck ends by itself hardly ever, and one that is stopped never does. */
const STUCK_GRACE_MS = 5_000;
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;

interface Running {
  readonly kind: 'running';
  readonly child: ChildProcess;
  readonly watch: ChildWatch | undefined;
  heard: boolean;
  /** Why it was asked to end, where a stop was not asked for. */
  asked?: {readonly why: 'unwanted'} | ({readonly why: 'stuck'} & Stuck);
  /** Also where it was found while it drained. */
  stuck?: Stuck;
  killing?: NodeJS.Timeout;
}

/** A command and what became of it: it holds either a process, a timer until the next one, or nothing any more. */
interface Slot {
  readonly command: Command;
  wanted: boolean;
  state: Running | {readonly kind: 'waiting'; readonly timer: NodeJS.Timeout} | {readonly kind: 'over'};
  restarts: readonly {readonly countsUntilMs: number}[];
}

/** Starts every command and keeps it running until it ends by itself, one of them fails for good, or `stop`. */
export const supervise = (commands: readonly Command[], options: SupervisorOptions = {}): Supervisor => {
  const {drainGraceMs = DEFAULT_DRAIN_GRACE_MS, backoff = backoffMs} = options;
  const hastyGraceMs = Math.min(drainGraceMs, options.hastyGraceMs ?? DEFAULT_HASTY_GRACE_MS);
  // Replayed, because the first events happen before anyone can have subscribed.
  const events$ = new ReplaySubject<ProcessEvent>(100);
  const gone$ = new Subject<void>();
  const slots = new Map<string, Slot>();
  let stopping: Promise<void> | undefined;
  let isOver = false;
  let isHasty = false;

  const start = (slot: Slot): void => {
    const {command} = slot;
    const {name, liveness} = command;
    const child = startChild(command, {
      onHeartbeat: (heartbeat) => {
        running.watch?.heard(heartbeat);
        if (!running.heard) events$.next({kind: 'running', name});
        running.heard = true;
      },
      onMessage: (message) => events$.next({kind: 'message', name, message}),
      onEnd: (end) => {
        running.watch?.end();
        clearTimeout(running.killing);
        slot.state = {kind: 'over'};
        settle(slot, running, end);
        announceEnd();
      },
    });
    const {pid} = child;
    const watch =
      liveness === undefined || pid === undefined
        ? undefined
        : watchChild(pid, liveness, (stuck) => {
            running.stuck = stuck;
            running.asked ??= {why: 'stuck', ...stuck};
            endStuck(running);
          });
    const running: Running = {kind: 'running', child, watch, heard: false};
    slot.state = running;
    if (pid !== undefined) events$.next({kind: 'started', name, pid});
  };

  /** What comes after an end. */
  const settle = (slot: Slot, {asked, stuck}: Running, {code, signal, reason, fatal}: ChildEnd): void => {
    const {command} = slot;
    // SIGTERM is what a stop sends: a child that was only starting ends by it.
    const asAsked = code === 0 || signal === 'SIGTERM';
    const endedWell = code === 0 && asked?.why !== 'stuck';
    if (stopping !== undefined || asked?.why === 'unwanted' || endedWell) {
      events$.next({
        kind: 'ended',
        name: command.name,
        ...(asAsked ? {} : {reason: stuck?.reason ?? reason}),
      });
      if (stopping !== undefined || asked?.why !== 'unwanted') return;
      if (slot.wanted) start(slot);
      else slots.delete(command.name);
    } else if (fatal) giveUp(command, reason);
    else if (asked === undefined) startAgain(slot, reason, RESTART_WINDOW_MS);
    else startAgain(slot, asked.reason, Math.max(RESTART_WINDOW_MS, 2 * MAX_RESTARTS * asked.afterMs));
  };

  const endAtOnce = ({child}: Running): void => void child.kill('SIGKILL');

  /** Ends a child that is asked to for no fault of its own (S4). */
  const drain = (running: Running, savesAtEnd: boolean): void => {
    if (!savesAtEnd) running.watch?.end();
    running.child.kill('SIGTERM');
    if (running.killing === undefined) endLater(running, savesAtEnd);
  };

  const endLater = (running: Running, savesAtEnd: boolean): void => {
    running.killing = setTimeout(
      () => {
        if (savesAtEnd && !isHasty && running.watch?.atWork() !== undefined) endLater(running, savesAtEnd);
        else endAtOnce(running);
      },
      isHasty ? hastyGraceMs : drainGraceMs,
    );
  };

  const endStuck = (running: Running): void => {
    // It was asked to already.
    const graceMs =
      stopping !== undefined || running.asked?.why === 'unwanted'
        ? 0
        : Math.min(STUCK_GRACE_MS, drainGraceMs);
    if (graceMs > 0) running.child.kill('SIGTERM');
    else clearTimeout(running.killing);
    running.killing = setTimeout(() => endAtOnce(running), graceMs);
  };

  const giveUp = ({name}: Command, reason: string): void => {
    events$.next({kind: 'failed', name, reason}); // S2
    void stop();
  };

  const startAgain = (slot: Slot, reason: string, windowMs: number): void => {
    const {name} = slot.command;
    const nowMs = Date.now();
    slot.restarts = [
      ...slot.restarts.filter(({countsUntilMs}) => nowMs < countsUntilMs),
      {countsUntilMs: nowMs + windowMs},
    ];
    const attempt = slot.restarts.length;
    if (attempt > MAX_RESTARTS) {
      giveUp(
        slot.command,
        `${reason} (started again ${MAX_RESTARTS} times within ${Math.round(windowMs / 1000)} s)`,
      ); // S3
      return;
    }
    const delayMs = backoff(attempt);
    events$.next({kind: 'restarting', name, reason, delayMs});
    slot.state = {kind: 'waiting', timer: setTimeout(() => start(slot), delayMs)};
  };

  const announceEnd = (): void => {
    if ([...slots.values()].some(({state}) => state.kind !== 'over')) return;
    isOver = true;
    gone$.next();
    events$.complete();
  };

  const kill = (): void => {
    for (const {state} of slots.values()) if (state.kind === 'running') state.child.kill('SIGKILL');
  };

  /** For what drains already, the shorter grace begins now. */
  const hasten = (): void => {
    isHasty = true;
    for (const {state} of slots.values()) {
      if (state.kind !== 'running' || state.killing === undefined || state.stuck !== undefined) continue;
      clearTimeout(state.killing);
      endLater(state, false);
    }
  };

  const stop = (hasty = false): Promise<void> => {
    if (hasty && !isHasty) hasten();
    stopping ??= new Promise((resolve) => {
      gone$.subscribe(() => resolve());
      for (const slot of slots.values()) {
        if (slot.state.kind === 'waiting') {
          clearTimeout(slot.state.timer);
          slot.state = {kind: 'over'};
        }
        if (slot.state.kind === 'running') drain(slot.state, slot.command.savesAtEnd === true);
      }
      announceEnd();
    });
    return stopping;
  };

  const want = (wanted: readonly Command[]): void => {
    if (stopping !== undefined || isOver) return;
    const names = new Set(wanted.map(({name}) => name));
    for (const command of wanted) {
      const known = slots.get(command.name);
      if (known !== undefined) {
        known.wanted = true;
        continue;
      }
      const slot: Slot = {command, wanted: true, state: {kind: 'over'}, restarts: []};
      slots.set(command.name, slot);
      start(slot);
    }
    for (const slot of slots.values()) if (!names.has(slot.command.name)) letGo(slot);
  };

  const letGo = (slot: Slot): void => {
    slot.wanted = false;
    const {state} = slot;
    if (state.kind === 'running') {
      state.asked = {why: 'unwanted'};
      drain(state, slot.command.savesAtEnd === true);
      return;
    }
    if (state.kind === 'waiting') clearTimeout(state.timer);
    slots.delete(slot.command.name);
  };

  want(commands);
  announceEnd();
  const states = () => new Map([...slots].map(([name, slot]) => [name, stateOf(slot)]));
  const drainingAtWork = () =>
    [...slots].flatMap(([name, {state}]) => {
      const atWork =
        state.kind === 'running' && state.killing !== undefined ? state.watch?.atWork() : undefined;
      return atWork === undefined ? [] : [{name, ...atWork}];
    });
  return {events$: events$.asObservable(), states, drainingAtWork, want, stop, kill};
};

const stateOf = ({state}: Slot): ChildState => {
  if (state.kind === 'over') return 'done';
  if (state.kind === 'waiting') return 'restarting';
  if (state.asked !== undefined) return 'draining';
  return state.heard ? 'running' : 'starting';
};
