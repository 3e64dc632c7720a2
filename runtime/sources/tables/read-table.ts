/**
 * Tables, read in a process of their own: of a file whose bytes were altered the libraries that unpack it may make a loop without
 * end, take all memory, or bring down V8 itself.
 */
import {type ChildProcess, fork} from 'node:child_process';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {machineMemoryBytes} from '../../machine/memory-size.js';
import {codeRoot} from '../../paths.js';
import {
  type TableForm,
  type TableLimits,
  type TableRequest,
  type TableWord,
  usualLimits,
} from './table-words.js';
import type {Value} from './value.js';

/** An idle process is kept so long: a data set of many files begins one. */
const IDLE_MS = 2_000;
/** Of JavaScript's heap, at most; a nested row group of 1 GiB may need it. */
const HEAP_MIB = 4096;

/** What came of a process that ended. */
interface Gone {
  readonly kind: 'gone';
  readonly how: string;
}

interface TableProcess {
  readonly limits: TableLimits;
  ask(request: TableRequest): void;
  /** The next word; rejects never. */
  next(): Promise<TableWord | Gone>;
  /** Whether it keeps this process from ending. */
  hold(isHeld: boolean): void;
  kill(): void;
}

/** Those that wait for a table. */
const idle = new Set<TableProcess>();

/**
 * The rows of a table in order, as JSON has their values; lists as arrays, bytes as they are.
 *
 * @throws TerminalError in one line that names the file, where it is damaged, or takes more than its bytes can need.
 */
export async function* readTable(
  path: string,
  form: TableForm,
  limits: TableLimits = usualLimits,
): AsyncGenerator<Value> {
  const reader = takeIdle(limits) ?? startProcess(limits);
  let row = 0;
  let isDone = false;
  reader.hold(true);
  try {
    reader.ask({kind: 'read', path, form});
    for (;;) {
      const word = await reader.next();
      isDone = word.kind === 'end' || word.kind === 'failed';
      if (word.kind === 'end') return;
      if (word.kind === 'failed') throw new TerminalError(word.message);
      if (word.kind === 'gone')
        throw new TerminalError(
          `${path}: cannot be read as ${form} (after row ${row} ${word.how}); copy it again`,
        );
      reader.ask({kind: 'taken', messages: 1});
      const rows: readonly unknown[] = word.kind === 'json' ? JSON.parse(word.rows) : word.rows;
      for (const value of rows) {
        row += 1;
        yield {row, where: `${path} row ${row}`, value};
      }
    }
  } finally {
    if (isDone) giveBack(reader);
    else reader.kill();
  }
}

function takeIdle(limits: TableLimits): TableProcess | undefined {
  const found = [...idle].find((each) => each.limits === limits);
  if (found !== undefined) idle.delete(found);
  return found;
}

function giveBack(reader: TableProcess): void {
  reader.hold(false);
  idle.add(reader);
  setTimeout(() => {
    if (idle.delete(reader)) reader.kill();
  }, IDLE_MS).unref();
}

function startProcess(limits: TableLimits): TableProcess {
  const heapMiB = Math.floor(Math.min(HEAP_MIB, machineMemoryBytes() / 2 / 1024 ** 2));
  const child = fork(
    join(codeRoot, 'runtime/sources/tables/table-process.js'),
    [String(limits.cpuMs), String(limits.bytes)],
    {
      execArgv: [`--max-old-space-size=${heapMiB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  const words: (TableWord | Gone)[] = [];
  let wanted: ((word: TableWord | Gone) => void) | undefined;
  const hear = (word: TableWord | Gone): void => {
    if (wanted === undefined) words.push(word);
    else wanted(word);
    wanted = undefined;
  };
  const started: TableProcess = {
    limits,
    ask: (request) => {
      // That it is gone is told by its end.
      if (child.connected) child.send(request, () => undefined);
    },
    next: () => {
      const word = words.shift();
      if (word !== undefined) return Promise.resolve(word);
      return new Promise((resolve) => {
        wanted = resolve;
      });
    },
    hold: (isHeld) => hold(child, isHeld),
    kill: () => {
      child.kill('SIGKILL');
      hold(child, false);
    },
  };
  child.on('message', hear);
  child.on('error', ({message}) => hear({kind: 'gone', how: message}));
  // Its last words come before it is disconnected, which may be after its end.
  let how: string | undefined;
  const gone = (): void => {
    idle.delete(started);
    if (how !== undefined && !child.connected) hear({kind: 'gone', how});
  };
  child.on('disconnect', gone);
  child.on('exit', (code, signal) => {
    how = howOf(code, signal);
    gone();
  });
  return started;
}

const howOf = (code: number | null, signal: NodeJS.Signals | null): string => {
  if (signal === 'SIGALRM') return 'it takes more time than its bytes can need';
  if (signal !== null) return 'it takes more memory than its bytes can need, or than there is';
  return `the process that reads it ended with code ${code}`;
};

const hold = (child: ChildProcess, isHeld: boolean): void => {
  if (isHeld) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
};
