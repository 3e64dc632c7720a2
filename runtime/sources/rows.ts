/** The one reader of data: rows of columns, whatever form they are stored in. */
import {TerminalError} from '../errors.js';
import {readJsonArray} from '../json/json-array.js';
import {type JsonLine, readJsonLines} from '../json/json-lines.js';
import {explained} from '../json/json-text.js';
import {type Peeked, peek, unpacked} from './bytes.js';
import {filesOf, type Source} from './split.js';
import {readTable} from './tables/read-table.js';
import type {Value} from './tables/value.js';

/** A row by its columns. */
export type Columns = Readonly<Record<string, unknown>>;

export interface Row {
  /** Counted from 1, through all files: the line, where a row is a line of text, empty ones counted too. */
  readonly row: number;
  /** `FILE:LINE`, or `FILE row N`. */
  readonly where: string;
  readonly columns: Columns;
}

/**
 * The rows of a source in order. Memory does not grow with it.
 *
 * | form of a file | known by |
 * | --- | --- |
 * | Parquet, Arrow | its first bytes |
 * | a JSON file that is one array | its first character |
 * | JSON lines | none of the others |
 * | either JSON, packed with gzip | its first bytes |
 *
 * @param example what a row looks like, for whoever wrote another thing.
 * @throws TerminalError naming the file and the line or row of what cannot be read.
 */
export async function* readRows(source: Source, example: string): AsyncGenerator<Row> {
  let before = 0;
  for (const file of await filesOf(source)) {
    let last = 0;
    for await (const each of await valuesOf(file, example)) {
      const {where, value} = each;
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new TerminalError(`${where}: not an object; each line is ${example}`);
      last = 'line' in each ? each.line : each.row;
      yield {row: before + last, where, columns: value as Columns};
    }
    before += last;
  }
}

/** More white space before an array is somebody else's. */
const HEAD_BYTES = 64;

/** What a file holds in place of rows: lines have numbers of their own. */
async function valuesOf(file: string, example: string): Promise<AsyncIterable<JsonLine | Value>> {
  const {head, bytes, close} = await beginning(file);
  const isArray = /^\ufeff?\s*\[/.test(head.toString('utf8'));
  if (isArray) return readJsonArray(file, bytes);
  const magic = head.toString('latin1', 0, 6);
  const isParquet = magic.startsWith('PAR1');
  if (!isParquet && magic !== 'ARROW1' && !magic.startsWith('\xff\xff\xff\xff'))
    return readJsonLines(file, example, bytes);
  await close();
  return readTable(file, isParquet ? 'Parquet' : 'Arrow');
}

async function beginning(file: string): Promise<Peeked> {
  try {
    return await peek(await unpacked(file), HEAD_BYTES);
  } catch (error) {
    throw explained(file, error);
  }
}
