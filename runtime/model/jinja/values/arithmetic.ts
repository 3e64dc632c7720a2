/** Operators, on values as Python has them: integers of any size, division that rounds down, texts and lists too. */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import type {BinaryOperator} from '../syntax/syntax.js';
import {formatted} from './printf.js';
import {numeric, requireDefined, SafeText, Tuple, typeName, type Value} from './values.js';

/** Characters of a text, items of a list and bits of a number that a template makes by an operator, at most. */
const MOST = 1 << 26;
const MOST_BITS = 1 << 16;

export function negated(value: Value): Value {
  const number = numberOf('-', value);
  return -number;
}

export const positive = (value: Value): Value => numberOf('+', value);

function numberOf(operator: string, value: Value): bigint | number {
  requireDefined(value);
  const number = numeric(value);
  if (number === undefined) throw new TemplateError(`${operator} before a ${typeName(value)}`);
  return number;
}

/** @throws TemplateError where Python has no such operation. */
export function operate(operator: BinaryOperator, left: Value, right: Value): Value {
  requireDefined(left);
  if (operator === '%' && typeof left === 'string') return formatted(left, right);
  requireDefined(right);
  if (left instanceof SafeText || right instanceof SafeText)
    throw new UnsupportedTemplate(`${operator} beside what the filters safe and escape give`);
  const [a, b] = [numeric(left), numeric(right)];
  if (a !== undefined && b !== undefined)
    return typeof a === 'bigint' && typeof b === 'bigint'
      ? integers(operator, a, b)
      : floats(operator, Number(a), Number(b));
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return joined(left, right);
    if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
    if (left instanceof Tuple && right instanceof Tuple) return new Tuple([...left.items, ...right.items]);
  }
  if (operator === '*') {
    if (typeof b === 'bigint') return repeated(left, b);
    if (typeof a === 'bigint') return repeated(right, a);
  }
  throw new TemplateError(`${operator} between a ${typeName(left)} and a ${typeName(right)}`);
}

function joined(left: string, right: string): string {
  if (left.length + right.length > MOST) throw new TemplateError(`a text of over ${MOST} characters`);
  return left + right;
}

function repeated(value: Value, times: bigint): Value {
  const count = times < 0n ? 0 : Number(times);
  const bounded = (size: number): number => {
    if (size * count > MOST) throw new UnsupportedTemplate(`a text or list that is repeated ${times} times`);
    return count;
  };
  if (typeof value === 'string') return value.repeat(bounded(value.length));
  const again = (items: readonly Value[]): Value[] =>
    Array.from(
      {length: bounded(items.length) * items.length},
      (_, index) => items[index % items.length] as Value,
    );
  if (Array.isArray(value)) return again(value);
  if (value instanceof Tuple) return new Tuple(again(value.items));
  throw new TemplateError(`* between a ${typeName(value)} and an int`);
}

function integers(operator: BinaryOperator, a: bigint, b: bigint): bigint | number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return bounded(a * b);
    case '**':
      if (b < 0n) return floats('**', Number(a), Number(b));
      if (BigInt(a.toString(2).length) * b > BigInt(MOST_BITS))
        throw new UnsupportedTemplate('a number of so many digits');
      return a ** b;
    default:
  }
  if (b === 0n) throw new TemplateError('a division by zero');
  if (operator === '/') return Number(a) / Number(b);
  const remainder = ((a % b) + b) % b;
  return operator === '%' ? remainder : (a - remainder) / b;
}

function bounded(value: bigint): bigint {
  if (value.toString(2).length > MOST_BITS) throw new UnsupportedTemplate('a number of so many digits');
  return value;
}

function floats(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '**':
      if (a === 0 && b < 0) throw new TemplateError('a division by zero');
      return power(a, b);
    default:
  }
  if (b === 0) throw new TemplateError('a division by zero');
  if (operator === '/') return a / b;
  let remainder = a % b;
  if (remainder !== 0 && remainder < 0 !== b < 0) remainder += b;
  if (operator === '%') return remainder === 0 ? (b < 0 ? -0 : 0) : remainder;
  const quotient = (a - remainder) / b;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** Powers that are exact, and one over them: of others, the last digit differs from one machine to the next. */
function power(base: number, exponent: number): number {
  const size = base ** Math.abs(exponent);
  if (!Number.isInteger(base) || !Number.isInteger(exponent) || Math.abs(size) > Number.MAX_SAFE_INTEGER)
    throw new UnsupportedTemplate('such a power of floats');
  return exponent < 0 ? 1 / size : size;
}
