/** Rows as a Parquet file, a group of them at a time. Compressed by Snappy, which every reader has. */
import {open} from 'node:fs/promises';
import {ByteWriter, ParquetWriter} from 'hyparquet-writer';
import type {ColumnKind, Columns, Row} from './forms.js';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** So many rows are held. */
const ROWS_A_GROUP = 1000;

export interface ParquetFile {
  write(row: Row): Promise<void>;
  /** Writes what is held and what ends the file, and flushes it. */
  finish(): Promise<void>;
  /** Closes what is half written. */
  abandon(): Promise<void>;
}

/** @throws the file system's error. */
export const openParquet = async (path: string, columns: Columns): Promise<ParquetFile> => {
  const file = await open(path, 'w');
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({writer: bytes, schema: schemaOf(columns), createdBy: 'anchorage'});
  let rows: Row[] = [];

  /** What is encoded so far goes to the file; the places in it that the footer names are counted over all of it. */
  const flush = async (): Promise<void> => {
    const encoded = new Uint8Array(bytes.buffer, 0, bytes.index);
    await file.appendFile(encoded);
    bytes.index = 0;
  };

  const writeGroup = async (): Promise<void> => {
    if (rows.length === 0) return;
    const columnData = Object.entries(columns).map(([name, kind]) => ({
      name,
      data: rows.map((row) => cellOf(kind, row[name])),
    }));
    await writer.write({columnData, rowGroupSize: ROWS_A_GROUP});
    rows = [];
    await flush();
  };

  return {
    async write(row) {
      rows.push(row);
      if (rows.length === ROWS_A_GROUP) await writeGroup();
    },
    async finish() {
      await writeGroup();
      await writer.finish();
      await flush();
      await file.sync();
      await file.close();
    },
    abandon: () => file.close(),
  };
};

/** 64 bits, as `datasets` has integers. */
const cellOf = (kind: ColumnKind, value: unknown): unknown =>
  kind === 'integer' && typeof value === 'number' ? BigInt(value) : value;

const text = (name: string): Schema[number] => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
});

const elements: {readonly [K in ColumnKind]: (name: string) => Schema} = {
  text: (name) => [text(name)],
  integer: (name) => [{name, type: 'INT64', repetition_type: 'OPTIONAL'}],
  real: (name) => [{name, type: 'DOUBLE', repetition_type: 'OPTIONAL'}],
  messages: (name) => [
    {name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1},
    {name: 'list', repetition_type: 'REPEATED', num_children: 1},
    {name: 'element', repetition_type: 'OPTIONAL', num_children: 2},
    text('role'),
    text('content'),
  ],
};

const schemaOf = (columns: Columns): Schema => [
  {name: 'root', num_children: Object.keys(columns).length},
  ...Object.entries(columns).flatMap(([name, kind]) => elements[kind](name)),
];
