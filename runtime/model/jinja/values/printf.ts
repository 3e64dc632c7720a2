/** Python's `text % values`. */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {repr, str} from './show.js';
import {lengthOf} from './text.js';
import {Dict, numeric, Range, Tuple, typeName, Undefined, type Value} from './values.js';

const DIRECTIVE = /%(?:\(([^)]*)\))?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(.)?/gs;

/** @throws TemplateError where values and directives do not fit; UnsupportedTemplate for a rare directive. */
export function formatted(format: string, values: Value): string {
  const list = values instanceof Tuple ? values.items : [values];
  let taken = 0;
  let isNamed = false;
  const next = (): Value => {
    const value = list[taken];
    if (value === undefined) throw new TemplateError('not enough values for the text before %');
    taken += 1;
    return value;
  };
  const text = format.replace(DIRECTIVE, (_, name, flags: string, width, precision, kind) => {
    if (kind === undefined) throw new TemplateError('a text before % that ends within a directive');
    if (kind === '%') return '%';
    if (width === '*' || precision === '*') throw new UnsupportedTemplate('a width of * in a text before %');
    let value: Value;
    if (name === undefined) value = next();
    else {
      const found = values instanceof Dict ? values.get(name) : undefined;
      if (found === undefined) throw new TemplateError(`no value ${name} for the text before %`);
      isNamed = true;
      value = found;
    }
    const digits = precision === undefined ? undefined : Number(precision);
    return padded(directive(kind, value, flags, digits), flags, Number(width ?? 0), 'sra'.includes(kind));
  });
  // To Python whatever has items by key might have been meant for directives with names.
  const mayBeNamed = [Dict, Range, Undefined].some((kind) => values instanceof kind) || Array.isArray(values);
  if (!isNamed && taken < list.length && !mayBeNamed)
    throw new TemplateError('more values than the text before % takes');
  return text;
}

function directive(kind: string, value: Value, flags: string, precision: number | undefined): string {
  if (kind === 's' || kind === 'r') {
    const text = kind === 's' ? str(value) : repr(value);
    return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  }
  const number = numeric(value);
  const isWhole = 'diu'.includes(kind);
  if (!isWhole && !'fF'.includes(kind)) throw new UnsupportedTemplate(`%${kind} in a text before %`);
  if (number === undefined) throw new TemplateError(`%${kind} takes a number, not a ${typeName(value)}`);
  if (isWhole) {
    if (precision !== undefined) throw new UnsupportedTemplate(`a precision of %${kind}`);
    if (typeof number === 'number' && !Number.isFinite(number)) throw new TemplateError('no whole number');
    return signed((typeof number === 'bigint' ? number : BigInt(Math.trunc(number))).toString(), flags);
  }
  const float = Number(number);
  if (!Number.isFinite(float)) throw new UnsupportedTemplate(`%${kind} of a number that is not finite`);
  return signed(fixed(float, precision ?? 6), flags);
}

const signed = (text: string, flags: string): string =>
  text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;

function padded(text: string, flags: string, width: number, isText: boolean): string {
  const missing = Math.max(0, width - lengthOf(text));
  if (missing > 1 << 20) throw new UnsupportedTemplate(`a width of ${width}`);
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || isText) return ' '.repeat(missing) + text;
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

/** So many digits after the point, of the number's exact value; what lies in the middle goes to the even digit. */
export function fixed(value: number, digits: number): string {
  if (digits > 100 || Math.abs(value) >= 1e21) throw new UnsupportedTemplate('a number of so many digits');
  const text = value.toFixed(digits);
  // toFixed takes the middle away from zero. Only a number with few binary digits lies in the middle.
  const scaled = Math.abs(value) * 10 ** digits;
  const isMiddle = digits < 20 && scaled % 1 === 0.5 && Number.isInteger(value * 2 ** (digits + 1));
  if (!isMiddle || Math.floor(scaled) % 2 !== 0) return Object.is(value, -0) ? `-${text}` : text;
  const even = (Math.floor(scaled) / 10 ** digits).toFixed(digits);
  return value < 0 ? `-${even}` : even;
}
