/** Arrow files, streams as `save_to_disk` writes them and files with an index alike, a record batch at a time. */
import {type FileHandle, open} from 'node:fs/promises';
import {type Data, RecordBatchReader} from 'apache-arrow';
import {messageOf, TerminalError} from '../errors.js';
import {plain, type Value} from './value.js';

/**
 * The rows of a file in order.
 *
 * @throws TerminalError naming the file, where it is damaged.
 */
export async function* readArrow(path: string): AsyncGenerator<Value> {
  let row = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    await requireEnd(file);
    const reader = await RecordBatchReader.from(file);
    await reader.open();
    for await (const batch of reader) {
      requireWhole(batch.data, batch.numRows);
      for (const each of batch) {
        row += 1;
        yield {row, where: `${path} row ${row}`, value: plain(each)};
      }
    }
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    throw new TerminalError(`${path}: cannot be read as Arrow (${messageOf(error)}); copy it again`);
  } finally {
    await file?.close();
  }
}

/** Of a stream: a continuation, and no message after it. */
const END = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** The library takes a stream that is cut between or within batches for one that ends there. */
async function requireEnd(file: FileHandle): Promise<void> {
  const {size} = await file.stat();
  const last = Buffer.alloc(END.length);
  await file.read(last, 0, last.length, Math.max(0, size - last.length));
  const isIndexed = last.toString('latin1', 2) === 'ARROW1';
  if (!isIndexed && !last.equals(END)) throw new Error('it ends before its data does');
}

/**
 * Holds what a batch says of its lengths to what it has: the library takes them as they are, and a list that claims two
 * thousand million values would be read to its end.
 *
 * @param least values that there must be.
 */
function requireWhole(data: Data, least: number): void {
  const {length, children, valueOffsets, values, stride} = data;
  if (length < least) throw new Error('a column is shorter than its rows');
  if (valueOffsets instanceof Int32Array || valueOffsets instanceof BigInt64Array) {
    if (length > 0 && valueOffsets.length <= length) throw new Error('a column is shorter than its rows');
    let before = 0;
    for (let index = 0; index <= length && length > 0; index++) {
      const offset = Number(valueOffsets[index]);
      if (!(offset >= before)) throw new Error('values that end before they begin');
      before = offset;
    }
    const there = children[0]?.length ?? (values instanceof Uint8Array ? values.length : 0);
    if (before > there) throw new Error('values beyond those there are');
    for (const child of children) requireWhole(child, before);
  } else {
    const bits = values instanceof Uint8Array && stride === 1 ? 8 : 1;
    if (values !== undefined && values.length * bits < length * stride)
      throw new Error('a column is shorter than its rows');
    for (const child of children) requireWhole(child, length * stride);
  }
}
