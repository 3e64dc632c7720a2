/** How values compare: Python's equality, order and membership. */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {compareTexts} from './text.js';
import {
  Dict,
  iterate,
  numeric,
  Range,
  requireDefined,
  SafeText,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.js';

/** Python's ==. */
export function areEqual(a: Value, b: Value): boolean {
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined || right !== undefined) {
    if (left === undefined || right === undefined) return false;
    return left <= right && left >= right;
  }
  if (a instanceof SafeText || b instanceof SafeText) return plain(a) === plain(b);
  if (Array.isArray(a)) return Array.isArray(b) && areAllEqual(a, b);
  if (a instanceof Tuple) return b instanceof Tuple && areAllEqual(a.items, b.items);
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.size !== b.size) return false;
    return a.entries().every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && areEqual(value, other);
    });
  }
  if (a instanceof Undefined) return b instanceof Undefined;
  if (a instanceof Range) return b instanceof Range && areAllEqual([...iterate(a)], [...iterate(b)]);
  if (a instanceof View || b instanceof View)
    throw new UnsupportedTemplate('to compare what items(), keys() or values() give');
  return a === b;
}

const plain = (value: Value): Value => (value instanceof SafeText ? value.text : value);

const areAllEqual = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.length === b.length && a.every((each, index) => areEqual(each, b[index] as Value));

/** Negative, 0 or positive as Python's order; NaN where a number is none. Throws where Python has no order. */
export function compare(a: Value, b: Value): number {
  requireDefined(a);
  requireDefined(b);
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined && right !== undefined) {
    if (left < right) return -1;
    return left > right ? 1 : left >= right ? 0 : Number.NaN;
  }
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return compareAll(a, b);
  if (a instanceof Tuple && b instanceof Tuple) return compareAll(a.items, b.items);
  throw new TemplateError(`a ${typeName(a)} and a ${typeName(b)} have no order`);
}

function compareAll(a: readonly Value[], b: readonly Value[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left, right] = [a[index] as Value, b[index] as Value];
    if (!areEqual(left, right)) return compare(left, right);
  }
  return a.length - b.length;
}

/** Python's `in`. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string' || container instanceof SafeText) {
    const text = plain(item);
    if (typeof text !== 'string') throw new TemplateError(`a ${typeName(item)} is looked for in a text`);
    return String(plain(container)).includes(text);
  }
  if (container instanceof Dict) {
    if (typeof item === 'object' && (Array.isArray(item) || item instanceof Dict))
      throw new TemplateError(`a ${typeName(item)} cannot be a key`);
    return container.get(item) !== undefined;
  }
  for (const each of iterate(container)) if (areEqual(each, item)) return true;
  return false;
}
