/** Numbers out of values, as the filters int, float, round and abs make them. */

import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {negated} from './arithmetic.js';
import {stripped} from './text.js';
import {numeric, requireDefined, typeName, type Value} from './values.js';

const FLOAT = /^[-+]?(?:(?:\d+(?:_\d+)*)?\.?\d+(?:_\d+)*|\d+(?:_\d+)*\.)(?:e[-+]?\d+(?:_\d+)*)?$/i;
const NOT_FINITE = /^([-+]?)(?:(inf(?:inity)?)|nan)$/i;

/** Python's float(); undefined where it fails. */
export function floatOf(value: Value): number | undefined {
  requireDefined(value);
  const number = numeric(value);
  if (number !== undefined) return Number(number);
  if (typeof value !== 'string') return undefined;
  const text = stripped(value);
  const special = NOT_FINITE.exec(text);
  if (special !== null)
    return special[2] === undefined
      ? Number.NaN
      : special[1] === '-'
        ? Number.NEGATIVE_INFINITY
        : Number.POSITIVE_INFINITY;
  return FLOAT.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** Python's int(), and int(float()) where that fails; undefined where both do. */
export function intOf(value: Value, base: number): bigint | undefined {
  requireDefined(value);
  if (typeof value === 'string') {
    const whole = integerIn(stripped(value), base);
    if (whole !== undefined) return whole;
    const float = floatOf(value);
    return float === undefined || !Number.isFinite(float) ? undefined : BigInt(Math.trunc(float));
  }
  const number = numeric(value);
  if (typeof number !== 'number') return number;
  if (Number.isNaN(number)) return undefined;
  if (!Number.isFinite(number)) throw new TemplateError('no whole number is infinite');
  return BigInt(Math.trunc(number));
}

function integerIn(text: string, base: number): bigint | undefined {
  if (base !== 10) {
    if (base !== 16 && base !== 8 && base !== 2)
      throw new UnsupportedTemplate(`whole numbers of base ${base}`);
    const prefix = {16: '0x', 8: '0o', 2: '0b'}[base];
    const [, sign, digits = ''] = /^([-+]?)(.*)$/s.exec(text.toLowerCase().replaceAll('_', '')) ?? [];
    const bare = digits.startsWith(prefix) ? digits.slice(2) : digits;
    if (!{16: /^[\da-f]+$/, 8: /^[0-7]+$/, 2: /^[01]+$/}[base].test(bare)) return undefined;
    return BigInt(prefix + bare) * (sign === '-' ? -1n : 1n);
  }
  return /^[-+]?\d+(?:_\d+)*$/.test(text) ? BigInt(text.replaceAll('_', '').replace('+', '')) : undefined;
}

/** Python's abs(). */
export function absolute(value: Value): Value {
  requireDefined(value);
  const number = numeric(value);
  if (number === undefined) throw new TemplateError(`abs of a ${typeName(value)}`);
  return number < 0 || Object.is(number, -0) ? negated(number) : number;
}

/**
 * Python's round(), or math.ceil and math.floor of so many digits.
 *
 * @param fixed writes so many digits after the point.
 */
export function rounded(
  value: Value,
  digits: number,
  method: string,
  fixed: (value: number, digits: number) => string,
): Value {
  requireDefined(value);
  const number = numeric(value);
  if (number === undefined) throw new TemplateError(`round of a ${typeName(value)}`);
  if (method === 'common') {
    if (typeof number === 'bigint') {
      if (digits < 0) throw new UnsupportedTemplate('round to tens of a whole number');
      return number;
    }
    if (digits < 0) throw new UnsupportedTemplate('round to tens');
    return Number.isFinite(number) ? Number(fixed(number, digits)) : number;
  }
  if (method !== 'ceil' && method !== 'floor') throw new TemplateError('round is common, ceil or floor');
  if (digits < 0) throw new UnsupportedTemplate('round to tens');
  const scaled = Number(number) * 10 ** digits;
  return (method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / 10 ** digits;
}
