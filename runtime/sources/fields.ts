/** Fields of rows, checked: what a layout expects, or a TerminalError that names the row and the field. */
import {TerminalError} from '../errors.js';
import {Float} from '../json/exact-json.js';
import type {Columns} from './rows.js';

/** A column that must be a text; a field that is null says nothing. */
export function stringIn(columns: Columns, name: string, where: string): string {
  const value = columns[name] ?? '';
  if (typeof value === 'string') return value;
  throw new TerminalError(`${where}: ${name}: not a text`);
}

/** A column that must be a list of objects. */
export function objectsIn(columns: Columns, name: string, where: string): readonly Columns[] {
  const value = columns[name];
  if (Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null)) return value;
  throw new TerminalError(`${where}: ${name}: not a list of objects`);
}

/** A number, as a number or as the text of one, such as a rating's `"4"` beside `"N/A"`; undefined where it is none. */
export function numberIn(value: unknown): number | undefined {
  const plain = value instanceof Float ? value.value : value;
  if (typeof plain !== 'number' && typeof plain !== 'bigint' && typeof plain !== 'string') return undefined;
  const number = typeof plain === 'string' && plain.trim() === '' ? Number.NaN : Number(plain);
  return Number.isFinite(number) ? number : undefined;
}
