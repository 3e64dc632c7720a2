/** Methods of a text. */

import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {str} from '../values/show.js';
import {
  capitalized,
  characters,
  isLower,
  isUpper,
  isWhiteSpace,
  lengthOf,
  linesOf,
  replaced,
  splitAt,
  splitFromRight,
  stripped,
  titled,
  wordsOf,
} from '../values/text.js';
import {iterate, type Named, Tuple, typeName, type Value} from '../values/values.js';
import {bind, intArgument, textArgument} from './arguments.js';

type Method = (text: string, args: readonly Value[], named: Named) => Value;

/** A method whose parameters may be named; the first `required` must be given. */
const method =
  (
    name: string,
    parameters: readonly string[],
    required: number,
    apply: (text: string, bound: readonly (Value | undefined)[]) => Value,
  ): Method =>
  (text, args, named) =>
    apply(text, bind(name, parameters, required, args, named));

const plain = (name: string, apply: (text: string) => Value): Method =>
  method(name, [], 0, (text) => apply(text));
const all = (name: string, pattern: RegExp): Method => plain(name, (text) => pattern.test(text));

const strip = (name: string, side: 'both' | 'left' | 'right'): Method =>
  method(name, ['chars'], 0, (text, [chars]) =>
    stripped(text, chars === undefined || chars === null ? undefined : textArgument(name, chars), side),
  );

const split = (name: 'split' | 'rsplit'): Method =>
  method(name, ['sep', 'maxsplit'], 0, (text, [sep, maxsplit]) => {
    const limit = intArgument(name, maxsplit, -1);
    if (sep === undefined || sep === null)
      return name === 'split' ? wordsOf(text, limit) : wordsFromRight(text, limit);
    const separator = textArgument(name, sep);
    if (separator === '') throw new TemplateError(`${name} at an empty text`);
    return name === 'split' ? splitAt(text, separator, limit) : splitFromRight(text, separator, limit);
  });

const reversed = (text: string): string => characters(text).reverse().join('');
const wordsFromRight = (text: string, limit: number): string[] =>
  wordsOf(reversed(text), limit).map(reversed).reverse();

const partition = (name: 'partition' | 'rpartition'): Method =>
  method(name, ['sep'], 1, (text, [sep]) => {
    const separator = textArgument(name, sep);
    if (separator === '') throw new TemplateError(`${name} at an empty text`);
    const index = name === 'partition' ? text.indexOf(separator) : text.lastIndexOf(separator);
    if (index === -1) return new Tuple(name === 'partition' ? [text, '', ''] : ['', '', text]);
    return new Tuple([text.slice(0, index), separator, text.slice(index + separator.length)]);
  });

/** A part of the text, and how many characters stand before it. */
function windowOf(
  name: string,
  text: string,
  start: Value | undefined,
  end: Value | undefined,
): {part: string; before: number} {
  if ((start ?? null) === null && (end ?? null) === null) return {part: text, before: 0};
  const all = characters(text);
  const bound = (value: Value | undefined, fallback: number): number => {
    const index = value === null ? fallback : intArgument(name, value, fallback);
    return Math.min(all.length, index < 0 ? Math.max(0, index + all.length) : index);
  };
  const before = bound(start, 0);
  return {part: all.slice(before, bound(end, all.length)).join(''), before};
}

const find = (name: 'find' | 'rfind' | 'index' | 'rindex'): Method =>
  method(name, ['sub', 'start', 'end'], 1, (text, [sub, start, end]) => {
    const {part, before} = windowOf(name, text, start, end);
    const wanted = textArgument(name, sub);
    const index = name.startsWith('r') ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    if (index >= 0) return BigInt(before + lengthOf(part.slice(0, index)));
    if (name.endsWith('index')) throw new TemplateError('a part that is not in the text');
    return -1n;
  });

const affix = (name: 'startswith' | 'endswith'): Method =>
  method(name, ['affix', 'start', 'end'], 1, (text, [wanted, start, end]) => {
    const {part} = windowOf(name, text, start, end);
    const texts = wanted instanceof Tuple ? wanted.items : [wanted];
    return texts.some((each) => {
      const one = textArgument(name, each);
      return name === 'startswith' ? part.startsWith(one) : part.endsWith(one);
    });
  });

const justify = (name: 'ljust' | 'rjust' | 'center'): Method =>
  method(name, ['width', 'fillchar'], 1, (text, [width, fill]) =>
    justified(text, intArgument(name, width, 0), fill === undefined ? ' ' : textArgument(name, fill), name),
  );

/** In the middle as Python centers: of an odd space, the larger part goes left where the width is odd. */
export function justified(
  text: string,
  width: number,
  fill: string,
  side: 'ljust' | 'rjust' | 'center',
): string {
  const missing = Math.max(0, width - lengthOf(text));
  if (lengthOf(fill) !== 1) throw new TemplateError('a text is filled by one character');
  if (missing > 1 << 20) throw new UnsupportedTemplate(`a width of ${width}`);
  if (side === 'ljust') return text + fill.repeat(missing);
  if (side === 'rjust') return fill.repeat(missing) + text;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** `str.format` with fields by place or name. */
const format: Method = (text, args, named) => {
  let next = 0;
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole, field?: string) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    if (field === undefined) throw new TemplateError('a brace alone in a text for format');
    if (!/^\w*$/.test(field)) throw new UnsupportedTemplate(`the field {${field}} of format`);
    const value = field === '' ? args[next++] : /^\d+$/.test(field) ? args[Number(field)] : named.get(field);
    if (value === undefined) throw new TemplateError(`no value for {${field}}`);
    return str(value);
  });
};

const digits: Method = plain('isdigit', (text) => {
  if (/\p{No}/u.test(text)) throw new UnsupportedTemplate('isdigit of a number that is no decimal digit');
  return /^\p{Nd}+$/u.test(text);
});

const numbers: Method = plain('isnumeric', (text) => {
  if (/\p{Script=Han}/u.test(text)) throw new UnsupportedTemplate('isnumeric of a Chinese character');
  return /^\p{N}+$/u.test(text);
});

const zfill: Method = method('zfill', ['width'], 1, (text, [width]) => {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return (
    sign + justified(text.slice(sign.length), intArgument('zfill', width, 0) - sign.length, '0', 'rjust')
  );
});

const join: Method = method('join', ['iterable'], 1, (text, [items]) =>
  [...iterate(items ?? null)]
    .map((item) => {
      if (typeof item === 'string') return item;
      throw new TemplateError(`join takes texts, not a ${typeName(item)}`);
    })
    .join(text),
);

export const stringMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['capitalize', plain('capitalize', capitalized)],
  ['center', justify('center')],
  [
    'count',
    method('count', ['sub', 'start', 'end'], 1, (text, [sub, start, end]) => {
      const {part} = windowOf('count', text, start, end);
      const wanted = textArgument('count', sub);
      return BigInt(wanted === '' ? lengthOf(part) + 1 : part.split(wanted).length - 1);
    }),
  ],
  ['endswith', affix('endswith')],
  ['find', find('find')],
  ['format', format],
  ['index', find('index')],
  ['isalnum', all('isalnum', /^[\p{L}\p{N}]+$/u)],
  ['isalpha', all('isalpha', /^\p{L}+$/u)],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII.
  ['isascii', all('isascii', /^[\x00-\x7f]*$/)],
  ['isdecimal', all('isdecimal', /^\p{Nd}+$/u)],
  ['isdigit', digits],
  ['islower', plain('islower', isLower)],
  ['isnumeric', numbers],
  ['isspace', plain('isspace', (text) => text !== '' && characters(text).every(isWhiteSpace))],
  ['isupper', plain('isupper', isUpper)],
  ['join', join],
  ['ljust', justify('ljust')],
  ['lower', plain('lower', (text) => text.toLowerCase())],
  ['lstrip', strip('lstrip', 'left')],
  ['partition', partition('partition')],
  [
    'removeprefix',
    method('removeprefix', ['prefix'], 1, (text, [prefix]) => {
      const wanted = textArgument('removeprefix', prefix);
      return text.startsWith(wanted) ? text.slice(wanted.length) : text;
    }),
  ],
  [
    'removesuffix',
    method('removesuffix', ['suffix'], 1, (text, [suffix]) => {
      const wanted = textArgument('removesuffix', suffix);
      return wanted !== '' && text.endsWith(wanted) ? text.slice(0, -wanted.length) : text;
    }),
  ],
  [
    'replace',
    method('replace', ['old', 'new', 'count'], 2, (text, [old, by, count]) =>
      replaced(
        text,
        textArgument('replace', old),
        textArgument('replace', by),
        intArgument('replace', count, -1),
      ),
    ),
  ],
  ['rfind', find('rfind')],
  ['rindex', find('rindex')],
  ['rjust', justify('rjust')],
  ['rpartition', partition('rpartition')],
  ['rsplit', split('rsplit')],
  ['rstrip', strip('rstrip', 'right')],
  ['split', split('split')],
  [
    'splitlines',
    method('splitlines', ['keepends'], 0, (text, [keepEnds]) =>
      linesOf(text, intArgument('splitlines', keepEnds, 0) !== 0),
    ),
  ],
  ['startswith', affix('startswith')],
  ['strip', strip('strip', 'both')],
  ['title', plain('title', titled)],
  ['upper', plain('upper', (text) => text.toUpperCase())],
  ['zfill', zfill],
]);

/** Methods that Python's texts have besides. */
export const otherStringMethods: ReadonlySet<string> = new Set(
  'casefold encode expandtabs format_map isidentifier isprintable istitle maketrans swapcase translate'.split(
    ' ',
  ),
);
