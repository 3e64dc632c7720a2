/**
 * Parquet files, a part of a row group at a time.
 *
 * What a file says of its own sizes is checked before anything is made of it: a small one may claim to hold more than any
 * memory has.
 */
import {type FileHandle, open} from 'node:fs/promises';
import {brotliDecompressSync, crc32, gunzipSync} from 'node:zlib';
import {type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema} from 'hyparquet';
import {parquetHeader} from 'hyparquet/src/column.js';
import {compressors, decompressZstd} from 'hyparquet-compressors';
import {TerminalError} from '../../errors.js';
import type {Block, TableReader} from './table-words.js';

/** Of a row group, packed, and of what is unpacked of one at once. */
const MOST_BYTES = 1024 ** 3;
/** Of a page, unpacked; writers make them of about one. */
const MOST_PAGE_BYTES = 128 * 1024 ** 2;
const MOST_PAGE_VALUES = 2 ** 22;
/** Of a row group whose columns are flat so much is unpacked at once, as near as rows are equal. */
const PART_BYTES = 16 * 1024 ** 2;

type RowGroup = FileMetaData['row_groups'][number];

/**
 * The rows of a file in order, a part of a row group at a time.
 *
 * @throws TerminalError where its row groups are beyond any memory, and an Error where it is damaged.
 */
export const readParquet: TableReader = async function* (path, unpacks) {
  const file = await open(path);
  try {
    yield* blocksOf(file, unpacks);
  } finally {
    await file.close();
  }
};

async function* blocksOf(file: FileHandle, unpacks: (bytes: number) => void): AsyncGenerator<Block> {
  const {size: byteLength} = await file.stat();
  const slice = (start: number, end = byteLength) => bytesOf(file, start, end);
  const metadata = await parquetMetadataAsync({byteLength, slice});
  const isFlat = parquetSchema(metadata).children.every(
    ({children, element}) => children.length === 0 && element.repetition_type !== 'REPEATED',
  );
  const {num_rows, row_groups} = metadata;
  if (row_groups.reduce((sum, group) => sum + group.num_rows, 0n) !== num_rows)
    throw new Error('its row groups are not of its rows');
  let groupStart = 0;
  for (const group of row_groups) {
    const rows = Number(group.num_rows);
    const read = await groupOf(file, group, isFlat, unpacks);
    const parts = isFlat ? Math.ceil(read.unpackedBytes / PART_BYTES) : 1;
    if (!isFlat && read.unpackedBytes > MOST_BYTES) throw tooLargeGroup();
    const most = Math.max(1, Math.ceil(rows / Math.max(1, parts)));
    for (let from = 0; from < rows; from += most) {
      const options = {metadata, compressors: bounded, utf8: false, parsers: {stringFromBytes}};
      const [rowStart, rowEnd] = [groupStart + from, groupStart + Math.min(rows, from + most)];
      const bytes = Math.ceil(read.unpackedBytes / Math.max(1, parts));
      unpacks(read.packedBytes + bytes);
      const found = await parquetReadObjects({
        ...options,
        file: {byteLength, slice: read.slice},
        rowStart,
        rowEnd,
      });
      yield {rows: whole(found), count: found.length, bytes};
    }
    groupStart += rows;
  }
}

/** Where a page ends early, or names what its dictionary does not have, the library leaves a value out. */
function* whole(rows: readonly Record<string, unknown>[]): Generator<unknown> {
  for (const row of rows) {
    for (const name in row)
      if (row[name] === undefined) throw new Error(`${name}: a value that is not there`);
    yield row;
  }
}

const tooLargeGroup = (): TerminalError =>
  new TerminalError(
    'a row group is over 1 GiB; write the file again with smaller ones, such as row_group_size=10000',
  );

interface ReadGroup {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly slice: (start: number, end?: number) => ArrayBuffer;
}

/** The bytes of a row group, read once, after a look at the heads of all of its pages. */
async function groupOf(
  file: FileHandle,
  {columns, num_rows}: RowGroup,
  isFlat: boolean,
  unpacks: (bytes: number) => void,
): Promise<ReadGroup> {
  const ranges = columns.map(({meta_data: chunk}) => {
    if (chunk === undefined) throw new Error('a column without metadata');
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    return {start, end: start + Number(chunk.total_compressed_size)};
  });
  const start = Math.min(...ranges.map((range) => range.start));
  const end = Math.max(...ranges.map((range) => range.end));
  if (ranges.length > 0 && end - start > MOST_BYTES) throw tooLargeGroup();
  unpacks(ranges.length === 0 ? 0 : end - start);
  const buffer = ranges.length === 0 ? new ArrayBuffer(0) : await bytesOf(file, start, end);
  let unpackedBytes = 0;
  for (const range of ranges) {
    const held = heldBy(new DataView(buffer, range.start - start, range.end - range.start));
    unpackedBytes += held.bytes;
    if (held.values < num_rows) throw new Error('a column is shorter than its rows');
    if (isFlat && held.values > num_rows) throw new Error('a column is longer than its rows');
  }
  return {
    packedBytes: buffer.byteLength,
    unpackedBytes,
    slice: (from, to = end) => buffer.slice(from - start, to - start),
  };
}

/** What all pages of a column say that they unpack to. Their checksums are held to, where the writer gave them any. */
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
      throw new TerminalError(
        `a page of ${bytes} bytes and ${values} values; no page is so large: check the file`,
      );
    if (head.crc !== undefined) requireChecksum(view, reader.offset, packed, head.crc);
    reader.offset += packed;
    sum.bytes += bytes;
    if (head.dictionary_page_header === undefined) sum.values += values;
  }
  return sum;
}

function requireChecksum({buffer, byteOffset}: DataView, from: number, bytes: number, crc: number): void {
  if ((crc32(new Uint8Array(buffer, byteOffset + from, bytes)) | 0) !== (crc | 0))
    throw new Error('a page is not what its checksum says');
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

/** A page unpacks into what its head says, and into no more; Node's own libraries hold gzip to its checksum besides. */
const bounded = {
  ...compressors,
  GZIP: (packed: Uint8Array, bytes: number) => gunzipSync(packed, {maxOutputLength: Math.max(1, bytes)}),
  BROTLI: (packed: Uint8Array, bytes: number) =>
    brotliDecompressSync(packed, {maxOutputLength: Math.max(1, bytes)}),
  ZSTD: (packed: Uint8Array, bytes: number) => decompressZstd(packed, new Uint8Array(bytes)),
};

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
/** Bytes that are no text would otherwise become marks that nobody wrote. */
const stringFromBytes = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);
