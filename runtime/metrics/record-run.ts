/**
 * Keeps a run's logs as files in its folder: metrics, scores, checkpoints, rejections and pairs, one JSON line each.
 *
 * C1 Each message of a log is one line, in order, once: a line carries its message's sequence, and recording goes on
 *    after the sequence of the last whole line, so that a second recording of the same run adds only what is missing.
 * C2 A line cut off by a kill is removed before anything is added.
 * C3 A log ends with the sequence that the server counts, never with silence: a reading that brings nothing for long is
 *    taken for lost, and another one begins behind what came. Where that brings nothing either, what is lacking is said.
 */
import {basename, dirname, join} from 'node:path';
import {
  BehaviorSubject,
  catchError,
  EMPTY,
  filter,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  type Observable,
  of,
  timeout,
} from 'rxjs';
import type {Bus} from '../bus/bus.js';
import type {LogName, MessageOf} from '../bus/channels/subjects.js';
import {messageOf, TerminalError} from '../errors.js';
import {withRoom} from '../machine/disk-room.js';
import {ensureFolder} from '../machine/ensure-folder.js';
import {conversationalLine, fileOf, type Line, lineOf} from './lines.js';
import {openForAppending} from './tail.js';

export interface Recording {
  /** Emits why a file lacks something from now on, such as a full disk; the same line is among the failures at the end. */
  readonly failed$: Observable<string>;
  /**
   * Waits until the files hold everything that the logs hold at the moment of the call, then stops and closes the files.
   * Never rejects.
   */
  finished(): Promise<Recorded>;
}

/** How recording ended. */
export interface Recorded {
  /** Sequence of the newest message of each log by the server's count; without those whose count was not to be had. */
  readonly ends: Readonly<Partial<Record<LogName, number>>>;
  /** Why files may lack something, a line each: empty where they are whole. */
  readonly failures: readonly string[];
}

/** How long nothing comes before a reading counts as lost. */
const SILENCE_MS = 10_000;
/** Readings in a row that bring nothing before what is left counts as lacking. */
const SILENT_READINGS = 3;

/** The logs that are kept. */
export const recordedLogs = [
  'metrics',
  'scores',
  'checkpoints',
  'rejections',
  'pairs',
  'held_out',
  'controls',
  'acknowledgements',
  'alerts',
  'comparisons',
  'advice',
] as const satisfies readonly LogName[];

export interface RecordOptions {
  /** The line of the prompts' file that each of the run's prompts is on, in their order; none unless given. */
  readonly promptLines?: ArrayLike<number> | undefined;
  /** Whether pairs are messages on every line, as they are on that of a prompt of several turns; false unless given. */
  readonly areConversations?: boolean;
  /** 10 s unless given. */
  readonly silenceMs?: number;
}

/**
 * Starts recording, from where the files end.
 *
 * @param runFolder made where it does not exist.
 * @throws TerminalError where a file holds more than its log: they are of different runs.
 */
export async function recordRun(
  bus: Bus,
  runFolder: string,
  options: RecordOptions = {},
): Promise<Recording> {
  await ensureFolder(runFolder);
  const begun = await Promise.allSettled(
    recordedLogs.map((log) => recordLog(bus, log, join(runFolder, fileOf(log)), options)),
  );
  const logs = begun.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const finished = async (): Promise<Recorded> => {
    const ended = await Promise.all(logs.map((log) => log.finished()));
    return {
      ends: Object.fromEntries(ended.flatMap(({log, end}) => (end === undefined ? [] : [[log, end]]))),
      failures: ended.flatMap(({failure}) => (failure === undefined ? [] : [failure])),
    };
  };
  for (const each of begun) {
    if (each.status === 'fulfilled') continue;
    await finished();
    throw each.reason;
  }
  return {failed$: merge(...logs.map((log) => log.failed$)), finished};
}

interface Ended {
  readonly log: LogName;
  readonly end: number | undefined;
  readonly failure: string | undefined;
}

async function recordLog<N extends LogName>(
  bus: Bus,
  log: N,
  path: string,
  {promptLines = [], areConversations = false, silenceMs = SILENCE_MS}: RecordOptions,
): Promise<{readonly failed$: Observable<string>; finished(): Promise<Ended>}> {
  const {file, sequence: from} = await openForAppending(path);
  const {lastSequence} = await bus.state(log);
  if (lastSequence < from) {
    await file.close();
    throw new TerminalError(
      `${path}: holds ${log} up to ${from}, the run ${bus.run} on this server only up to ${lastSequence}; ` +
        'they are different runs: choose another run id, or move the folder away',
    );
  }
  const ownLine: (message: MessageOf<N>) => Line = lineOf[log];
  const isOfPairs = log === 'pairs' || log === 'held_out';
  const toLine = (message: MessageOf<N>): Line =>
    isOfPairs && areConversations ? conversationalLine(ownLine(message)) : ownLine(message);
  const textOf = (message: MessageOf<N>, sequence: number): string => {
    const line = toLine(message);
    // A prompt's id is its number among the run's prompts; what could not be read may have none.
    const {prompt_id: id} = line;
    const promptLine = typeof id === 'string' && id !== '' ? promptLines[Number(id)] : undefined;
    const where = promptLine === undefined ? {} : {prompt_line: promptLine};
    return `${JSON.stringify({...line, ...where, sequence})}\n`;
  };
  /** Every message up to here is in the file, or cannot be read. */
  const recorded$ = new BehaviorSubject(from);
  const readOn = () => {
    const entries = bus.read(log, {
      sequence: recorded$.value + 1,
      onUnreadable: (sequence) => recorded$.next(sequence),
    });
    const write = async (): Promise<void> => {
      for await (const {message, sequence} of entries) {
        await withRoom(dirname(path), basename(path), () => file.appendFile(textOf(message, sequence)));
        recorded$.next(sequence);
      }
    };
    const written = write().catch((error) => recorded$.error(error));
    return async (): Promise<void> => {
      await entries.return?.();
      await written;
    };
  };
  let stop = readOn();

  /** Resolves to whether everything up to a sequence came. */
  const recordedThrough = async (end: number): Promise<boolean> => {
    const inTime$ = recorded$.pipe(
      timeout({each: silenceMs, with: () => EMPTY}),
      filter((sequence) => sequence >= end),
      map(() => true),
    );
    for (let silent = 0, before = recorded$.value; ; before = recorded$.value) {
      if (await firstValueFrom(inTime$, {defaultValue: false})) return true;
      silent = recorded$.value > before ? 0 : silent + 1;
      if (silent === SILENT_READINGS) return false;
      await stop();
      stop = readOn();
    }
  };

  const cutShort = (error: unknown): string => `${path}: not recorded to its end: ${messageOf(error)}`;

  /** Why the file may lack something, if it may. */
  const lackingOf = async (end: Promise<number>): Promise<string | undefined> => {
    try {
      if (await recordedThrough(await end)) return undefined;
      return `${path}: holds ${log} up to ${recorded$.value} of ${await end}; the server does not give the rest`;
    } catch (error) {
      return cutShort(error);
    }
  };

  return {
    failed$: recorded$.pipe(
      ignoreElements(),
      catchError((error) => of(cutShort(error))),
    ),
    finished: async () => {
      const end = bus.state(log).then(({lastSequence}) => lastSequence);
      const lacking = await lackingOf(end);
      await stop();
      const unsaved = await file
        .sync()
        .finally(() => file.close())
        .then(() => undefined, messageOf);
      const failure = lacking ?? (unsaved === undefined ? undefined : `${path}: ${unsaved}`);
      return {log, end: await end.catch(() => undefined), failure};
    },
  };
}
