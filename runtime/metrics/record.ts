/**
 * Keeps a run's logs as files in its folder: metrics, scores, checkpoints, rejections and pairs, one JSON line each.
 *
 * C1 Each message of a log is one line, in order, once: a line carries its message's sequence, and recording goes on
 *    after the sequence of the last whole line, so that a second recording of the same run adds only what is missing.
 * C2 A line cut off by a kill is removed before anything is added.
 */
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {concatMap, filter, firstValueFrom, map, merge, of, ReplaySubject, Subject, timeout} from 'rxjs';
import type {Bus} from '../bus/bus.js';
import type {LogName, MessageOf} from '../bus/subjects.js';
import {TerminalError} from '../errors.js';
import {fileOf, type Line, lineOf} from './lines.js';
import {openForAppending} from './tail.js';

export interface Recording {
  /**
   * Waits until the files hold everything that the logs hold at the moment of the call, then stops and closes the files.
   * Stops, too, where nothing more comes for `QUIET_MS`: the newest entry may be one that cannot be read. Rejects with the
   * first error that recording met, such as a full disk.
   */
  finished(): Promise<void>;
}

const QUIET_MS = 10_000;

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
] as const satisfies readonly LogName[];

export interface RecordOptions {
  /** The line of the prompts' file that each of the run's prompts is on, in their order; none unless given. */
  readonly promptLines?: readonly number[] | undefined;
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
  await mkdir(runFolder, {recursive: true});
  const begun = await Promise.allSettled(
    recordedLogs.map((log) => recordLog(bus, log, join(runFolder, fileOf(log)), options)),
  );
  const finished = async (): Promise<void> => {
    const logs = begun.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    throwFirst(await Promise.allSettled(logs.map((log) => log.finished())));
  };
  if (begun.some(({status}) => status === 'rejected')) await finished();
  throwFirst(begun);
  return {finished};
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function recordLog<N extends LogName>(
  bus: Bus,
  log: N,
  path: string,
  {promptLines = []}: RecordOptions,
): Promise<Recording> {
  const {file, sequence: from} = await openForAppending(path);
  const {lastSequence} = await bus.state(log);
  if (lastSequence < from) {
    await file.close();
    throw new TerminalError(
      `${path}: holds ${log} up to ${from}, the run ${bus.run} on this server only up to ${lastSequence}; ` +
        'they are different runs: choose another run id, or move the folder away',
    );
  }
  const recorded$ = new ReplaySubject<number>(1);
  recorded$.next(from);
  const toLine: (message: MessageOf<N>) => Line = lineOf[log];
  const textOf = (message: MessageOf<N>, sequence: number): string => {
    const line = toLine(message);
    // A prompt's id is its number among the run's prompts; what could not be read may have none.
    const {prompt_id: id} = line;
    const promptLine = typeof id === 'string' && id !== '' ? promptLines[Number(id)] : undefined;
    const where = promptLine === undefined ? {} : {prompt_line: promptLine};
    return `${JSON.stringify({...line, ...where, sequence})}\n`;
  };
  const unreadable$ = new Subject<{readonly sequence: number; readonly line: string}>();
  const onUnreadable = (sequence: number) => unreadable$.next({sequence, line: ''});
  const lines$ = bus
    .entries(log, {sequence: from + 1, onUnreadable})
    .pipe(map(({message, sequence}) => ({sequence, line: textOf(message, sequence)})));
  const subscription = merge(lines$, unreadable$)
    .pipe(
      concatMap(async ({sequence, line}) => {
        await file.appendFile(line);
        return sequence;
      }),
    )
    .subscribe(recorded$);
  return {
    finished: async () => {
      try {
        const end = (await bus.state(log)).lastSequence;
        await firstValueFrom(
          recorded$.pipe(
            timeout({each: QUIET_MS, with: () => of(end)}),
            filter((sequence) => sequence >= end),
          ),
        );
      } finally {
        subscription.unsubscribe();
        await file.close();
      }
    },
  };
}
