/** Values as text: Python's str() and repr(). */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {
  Callable,
  Dict,
  Lazy,
  Loop,
  Namespace,
  Range,
  SafeText,
  Tuple,
  Undefined,
  type Value,
  View,
} from './values.js';

/** Python's str(), and so what is printed. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof SafeText) return value.text;
  if (value instanceof Undefined) return '';
  return repr(value);
}

/** Python's repr(). */
export function repr(value: Value): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return floatText(value);
    case 'string':
      return quoted(value);
    default:
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof Tuple)
    return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof Dict)
    return `{${value
      .entries()
      .map(([key, each]) => `${repr(key)}: ${repr(each)}`)
      .join(', ')}}`;
  if (value instanceof View) return `${value.kind}([${value.items.map(repr).join(', ')}])`;
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof SafeText) return `Markup(${quoted(value.text)})`;
  if (value instanceof Range)
    return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`;
  if (
    value instanceof Lazy ||
    value instanceof Callable ||
    value instanceof Namespace ||
    value instanceof Loop
  )
    throw new UnsupportedTemplate(
      `to print ${value instanceof Callable ? `${value.name} itself` : 'what has no text of its own'}`,
    );
  throw new TemplateError('a value that has no text');
}

/** A float as Python writes it: the fewest digits that give it back, and a point or an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    const size = Math.abs(power).toString().padStart(2, '0');
    return `${digits}e${power < 0 ? '-' : '+'}${size}`;
  }
  const text = value.toString();
  // toString writes 1e-7 and smaller with an exponent; those were written above.
  return Number.isInteger(value) ? `${BigInt(value)}.0` : text;
}

const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    if (character === quote || character === '\\') body += `\\${character}`;
    else if (character === '\n') body += '\\n';
    else if (character === '\r') body += '\\r';
    else if (character === '\t') body += '\\t';
    else if (character !== ' ' && NOT_PRINTABLE.test(character)) body += codeOf(character);
    else body += character;
  }
  return quote + body + quote;
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1_00) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x1_00_00) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
