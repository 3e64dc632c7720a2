/**
 * An actor's process, from its arguments to its exit code.
 *
 * R1 A drain is asked for by SIGTERM or by the parent's end. `drain$` emits once; what is in flight ends; then the process
 *    does, with code 0. After a limit with nothing in hand it ends anyway, with code 1.
 * R2 Under a parent, SIGINT and SIGHUP are ignored: a terminal sends its Ctrl-C and its end to the whole group, and the
 *    parent decides. Without one, they ask for a drain.
 * R3 Code 2 and the message `{kind: 'fatal', message}` say that starting again cannot help; code 1 with
 *    `{kind: 'failed', message}` that it may.
 * R4 A person is shown one line. Stacks go to the parent's log file, or to whoever sets ANCHORAGE_DEBUG.
 */
import {setMaxListeners} from 'node:events';
import {parseArgs} from 'node:util';
import {destination, type Logger, pino, stdSerializers} from 'pino';
import {defer, lastValueFrom, type Observable, ReplaySubject} from 'rxjs';
import type {ActorName} from '../actors.js';
import type {Bus} from '../bus/bus.js';
import {messageOf, RetryableError, TerminalError} from '../errors.js';
import {isOutOfRoom, outOfRoom} from '../machine/disk-room.js';
import {complain, safe} from '../output.js';
import {sourceStack} from '../source-stack.js';
import {redacted} from '../text/redact.js';
import {type ActivityClock, activityClock} from './clock.js';
import type {ActorContext} from './context.js';
import {withGrace} from './grace.js';
import type {Heartbeat} from './heartbeat.js';
import {reachBus} from './reach-bus.js';
import {countedBus, countWork, type WorkCounter} from './work-counter.js';

/** What every actor's process wants to know of its fleet. */
interface Supervised {
  readonly supervision?: {readonly serverAwayMs?: number};
}

/** Reads and checks the fleet's file. Throws a `TerminalError`. */
export type LoadFleet<F> = (path: string) => Promise<F & Supervised>;

/** What an actor tells the process that forked it. */
export type ActorMessage =
  | {readonly kind: 'fatal' | 'failed' | 'warning'; readonly message: string}
  | Heartbeat;

const HEARTBEAT_MS = 1000;
/** Where the fleet does not say it. */
const SERVER_AWAY_MS = 600_000;
const DRAIN_LIMIT_MS = 60_000;
/** With its parent, a private server is gone too: what is in flight could not be ended anyway. */
const ORPHAN_LIMIT_MS = 8_000;

interface Arguments {
  readonly fleet: string;
  readonly run: string;
  readonly nats: string;
  readonly index: number;
  readonly runFolder: string;
}

/**
 * Runs one actor in this process and ends the process: an actor module's last line.
 *
 * @param start subscribed to once. Its completion is the actor's end; a `TerminalError` stops the whole fleet; any other
 * error ends this process, and the supervisor starts another.
 */
export const runActor = async <F>(
  name: ActorName,
  loadFleet: LoadFleet<F>,
  start: (context: ActorContext<F>) => Observable<unknown>,
): Promise<void> => {
  const clock = activityClock();
  const log = openLog(name);
  const work = countWork();
  const drain = listenForDrain(log, () => work.busy());
  /** Why the work ended. What else fails while the process leaves is a consequence, and would hide it. */
  let reason: unknown;
  const uncaught = (error: unknown): void => {
    if (reason === undefined) void leave(log, error);
    else log.error({err: error}, 'failed while it left');
  };
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  let runFolder = '';
  try {
    const args = readArguments(process.argv.slice(2));
    ({runFolder} = args);
    const fleet = await loadFleet(args.fleet);
    const totals: Record<string, number> = {};
    const alive = setInterval(
      () => process.connected && process.send?.(work.heartbeat(), ignored),
      HEARTBEAT_MS,
    );
    const warn = (line: string): void => warnOf(log, args.index, line);
    const {serverAwayMs = SERVER_AWAY_MS} = fleet.supervision ?? {};
    const place = {url: args.nats, run: args.run, name: `${name}-${args.index}`, serverAwayMs};
    const bus = await reachBus(place, {signal: drain.signal, warn}).finally(() => clearInterval(alive));
    const context = contextOf(
      name,
      args,
      fleet,
      countedBus(bus, work, clock.ready),
      clock,
      work,
      totals,
      drain,
      log,
    );
    const beat = () => {
      const heartbeat = work.heartbeat();
      if (process.connected) process.send?.(heartbeat, ignored);
      context.report({
        ...clock.take(),
        ...totals,
        'work/in': heartbeat.in,
        'work/out': heartbeat.out,
        'work/busy': heartbeat.busy,
        'work/oldest_seconds': heartbeat.oldestMs / 1000,
        'memory/rss_megabytes': process.memoryUsage().rss / 1e6,
      });
    };
    if (process.connected) process.send?.(work.heartbeat(), ignored);
    const heartbeat = setInterval(beat, HEARTBEAT_MS);
    log.info('started');
    try {
      await lastValueFrom(
        defer(() => start(context)),
        {defaultValue: undefined},
      );
    } catch (error) {
      // A wait that the drain cut short: its messages go to the next reader.
      if (!drain.signal.aborted || error !== drain.signal.reason) {
        reason = error;
        throw error;
      }
    } finally {
      clearInterval(heartbeat);
      beat();
      await bus.drain().catch((error: unknown) => {
        if (reason === undefined) throw error;
        uncaught(error);
      });
    }
    log.info('ended');
    process.exit(0);
  } catch (error) {
    // Asked to stop before there was anything to stop.
    if (drain.signal.aborted && error === drain.signal.reason) process.exit(0);
    await leave(log, isOutOfRoom(error) ? await outOfRoom(runFolder, `what ${name} writes`) : error);
  }
};

/** A parent that is gone at this moment is met elsewhere (R1). */
const ignored = (): void => undefined;

const contextOf = <F>(
  name: ActorName,
  {index, runFolder}: Arguments,
  fleet: F,
  bus: Bus,
  clock: ActivityClock,
  work: WorkCounter,
  totals: Record<string, number>,
  {drain$, signal}: Drain,
  log: Logger,
): ActorContext<F> => ({
  name,
  index,
  fleet,
  bus,
  runFolder,
  drain$,
  signal,
  grace: withGrace(signal),
  log: log.child({index}),
  warn: (line) => warnOf(log, index, line),
  report: (values, stamp = {}) => {
    bus.report({actor: name, index, timeUnixMs: Date.now(), objective: '', ...stamp, values: {...values}});
  },
  count: (metric, by = 1) => {
    const total = (totals[metric] ?? 0) + by;
    totals[metric] = total;
    return total;
  },
  timed: async (activity, act) => {
    const end = clock.begin(activity);
    // Inside a delivery it is part of that; elsewhere, as in the learner, it is a piece of work itself.
    const endWork = work.busy() ? undefined : work.begin(activity);
    try {
      return await act();
    } finally {
      end();
      endWork?.();
    }
  },
  advance: () => work.advance(),
});

const warnOf = (log: Logger, index: number, line: string): void => {
  log.warn({index}, line);
  if (process.connected) process.send?.({kind: 'warning', message: redacted(line)} satisfies ActorMessage);
};

interface Drain {
  readonly drain$: Observable<void>;
  readonly signal: AbortSignal;
}

const listenForDrain = (log: Logger, isBusy: () => boolean): Drain => {
  const drain$ = new ReplaySubject<void>(1);
  const abort = new AbortController();
  // Every message at work may wait on it.
  setMaxListeners(0, abort.signal);
  /** What is in hand is worth waiting for; whether it comes forward, the parent sees. */
  const endLater = (): void => {
    setTimeout(() => (isBusy() ? endLater() : process.exit(1)), DRAIN_LIMIT_MS).unref();
  };
  const begin =
    (why: string, later = endLater) =>
    (): void => {
      later();
      if (abort.signal.aborted) return;
      log.info({why}, 'draining');
      abort.abort(new RetryableError('the actor was asked to stop', {retryAfterMs: 0}));
      drain$.next();
      drain$.complete();
    };
  process.on('SIGTERM', begin('SIGTERM'));
  for (const name of ['SIGINT', 'SIGHUP'] as const)
    process.on(name, process.send === undefined ? begin(name) : () => undefined); // R2
  const orphaned = begin('the parent is gone', () => {
    setTimeout(() => process.exit(1), ORPHAN_LIMIT_MS).unref();
  });
  process.on('disconnect', orphaned);
  // Its end while this process was loading was told to nobody.
  if (process.send !== undefined && !process.connected) orphaned();
  return {drain$: drain$.asObservable(), signal: abort.signal};
};

/** Ends the process because of an error, by R3 and R4. */
const leave = async (log: Logger, error: unknown): Promise<never> => {
  const kind = error instanceof TerminalError ? 'fatal' : 'failed';
  const message = messageOf(error);
  if (process.send === undefined) {
    complain(message);
    if (process.env.ANCHORAGE_DEBUG) log.error({err: error}, 'failed');
  } else {
    log.error({err: error}, 'failed');
    await tellParent({kind, message});
  }
  process.exit(kind === 'fatal' ? 2 : 1);
};

const tellParent = (message: ActorMessage): Promise<void> =>
  new Promise((resolve) => {
    // A parent that is gone needs no message.
    if (process.connected && process.send) process.send(message, undefined, {}, () => resolve());
    else resolve();
  });

const openLog = (name: ActorName): Logger => {
  const stderr = destination({dest: 2, sync: true});
  // Whoever read the log is gone; the actor then drains because of its parent, and must live until it has.
  stderr.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  return pino(
    {
      base: {actor: name, pid: process.pid},
      level: process.env.ANCHORAGE_LOG_LEVEL ?? 'info',
      hooks: {streamWrite: safe},
      serializers: {err: withSourceStack},
    },
    stderr,
  );
};

const withSourceStack = (error: Error) => {
  const shown = stdSerializers.err(error);
  return {...shown, stack: sourceStack(shown.stack)};
};

const readArguments = (argv: string[]): Arguments => {
  const text = {type: 'string'} as const;
  const options = {fleet: text, run: text, index: {...text, default: '0'}, 'run-folder': text};
  const {values} = parseArgs({args: argv, options});
  const needed = (value: string | undefined, name: string): string => {
    if (value) return value;
    throw new TerminalError(`${name} is missing: start actors with \`anchorage start ACTOR\``);
  };
  const index = Number(values.index);
  if (!Number.isInteger(index) || index < 0)
    throw new TerminalError(`--index ${values.index}: not a whole number from 0`);
  return {
    fleet: needed(values.fleet, '--fleet'),
    run: needed(values.run, '--run'),
    // Not an argument: it has the credentials of the server.
    nats: needed(process.env.NATS_URL, 'NATS_URL'),
    index,
    runFolder: needed(values['run-folder'], '--run-folder'),
  };
};
