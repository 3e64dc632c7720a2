/** A file of pairs that is there only when it is whole: JSON lines or Parquet, as its name says. */
import {existsSync} from 'node:fs';
import {type FileHandle, open, rm} from 'node:fs/promises';
import {extname} from 'node:path';
import {messageOf, TerminalError} from '../errors.js';
import {putInPlace} from '../machine/whole-file.js';
import {requireWritable} from '../machine/writable.js';
import type {Columns, Row} from './forms.js';
import {openParquet, type ParquetFile} from './parquet-file.js';

/** Rows, one after the other. */
interface RowFile {
  write(row: Row): Promise<void>;
  /** Flushes and closes it. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

const kinds = {
  '.jsonl': async (path: string): Promise<RowFile> => linesTo(await open(path, 'w')),
  '.parquet': (path: string, columns: Columns): Promise<ParquetFile> => openParquet(path, columns),
} as const;
type Kind = keyof typeof kinds;

const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);

const linesTo = (file: FileHandle): RowFile => ({
  write: (row) => file.appendFile(`${JSON.stringify(row)}\n`),
  async finish() {
    await file.sync();
    await file.close();
  },
  abandon: () => file.close(),
});

/**
 * Looks whether a file can be written, before anything is paid for.
 *
 * @throws TerminalError where its name says no kind, is a folder's, or a file's that is not to be replaced, or where there is
 * no folder for it.
 */
export const requireOutput = async (path: string, force: boolean): Promise<void> => {
  if (!isKind(extname(path)))
    throw new TerminalError(`--out ${path}: give a name that ends in ${Object.keys(kinds).join(' or ')}`);
  await requireWritable('--out', path);
  if (!force && existsSync(path))
    throw new TerminalError(`--out ${path}: is there already; give another file, or --force to replace it`);
};

/**
 * Writes all rows, and then gives the file its name. Resolves to how many there are.
 *
 * @throws TerminalError as `requireOutput`, or where the file cannot be written; what `rows` throws. Nothing is left then.
 */
export const writeRows = async (
  path: string,
  {
    rows,
    columns,
    force,
  }: {readonly rows: AsyncIterable<Row>; readonly columns: Columns; readonly force: boolean},
): Promise<number> => {
  await requireOutput(path, force);
  const kind = extname(path) as Kind;
  const draft = `${path}.${process.pid}.partial`;
  const file = await kinds[kind](draft, columns).catch((error: unknown) => {
    throw new TerminalError(`--out ${path}: ${messageOf(error)}; give a file in a folder that is there`);
  });
  let count = 0;
  try {
    for await (const row of rows) {
      await file.write(row);
      count += 1;
    }
    await file.finish();
  } catch (error) {
    await file.abandon().catch(() => undefined); // why it was not written matters more
    await rm(draft, {force: true});
    throw error;
  }
  await putInPlace(draft, path);
  return count;
};
