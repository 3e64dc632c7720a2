/** Jinja's tests, after `is`. */

import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {operate} from '../values/arithmetic.js';
import {areEqual, compare, contains} from '../values/comparison.js';
import {str} from '../values/show.js';
import {isLower, isUpper} from '../values/text.js';
import {
  Callable,
  Dict,
  iterableOf,
  type Named,
  Range,
  SafeText,
  Tuple,
  Undefined,
  type Value,
} from '../values/values.js';
import {bind} from './arguments.js';

type Test = (value: Value, other: Value) => boolean;

const isSequence: Test = (value) =>
  typeof value === 'string' ||
  Array.isArray(value) ||
  [Tuple, Dict, Range, SafeText, Undefined].some((kind) => value instanceof kind);

const isNumber = (value: Value): boolean => ['bigint', 'number', 'boolean'].includes(typeof value);

const isSame: Test = (value, other) => {
  if (typeof value === typeof other && ['string', 'bigint', 'number'].includes(typeof value))
    throw new UnsupportedTemplate('the test sameas of two texts or two numbers');
  return value === other;
};

const isDivisible: Test = (value, by) => areEqual(operate('%', value, by), 0n);
const isEqual: Test = (value, other) => areEqual(value, other);

/** Tests of the value alone. */
const alone: Readonly<Record<string, (value: Value) => boolean>> = {
  odd: (value) => areEqual(operate('%', value, 2n), 1n),
  even: (value) => areEqual(operate('%', value, 2n), 0n),
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  false: (value) => value === false,
  true: (value) => value === true,
  integer: (value) => typeof value === 'bigint',
  float: (value) => typeof value === 'number',
  lower: (value) => isLower(str(value)),
  upper: (value) => isUpper(str(value)),
  string: (value) => typeof value === 'string' || value instanceof SafeText,
  mapping: (value) => value instanceof Dict,
  number: isNumber,
  sequence: (value) => isSequence(value, null),
  iterable: (value) => iterableOf(value) !== undefined,
  // To Python an undefined value can be called; it only fails.
  callable: (value) => value instanceof Callable || value instanceof Undefined,
  escaped: (value) => value instanceof SafeText,
};

/** Tests of the value beside another. */
const beside: Readonly<Record<string, Test>> = {
  divisibleby: isDivisible,
  sameas: isSame,
  in: (value, container) => contains(container, value),
  '==': isEqual,
  eq: isEqual,
  equalto: isEqual,
  '!=': (value, other) => !areEqual(value, other),
  ne: (value, other) => !areEqual(value, other),
  '>': (value, other) => compare(value, other) > 0,
  gt: (value, other) => compare(value, other) > 0,
  greaterthan: (value, other) => compare(value, other) > 0,
  '>=': (value, other) => compare(value, other) >= 0,
  ge: (value, other) => compare(value, other) >= 0,
  '<': (value, other) => compare(value, other) < 0,
  lt: (value, other) => compare(value, other) < 0,
  lessthan: (value, other) => compare(value, other) < 0,
  '<=': (value, other) => compare(value, other) <= 0,
  le: (value, other) => compare(value, other) <= 0,
};

export const testNames: ReadonlySet<string> = new Set([...Object.keys(alone), ...Object.keys(beside)]);

/** @throws TemplateError where the test takes other arguments. */
export function isTest(name: string, value: Value, args: readonly Value[], named: Named): boolean {
  if (Object.hasOwn(alone, name)) {
    bind(`the test ${name}`, [], 0, args, named);
    return alone[name]?.(value) ?? false;
  }
  const [other] = bind(`the test ${name}`, ['other'], 1, args, named);
  const test = Object.hasOwn(beside, name) ? beside[name] : undefined;
  if (test === undefined || other === undefined) throw new TemplateError(`there is no test ${name}`);
  return test(value, other);
}
