/**
 * Parquet files, a part of a row group at a time.
 *
 * What a file says of its own sizes is checked before anything is made of it: a small one may claim to hold more than any
 * memory has.
 */
import {type FileHandle, open} from 'node:fs/promises';
import {type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema} from 'hyparquet';
import {parquetHeader} from 'hyparquet/src/column.js';
import {compressors, decompressZstd} from 'hyparquet-compressors';
import {messageOf, TerminalError} from '../errors.js';
import {plain, type Value} from './value.js';

/** Of a row group, packed, and of what is unpacked of one at once. */
const MOST_BYTES = 1024 ** 3;
/** Of a page, unpacked; writers make them of about one. */
const MOST_PAGE_BYTES = 128 * 1024 ** 2;
const MOST_PAGE_VALUES = 2 ** 22;
/** Of a row group whose columns are flat so much is unpacked at once, as near as rows are equal. */
const PART_BYTES = 16 * 1024 ** 2;

type RowGroup = FileMetaData['row_groups'][number];

/**
 * The rows of a file in order.
 *
 * @throws TerminalError naming the file, where it is damaged or its row groups are beyond any memory.
 */
export async function* readParquet(path: string): AsyncGenerator<Value> {
  let row = 0;
  try {
    const file = await open(path);
    try {
      for await (const columns of rowsOf(file)) {
        row += 1;
        yield {row, where: `${path} row ${row}`, value: plain(columns)};
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TooLarge) throw new TerminalError(`${path}: ${error.message}`);
    if (error instanceof TerminalError) throw error;
    throw new TerminalError(`${path}: cannot be read as Parquet (${messageOf(error)}); copy it again`);
  }
}

class TooLarge extends Error {}

async function* rowsOf(file: FileHandle): AsyncGenerator<unknown> {
  const {size: byteLength} = await file.stat();
  const slice = (start: number, end = byteLength) => bytesOf(file, start, end);
  const metadata = await parquetMetadataAsync({byteLength, slice});
  const isFlat = parquetSchema(metadata).children.every(
    ({children, element}) => children.length === 0 && element.repetition_type !== 'REPEATED',
  );
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const read = await groupOf(file, group);
    const parts = isFlat ? Math.ceil(read.unpackedBytes / PART_BYTES) : 1;
    if (!isFlat && read.unpackedBytes > MOST_BYTES) throw tooLargeGroup();
    const most = Math.max(1, Math.ceil(rows / Math.max(1, parts)));
    for (let from = 0; from < rows; from += most) {
      const options = {metadata, compressors: bounded, utf8: false, parsers: {stringFromBytes}};
      const [rowStart, rowEnd] = [groupStart + from, groupStart + Math.min(rows, from + most)];
      yield* await parquetReadObjects({...options, file: {byteLength, slice: read.slice}, rowStart, rowEnd});
    }
    groupStart += rows;
  }
}

const tooLargeGroup = (): TooLarge =>
  new TooLarge(
    'a row group is over 1 GiB; write the file again with smaller ones, such as row_group_size=10000',
  );

interface ReadGroup {
  readonly unpackedBytes: number;
  readonly slice: (start: number, end?: number) => ArrayBuffer;
}

/** The bytes of a row group, read once, after a look at the heads of all of its pages. */
async function groupOf(file: FileHandle, {columns, num_rows}: RowGroup): Promise<ReadGroup> {
  const ranges = columns.map(({meta_data: chunk}) => {
    if (chunk === undefined) throw new Error('a column without metadata');
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    return {start, end: start + Number(chunk.total_compressed_size)};
  });
  const start = Math.min(...ranges.map((range) => range.start));
  const end = Math.max(...ranges.map((range) => range.end));
  if (ranges.length > 0 && end - start > MOST_BYTES) throw tooLargeGroup();
  const buffer = ranges.length === 0 ? new ArrayBuffer(0) : await bytesOf(file, start, end);
  let unpackedBytes = 0;
  for (const range of ranges) {
    const held = heldBy(new DataView(buffer, range.start - start, range.end - range.start));
    unpackedBytes += held.bytes;
    if (held.values < num_rows) throw new Error('a column is shorter than its rows');
  }
  return {unpackedBytes, slice: (from, to = end) => buffer.slice(from - start, to - start)};
}

/** What all pages of a column say that they unpack to. */
function heldBy(view: DataView): {readonly bytes: number; readonly values: number} {
  const reader = {view, offset: 0};
  const sum = {bytes: 0, values: 0};
  while (reader.offset < view.byteLength - 1) {
    const head = parquetHeader(reader);
    const {uncompressed_page_size: bytes, compressed_page_size: packed} = head;
    const {num_values: values = 0} =
      head.data_page_header ?? head.data_page_header_v2 ?? head.dictionary_page_header ?? {};
    if (!(packed >= 0) || !(bytes >= 0) || !(values >= 0)) throw new Error('a page of no size');
    if (bytes > MOST_PAGE_BYTES || values > MOST_PAGE_VALUES)
      throw new TooLarge(
        `a page of ${bytes} bytes and ${values} values; no page is so large: check the file`,
      );
    reader.offset += packed;
    sum.bytes += bytes;
    if (head.dictionary_page_header === undefined) sum.values += values;
  }
  return sum;
}

async function bytesOf(file: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const {size} = await file.stat();
  if (!(start >= 0) || !(end >= start) || end > size) throw new Error('it ends before what it lists');
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const {bytesRead} = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new Error('it ends before what it lists');
    at += bytesRead;
  }
  return bytes.buffer;
}

/** A page unpacks into what its head says, and into no more. */
const bounded = {
  ...compressors,
  ZSTD: (packed: Uint8Array, bytes: number) => decompressZstd(packed, new Uint8Array(bytes)),
};

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
/** Bytes that are no text would otherwise become marks that nobody wrote. */
const stringFromBytes = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);
