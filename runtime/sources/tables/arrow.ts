/** Arrow files, streams as `save_to_disk` writes them and files with an index alike, a record batch at a time. */
import {isUtf8} from 'node:buffer';
import {type FileHandle, open} from 'node:fs/promises';
import {type Data, DataType, RecordBatchReader, type Vector} from 'apache-arrow';
import type {TableReader} from './table-words.js';

/**
 * The rows of a file in order, a record batch at a time.
 *
 * @throws Error where it is damaged.
 */
export const readArrow: TableReader = async function* (path, unpacks) {
  const file = await open(path);
  try {
    await requireEnd(file);
    const reader = await RecordBatchReader.from(file);
    await reader.open();
    for await (const batch of reader) {
      const bytes = bytesOf(batch.data);
      unpacks(bytes);
      requireWhole(batch.data, batch.numRows);
      yield {rows: batch, count: batch.numRows, bytes};
    }
  } finally {
    await file.close();
  }
};

const bytesOf = ({buffers, children}: Data): number =>
  [
    ...Object.values(buffers).map((buffer) => (ArrayBuffer.isView(buffer) ? buffer.byteLength : 0)),
    ...children.map(bytesOf),
  ].reduce((sum, bytes) => sum + bytes, 0);

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
 * thousand million values would be read to its end. Texts are held to be some.
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
    const isText = DataType.isUtf8(data.type) || DataType.isLargeUtf8(data.type);
    if (isText && length > 0 && values instanceof Uint8Array) requireTexts(data, values, valueOffsets);
    for (const child of children) requireWhole(child, before);
  } else {
    const bits = values instanceof Uint8Array && stride === 1 ? 8 : 1;
    if (values !== undefined && values.length * bits < length * stride)
      throw new Error('a column is shorter than its rows');
    if (data.dictionary !== undefined) requireInDictionary(data, data.dictionary);
    for (const child of children) requireWhole(child, length * stride);
  }
}

/** Bytes that are no text would otherwise become marks that nobody wrote. */
function requireTexts(data: Data, values: Uint8Array, offsets: Int32Array | BigInt64Array): void {
  const at = (index: number): number => Number(offsets[index]);
  let isWhole = isUtf8(values.subarray(at(0), at(data.length)));
  // A text begins with no byte from within a character.
  for (let index = 0; index < data.length && isWhole; index++)
    isWhole = at(index) === values.length || ((values[at(index)] ?? 0) & 0xc0) !== 0x80;
  if (isWhole) return;
  // What stands in the place of a null is nobody's.
  for (let index = 0; index < data.length; index++)
    if (data.getValid(index) && !isUtf8(values.subarray(at(index), at(index + 1))))
      throw new Error('bytes that are no text');
}

/** Dictionaries are shared by the batches of a file. */
const checkedDictionaries = new WeakSet<Data>();

function requireInDictionary(data: Data, dictionary: Vector): void {
  for (const part of dictionary.data) {
    if (!checkedDictionaries.has(part)) requireWhole(part, part.length);
    checkedDictionaries.add(part);
  }
  const {values, length} = data;
  for (let index = 0; index < length; index++) {
    const key = Number(values[index]);
    if (!(key >= 0 && key < dictionary.length) && data.getValid(index))
      throw new Error('a value that its dictionary does not have');
  }
}
