/** What a process that reads a table and whoever asks it say to each other. */

/** The forms of tables. */
export type TableForm = 'Parquet' | 'Arrow';

export type TableRequest =
  | {readonly kind: 'read'; readonly path: string; readonly form: TableForm}
  /** So many messages of rows were taken. */
  | {readonly kind: 'taken'; readonly messages: number};

export type TableWord =
  /** The next rows: a JSON array, of which rows are made in a third of the time. */
  | {readonly kind: 'json'; readonly rows: string}
  /** Those with values that JSON has not. */
  | {readonly kind: 'rows'; readonly rows: readonly unknown[]}
  | {readonly kind: 'end'}
  | {readonly kind: 'failed'; readonly message: string};

/** Rows that are read together. */
export interface Block {
  readonly rows: Iterable<unknown>;
  readonly count: number;
  /** Unpacked, about. */
  readonly bytes: number;
}

/** Reads a table, a block at a time; says before it unpacks something of how many bytes that is. */
export type TableReader = (path: string, unpacks: (bytes: number) => void) => AsyncGenerator<Block>;

/** What reading may take. A file whose bytes were altered may ask for time and memory without end. */
export interface TableLimits {
  /** Processor time for each part, beside what its bytes may take. */
  readonly cpuMs: number;
  /** Memory, beside what the bytes of a part may take. */
  readonly bytes: number;
}

export const usualLimits: TableLimits = {cpuMs: 10_000, bytes: 1024 ** 3};

/** Several times what unpacking takes: 4 MB a second, and eight bytes of memory for one of the file. */
export const CPU_MS_PER_BYTE = 1 / 4000;
export const MEMORY_PER_BYTE = 8;
