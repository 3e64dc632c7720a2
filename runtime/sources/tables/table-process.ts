/**
 * The process of `read-table.ts`: unpacks one table after the other, and is some messages of rows ahead of whoever takes
 * them. `table-watch.ts`, a thread of it, ends it where it takes too much.
 */
import {Worker} from 'node:worker_threads';
import {messageOf, TerminalError} from '../../errors.js';
import type {Block, TableReader, TableRequest, TableWord} from './table-words.js';
import {plain} from './value.js';

/** Messages that are on their way or wait to be taken. */
const AHEAD = 4;
const MESSAGE_BYTES = 1024 ** 2;
const MESSAGE_ROWS = 1024;

const [cpuMs, bytes] = process.argv.slice(2).map(Number);
/** How many parts were begun, and the bytes of the last. */
const part = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
const unpacks = (partBytes: number): void => {
  part[1] = partBytes;
  part[0] = (part[0] ?? 0) + 1;
};
new Worker(new URL('./table-watch.js', import.meta.url), {
  workerData: {part, limits: {cpuMs, bytes}},
}).unref();

let ahead = 0;
let goOn: (() => void) | undefined;

const say = (word: TableWord): void => {
  process.send?.(word);
};

const readers = {
  Parquet: async () => (await import('./parquet.js')).readParquet,
  Arrow: async () => (await import('./arrow.js')).readArrow,
} satisfies Record<string, () => Promise<TableReader>>;

const read = async ({path, form}: Extract<TableRequest, {kind: 'read'}>): Promise<void> => {
  ahead = 0;
  try {
    unpacks(0);
    const readTable = await readers[form]();
    for await (const block of readTable(path, unpacks)) await sayRows(block);
    say({kind: 'end'});
  } catch (error) {
    const reason = messageOf(error);
    say({
      kind: 'failed',
      message:
        error instanceof TerminalError
          ? `${path}: ${reason}`
          : `${path}: cannot be read as ${form} (${reason}); copy it again`,
    });
  }
};

const sayRows = async ({rows, count, bytes: blockBytes}: Block): Promise<void> => {
  const fitting = Math.floor((MESSAGE_BYTES * count) / Math.max(1, blockBytes));
  const most = Math.max(1, Math.min(MESSAGE_ROWS, fitting));
  let next: unknown[] = [];
  const seen = {isForeign: false};
  const flush = async (): Promise<void> => {
    if (next.length === 0) return;
    say(seen.isForeign ? {kind: 'rows', rows: next} : {kind: 'json', rows: JSON.stringify(next)});
    next = [];
    seen.isForeign = false;
    ahead += 1;
    if (ahead < AHEAD) return;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  };
  for (const row of rows) {
    next.push(plain(row, seen));
    if (next.length >= most) await flush();
  }
  await flush();
};

process.on('message', (request: TableRequest) => {
  if (request.kind === 'read') {
    void read(request);
    return;
  }
  ahead -= request.messages;
  if (ahead < AHEAD) goOn?.();
});
// Whoever asked is gone; one that computes meanwhile does not hear it, and its watch sees it.
process.on('disconnect', () => process.exit());
