/** What stands in place of a row, and the values of tables as JSON has them. */

/** What a file holds in place of a row. */
export interface Value {
  /** Counted from 1 in its file: the line, where a row is a line of text. */
  readonly row: number;
  /** `FILE:LINE`, or `FILE row N`. */
  readonly where: string;
  readonly value: unknown;
}

/** What the table libraries give for a list, a struct or a map, which know their plain form. */
const hasPlainForm = (value: object): value is {toJSON(): unknown} =>
  'toJSON' in value && typeof value.toJSON === 'function';

/** Lists as arrays, structs as objects, whole numbers as numbers where they are exact; bytes stay what they are. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return value;
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, plain);
  if (hasPlainForm(value)) return plain(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
