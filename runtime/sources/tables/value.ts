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

/** Of values that were made plain. */
export interface Seen {
  /** Whether one among them is none that JSON has: bytes, a moment, a whole number that is not exact, no number. */
  isForeign: boolean;
}

/** Lists as arrays, structs as objects, whole numbers as numbers where they are exact; bytes stay what they are. */
export function plain(value: unknown, seen: Seen): unknown {
  if (typeof value === 'bigint') {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    seen.isForeign = true;
    return value;
  }
  if (typeof value === 'number') seen.isForeign ||= !Number.isFinite(value) || Object.is(value, -0);
  if (typeof value !== 'object' || value === null) {
    seen.isForeign ||= value === undefined;
    return value;
  }
  if (value instanceof Date || value instanceof Uint8Array) {
    seen.isForeign = true;
    return value;
  }
  if (Array.isArray(value)) return value.map((each) => plain(each, seen));
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as Iterable<unknown>, (each) => plain(each, seen));
  if (hasPlainForm(value)) return plain(value.toJSON(), seen);
  const fields = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(fields, '__proto__'))
    return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, plain(each, seen)]));
  // Faster than by entries.
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) result[name] = plain(fields[name], seen);
  return result;
}
